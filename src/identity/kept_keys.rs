//! Keys that the database keeps: made on first use, and then the same on every server.

use crate::store::{Error, Store, meta};

/// The key with this name, made where there is none yet.
///
/// # Errors
/// Those of `make` and of the store.
pub async fn load_or_make(
    store: &Store,
    name: &'static str,
    make: impl FnOnce() -> Result<String, Error>,
) -> Result<String, Error> {
    let find = || store.read(move |tx| meta::find(tx, name));
    if let Some(kept) = find().await? {
        return Ok(kept);
    }
    let key = make()?;
    match store.write(move |tx| meta::insert(tx, name, &key)).await {
        // Another server was faster: its key is the one.
        Ok(()) | Err(Error::Conflict) => {}
        Err(cause) => return Err(cause),
    }
    find().await?.ok_or(Error::NotFound)
}
