//! The path of an operation: `/{endpoint}` for POST, `/{endpoint}/{id}` for all others (RFC 7644 section 3.7).
//!
//! Nothing else can be reached: no query, no other route, no other directory. Which endpoints there are is the
//! catalogue's to say, as for a single request.

use super::Method;
use crate::scim::Error;

/// Endpoint and id of a path, which may be a URL of the directory at `base_url`.
///
/// # Errors
/// 400 `invalidValue` for a path that the method does not have.
pub fn parts<'a>(method: Method, path: &'a str, base_url: &str) -> Result<(&'a str, Option<&'a str>), Error> {
    let relative = path.strip_prefix(base_url).unwrap_or(path);
    let parts: Vec<&str> = relative.split('/').collect();
    match (method, parts.as_slice()) {
        (Method::Post, ["", endpoint]) => Ok((endpoint, None)),
        (Method::Put | Method::Patch | Method::Delete, ["", endpoint, id]) => Ok((endpoint, Some(id))),
        (Method::Post, _) => Err(Error::invalid_value("the path of a POST must be /{endpoint}, such as /Users")),
        _ => Err(Error::invalid_value("the path must be /{endpoint}/{id}, such as /Users/{id}")),
    }
}
