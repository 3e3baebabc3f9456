//! What a list is sorted by (RFC 7644 section 3.4.2.3), settled against the schemas.
//!
//! Values are compared by their keys ([`crate::scim::values`]), so that letter case counts where the schema says so. Of
//! several values the primary one sorts, else the first. A resource without a value comes last, and descending order is
//! ascending order turned round: there it comes first. Equal values are in the order in which the resources were made.

use scim_filter_parser::AttributePath;

use super::Error;
use super::canonical::canonical;
use super::error::excerpt;
use super::path::{Place, Resolved, Unresolved, resolve};
use super::schema::{Attribute, AttributeType, Catalogue, ResourceType};

/// What a client asks for: an attribute and a direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// `sortBy`
    pub by: AttributePath,
    /// `sortOrder`
    pub is_descending: bool,
}

/// Where a resource type keeps the value that it is sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// Nowhere: all resources are equal.
    Nothing,
    /// The id.
    Id,
    /// The canonical `userName`.
    UserName,
    /// When the resource was made.
    Created,
    /// When the resource was changed last.
    LastModified,
    /// The number of the version.
    Version,
    /// The indexed value of a path.
    Stored(String),
    /// All resources of the type have this value.
    Constant(String),
}

impl Sort {
    /// Reads `sortBy` and `sortOrder`; an order without an attribute sorts nothing.
    ///
    /// # Errors
    /// 400 `invalidValue` for what is neither `ascending` nor `descending` and for what is no attribute path.
    pub fn parse(by: Option<&str>, order: Option<&str>) -> Result<Option<Self>, Error> {
        let is_descending = match order.map(str::to_ascii_lowercase).as_deref() {
            None | Some("" | "ascending") => false,
            Some("descending") => true,
            Some(_) => return Err(Error::invalid_value("sortOrder must be ascending or descending")),
        };
        let Some(text) = by.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let by = AttributePath::parse(text).map_err(|_| unknown(text))?;
        Ok(Some(Self { by, is_descending }))
    }

    /// Where resources of a type keep the value.
    ///
    /// # Errors
    /// 400 `invalidValue` for what no schema knows and for what has no value to sort by.
    pub fn check(&self, catalogue: &Catalogue, resource_type: &ResourceType) -> Result<SortBy, Error> {
        match resolve(catalogue, resource_type, &self.by) {
            Ok(Resolved::Attribute(place)) => of_place(resource_type, place),
            Err(Unresolved::Elsewhere { .. }) => Ok(SortBy::Nothing),
            Ok(Resolved::Extension(_)) | Err(Unresolved::Unknown) => Err(unknown(&self.by.full())),
        }
    }
}

fn of_place(resource_type: &ResourceType, place: Place<'_>) -> Result<SortBy, Error> {
    if place.is_secret() {
        return Err(unknown(&place.key()));
    }
    if resource_type.is_user_name(place.top) {
        return Ok(SortBy::UserName);
    }
    let sub = place.sub.map(|sub| sub.name.as_str());
    match (place.top.urn, place.top.attribute.name.as_str(), sub) {
        (None, "id", None) => Ok(SortBy::Id),
        (None, "schemas", None) => Ok(SortBy::Constant(canonical(&resource_type.schema.id))),
        (None, "meta", Some("created")) => Ok(SortBy::Created),
        (None, "meta", Some("lastModified")) => Ok(SortBy::LastModified),
        (None, "meta", Some("version")) => Ok(SortBy::Version),
        (None, "meta", Some("resourceType")) => Ok(SortBy::Constant(resource_type.name.clone())),
        _ => stored(resource_type, place),
    }
}

/// An attribute whose values are indexed; a complex one is sorted by its `value`.
fn stored(resource_type: &ResourceType, place: Place<'_>) -> Result<SortBy, Error> {
    let attribute = place.top.attribute;
    let sub = place.sub.or_else(|| attribute.sub("value"));
    let place = Place { sub, ..place };
    let is_indexed = resource_type.stored().any(|top| std::ptr::eq(top.attribute, attribute))
        && sub.is_none_or(|sub| sub.is_writable() && !sub.is_secret());
    if is_indexed && is_comparable(place.last()) {
        return Ok(SortBy::Stored(place.key()));
    }
    Err(Error::invalid_value(format!("resources cannot be sorted by {}", excerpt(&place.key()))))
}

fn is_comparable(attribute: &Attribute) -> bool {
    !matches!(attribute.kind, AttributeType::Binary | AttributeType::Complex)
}

fn unknown(path: &str) -> Error {
    Error::invalid_value(format!("sortBy: no attribute {} can be sorted by", excerpt(path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::ScimType;

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    fn by(kind: &str, path: &str) -> Result<SortBy, Error> {
        let catalogue = Catalogue::core();
        let sort = Sort::parse(Some(path), None)?.unwrap();
        sort.check(&catalogue, catalogue.resource_type(kind).unwrap())
    }

    fn at(path: &str) -> SortBy {
        SortBy::Stored(path.to_owned())
    }

    #[test]
    fn every_kind_of_attribute_is_found() {
        for (kind, path, expected) in [
            ("User", "USERNAME", SortBy::UserName),
            ("User", "urn:ietf:params:scim:schemas:core:2.0:User:userName", SortBy::UserName),
            ("User", "id", SortBy::Id),
            ("User", "externalid", at("externalId")),
            ("User", "name.familyName", at("name.familyName")),
            ("User", "emails", at("emails.value")),
            ("User", "emails.type", at("emails.type")),
            ("User", "active", at("active")),
            ("User", "meta.created", SortBy::Created),
            ("User", "Meta.LastModified", SortBy::LastModified),
            ("User", "meta.version", SortBy::Version),
            ("User", "meta.resourceType", SortBy::Constant("User".to_owned())),
            ("Group", "userName", SortBy::Nothing),
            ("User", "members", SortBy::Nothing),
            ("Group", "displayName", at("displayName")),
        ] {
            assert_eq!(by(kind, path), Ok(expected), "{kind} {path}");
        }
        for (path, stored) in [("manager", "manager.value"), ("department", "department")] {
            assert_eq!(by("User", &format!("{ENTERPRISE}:{path}")), Ok(at(&format!("{ENTERPRISE}:{stored}"))));
        }
    }

    #[test]
    fn what_has_no_value_to_sort_by_is_refused() {
        for path in [
            "password",
            "nope",
            "emails.nope",
            "name",
            "meta",
            "meta.location",
            "addresses",
            "x509Certificates",
            "x509Certificates.value",
            "groups",
            "groups.display",
            ENTERPRISE,
            &format!("{ENTERPRISE}:manager.displayName"),
            "emails[type eq \"work\"].value",
            "userName desc",
            "1=1",
        ] {
            assert_eq!(by("User", path).unwrap_err().scim_type, Some(ScimType::InvalidValue), "{path}");
        }
        assert!(by("Group", "members.value").is_err());
    }

    #[test]
    fn an_order_is_one_of_two_words_and_alone_sorts_nothing() {
        let descending = Sort::parse(Some("id"), Some("Descending")).unwrap().unwrap();
        assert!(descending.is_descending);
        assert!(!Sort::parse(Some("id"), Some("ascending")).unwrap().unwrap().is_descending);
        assert_eq!(Sort::parse(None, Some("descending")), Ok(None));
        assert_eq!(Sort::parse(Some(""), None), Ok(None));
        assert!(Sort::parse(Some("id"), Some("down")).is_err());
        assert!(Sort::parse(None, Some("down")).is_err());
    }
}
