//! The query of a request, and Kinde's two styles of paging: a `next_token`, sealed because it may hold a name or an email, or
//! cursors that are public ids.
//!
//! 400 `INVALID_QUERY`, `INVALID_PAGE_SIZE`, `PAGE_SIZE_LIMIT_EXCEEDED`, `TOO_MANY_PARAMETERS`, `INVALID_CURSOR`,
//! `INVALID_NEXT_TOKEN`. A parameter without a value counts as left
//! out, unless it would narrow a list or is a switch: then it is refused.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest};
use serde_json::{Value, json};

use crate::http::error::ManagementError;
use crate::http::query;
use crate::id::Ids;
use crate::identity::seal::Seal;
use crate::store;
use crate::store::window::Window;

/// Rows of a page at most.
const MAX_PAGE_SIZE: i64 = 500;

/// Characters of a cursor at most; a public id has fewer.
const MAX_CURSOR: usize = 64;

/// The parameters of a request, decoded, in the order in which they came.
#[derive(Debug)]
pub(super) struct Params(Vec<(String, String)>);

impl FromRequest for Params {
    type Error = ManagementError;
    type Future = Ready<Result<Self, ManagementError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = query::pairs(request.query_string()).filter(|pairs| !pairs.iter().any(has_nul));
        ready(pairs.map(Self).ok_or_else(|| refused("INVALID_QUERY", "The query string cannot be read")))
    }
}

fn has_nul((name, value): &(String, String)) -> bool {
    name.contains('\0') || value.contains('\0')
}

impl Params {
    /// The value of a parameter.
    ///
    /// # Errors
    /// 400 when it is given twice.
    pub(super) fn get(&self, name: &str) -> Result<Option<&str>, ManagementError> {
        let mut values = self.all(name);
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            (_, Some(_)) => Err(refused("INVALID_QUERY", format!("{name} is given twice"))),
        }
    }

    /// All values of a parameter.
    pub(super) fn all<'a, 'b>(&'a self, name: &'b str) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
        let named = self.0.iter().filter(move |(other, value)| other == name && !value.is_empty());
        named.map(|(_, value)| value.as_str())
    }

    /// Names and values of parameters like `properties[key]=value`, by the name before the bracket.
    pub(super) fn deep<'a, 'b>(&'a self, name: &'b str) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a, 'b> {
        let inner = move |text: &'a str| text.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']');
        self.0.iter().filter_map(move |(name, value)| Some((inner(name)?, value.as_str())))
    }

    /// The parts of a comma-separated parameter that narrows a list; given but empty, it is refused: whoever looks for
    /// somebody by an empty text must not be given everybody.
    pub(super) fn filter(&self, name: &str) -> Result<Vec<String>, ManagementError> {
        let values: Vec<String> = self.list(name)?.into_iter().map(str::to_owned).collect();
        if values.is_empty() && self.0.iter().any(|(other, _)| other == name) {
            return Err(refused("INVALID_QUERY", format!("{name} is empty: give a value, or leave it out")));
        }
        Ok(values)
    }

    /// The parts of a comma-separated parameter.
    pub(super) fn list(&self, name: &str) -> Result<Vec<&str>, ManagementError> {
        let value = self.get(name)?.unwrap_or_default();
        Ok(value.split(',').map(str::trim).filter(|part| !part.is_empty()).collect())
    }

    /// A parameter that is `true` or `false`; anything else is refused, so that nobody takes a misspelt wish for granted.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, ManagementError> {
        let mut values = self.0.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some("true"), None) => Ok(Some(true)),
            (Some("false"), None) => Ok(Some(false)),
            _ => Err(refused("INVALID_QUERY", format!("{name} is true or false"))),
        }
    }

    /// Rows of a page: at least 1.
    pub(super) fn page_size(&self, default: i64) -> Result<i64, ManagementError> {
        let Some(text) = self.get("page_size")? else { return Ok(default) };
        match text.parse() {
            Ok(size) if size > MAX_PAGE_SIZE => {
                Err(refused("PAGE_SIZE_LIMIT_EXCEEDED", format!("page_size may be {MAX_PAGE_SIZE}")))
            }
            Ok(size) if size >= 1 => Ok(size),
            _ => Err(refused("INVALID_PAGE_SIZE", "page_size is a number from 1 on")),
        }
    }

    /// A page between two ids: one row more than fits, to see whether there are more.
    pub(super) fn cursors(&self, default_size: i64) -> Result<Window, ManagementError> {
        let (after, before) = (self.cursor("starting_after")?, self.cursor("ending_before")?);
        if after.is_some() && before.is_some() {
            return Err(refused("TOO_MANY_PARAMETERS", "Give starting_after or ending_before, not both"));
        }
        Ok(Window { after, before, limit: self.page_size(default_size)? + 1 })
    }

    fn cursor(&self, name: &str) -> Result<Option<String>, ManagementError> {
        let given = self.get(name)?;
        let is_id = |text: &str| text.len() <= MAX_CURSOR && text.bytes().all(|byte| byte.is_ascii_graphic());
        match given {
            Some(text) if !is_id(text) => Err(refused("INVALID_CURSOR", format!("{name} is the id of an item"))),
            given => Ok(given.map(str::to_owned)),
        }
    }

    /// Where a list goes on, in the parts that [`next_token`] was given; the seal is that of the list in its order.
    pub(super) fn next_token<const PARTS: usize>(
        &self,
        seal: &Seal,
    ) -> Result<Option<[String; PARTS]>, ManagementError> {
        let Some(token) = self.get("next_token")? else { return Ok(None) };
        let place = seal.open(token).and_then(|place| serde_json::from_slice::<Vec<String>>(&place).ok());
        let parts = place.and_then(|parts| parts.try_into().ok());
        let none = "next_token is none that this list gave out in this order";
        parts.map(Some).ok_or_else(|| refused("INVALID_NEXT_TOKEN", none))
    }
}

/// The token under which a list goes on.
pub(super) fn next_token(seal: &Seal, ids: &Ids, parts: &[&str]) -> Result<String, store::Error> {
    seal.close(ids, json!(parts).to_string().into_bytes())
}

/// Cuts what was read one row too far; the answer tells whether there was more, in the direction that was read.
pub(super) fn cut<T>(rows: &mut Vec<T>, window: &Window) -> bool {
    let size = usize::try_from(window.limit - 1).unwrap_or_default();
    let has_more = rows.len() > size;
    if has_more && window.before.is_some() {
        rows.remove(0);
    }
    rows.truncate(size);
    has_more
}

/// Kinde's page of a list with cursors.
pub(super) fn cursor_page(name: &str, items: Vec<Value>, has_more: bool) -> Value {
    json!({ "code": "OK", "message": "Success", name: Value::Array(items), "has_more": has_more })
}

/// Kinde's page of a list with tokens; null on the last one.
pub(super) fn token_page(name: &str, items: Vec<Value>, next: Option<String>) -> Value {
    json!({ "code": "OK", "message": "Success", name: Value::Array(items), "next_token": next.map_or(Value::Null, Value::from) })
}

/// A 400 about the query.
pub(super) fn refused(code: &'static str, message: impl Into<String>) -> ManagementError {
    ManagementError::new(StatusCode::BAD_REQUEST, code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(text: &str) -> Params {
        Params(query::pairs(text).unwrap())
    }

    #[test]
    fn a_token_is_good_for_its_own_list_and_order_alone() {
        let (users, others) = (Seal::for_test(1, "users"), Seal::for_test(1, "others"));
        let token = next_token(&users, &Ids::counting(), &["kp_1", "Ana, \u{e9}"]).unwrap();
        let given = params(&format!("next_token={token}"));
        assert_eq!(given.next_token(&users).unwrap(), Some(["kp_1".to_owned(), "Ana, \u{e9}".to_owned()]));
        assert!(given.next_token::<2>(&others).is_err());
        assert!(given.next_token::<1>(&users).is_err());
        for forged in ["x", "W10", "WyJ1c2VycyIsImEiXQ"] {
            assert!(params(&format!("next_token={forged}")).next_token::<2>(&users).is_err(), "{forged}");
        }
        assert_eq!(params("next_token=").next_token::<2>(&users).unwrap(), None);
    }

    #[test]
    fn a_page_is_cut_at_the_end_away_from_the_cursor() {
        let window = |before: Option<&str>| Window { before: before.map(str::to_owned), limit: 3, ..Window::default() };
        let cut = |window: &Window, mut rows: Vec<i32>| (cut(&mut rows, window), rows);
        assert_eq!(cut(&window(None), vec![1, 2, 3]), (true, vec![1, 2]));
        assert_eq!(cut(&window(Some("4")), vec![1, 2, 3]), (true, vec![2, 3]));
        assert_eq!(cut(&window(Some("4")), vec![1, 2]), (false, vec![1, 2]));
    }

    #[test]
    fn sizes_and_cursors_are_checked() {
        assert_eq!(params("page_size=500").page_size(10).unwrap(), 500);
        assert_eq!(params("").page_size(10).unwrap(), 10);
        for (text, code) in
            [("501", "PAGE_SIZE_LIMIT_EXCEEDED"), ("0", "INVALID_PAGE_SIZE"), ("a", "INVALID_PAGE_SIZE")]
        {
            let refusal = format!("{:?}", params(&format!("page_size={text}")).page_size(10).unwrap_err());
            assert!(refusal.contains(code), "{refusal}");
        }
        assert!(params("starting_after=a&ending_before=b").cursors(10).is_err());
        assert!(params("starting_after=%20").cursors(10).is_err());
        assert!(params("id=a&id=b").get("id").is_err());
    }
}
