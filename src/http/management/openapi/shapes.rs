//! Shapes of bodies and answers in a short form, and as JSON Schema.
//!
//! `id:string name:string? roles?:[$Role]` is an object with a text, a text or null, and a list of roles that may be left
//! out. Types are `string`, `boolean`, `integer`, `object` (of any shape), `any`, `time`, `[T]` and `$Shape`; a `?` behind one lets it be null.

use serde_json::{Map, Value, json};

/// Shapes that others name.
pub(super) const SHAPES: &[(&str, &str)] = &[
    ("Error", "errors:[$Failure]"),
    ("Failure", "code:string message:string field?:string"),
    (
        "User",
        "id:string provided_id:string? email?:string? preferred_email?:string? phone:string? username:string? last_name:string? \
         first_name:string? is_suspended:boolean picture:string? total_sign_ins:integer failed_sign_ins:integer \
         last_signed_in:time? created_on:time organizations?:[string] identities?:[$UserIdentity] properties?:object roles?:[$HeldRole]",
    ),
    ("UserIdentity", "type:string identity:string connection_id?:string?"),
    ("NewIdentity", "type:string result:object"),
    (
        "HeldRole",
        "organization:string id:string key:string name:string source:string group?:string connection_id?:string",
    ),
    (
        "Identity",
        "id:string type:string is_confirmed:boolean created_on:time last_login_on:time? total_logins:integer name:string \
         email:string? connection_id:string? is_primary:boolean",
    ),
    (
        "Organization",
        "code:string name:string handle:string? external_id:string? is_default:boolean is_suspended:boolean \
         is_auto_membership_enabled:boolean is_auto_join_domain_list:boolean allowed_domains:[string] created_on:time",
    ),
    (
        "Member",
        "id:string email:string? full_name:string first_name:string? last_name:string? picture:string? joined_on:time \
         last_accessed_on:time? is_suspended:boolean roles:[string] source:string",
    ),
    (
        "Connection",
        "id:string name:string display_name:string strategy:string is_enabled:boolean options?:object connection?:object",
    ),
    (
        "Directory",
        "id:string directory_name:string directory_endpoint_id:string scim_base_url:string provider_code:string status:string \
         organization_code:string enterprise_connection_id:string enterprise_connection_name:string \
         last_sync_started_at:time? last_sync_completed_at:time? last_sync_error:string? created_on:time secret_token?:string",
    ),
    (
        "Token",
        "id:string name:string created_on:time expires_on:time? revoked_on:time? last_used_on:time? secret_token?:string",
    ),
    (
        "ScimClient",
        "client_id:string name:string token_lifetime:integer issuer:string? subject:string? audience:string? keys_url:string? \
         created_on:time revoked_on:time? last_used_on:time? client_secret?:string",
    ),
    ("Secret", "client_id:string client_secret:string"),
    ("Role", "id:string key:string name:string description:string? is_default_role:boolean"),
    (
        "Property",
        "id:string key:string name:string description:string? type:string is_private:boolean is_kinde_property:boolean",
    ),
    ("PropertyValue", "id:string name:string description:string? key:string value:string"),
    ("Rule", "id:string group:string? role:string priority:integer"),
    (
        "Domain",
        "domain:string state:string proof:string proven_on?:time record?:object checked_on?:time missing_since?:time \
         lapsed_on?:time",
    ),
    ("Id", "id:string"),
    ("OrganizationCode", "code:string billing_customer_id:string?"),
    ("Definition", "id:string type:string loaded_on:time definition:object"),
    ("Check", "record:string domain:$Domain"),
    ("Pending", "group_id:string group_name:string? value:string"),
    ("ScimToken", "token:string expires_on:time"),
    (
        "Merged",
        "user_id:string merged_user_id:string identity:string connection_id:string joined:[string] dry_run:boolean",
    ),
    ("Moved", "dry_run:boolean counts:object people:[object]"),
    (
        "Imported",
        "dry_run:boolean rows:integer created:integer completed:integer unchanged:integer failed:integer not_kept:[string] \
         rows_told:[object] rows_left_out:integer",
    ),
    ("Undoable", "event_id:string kind:string occurred_on:time user_id:string connection_id:string until:time"),
    ("Undone", "event_id:string kind:string by_event:string user_id:string new_user_id:string dry_run:boolean"),
    (
        "SignedIn",
        "decision:string outcome:string? reason:string explanation:[$Line] user:object? identity:object? dry_run:boolean",
    ),
    ("Line", "step:string finding:string remedy?:string"),
];

/// An object in the short form as JSON Schema.
pub(super) fn object(text: &str) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in text.split_whitespace() {
        let (name, kind) = field.split_once(':').unwrap_or((field, "object"));
        let (name, is_required) = name.strip_suffix('?').map_or((name, true), |name| (name, false));
        properties.insert(name.to_owned(), schema(kind));
        if is_required {
            required.push(name);
        }
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

fn schema(kind: &str) -> Value {
    if let Some(kind) = kind.strip_suffix('?') {
        return json!({ "anyOf": [schema(kind), { "type": "null" }] });
    }
    if let Some(item) = kind.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return json!({ "type": "array", "items": schema(item) });
    }
    match kind {
        "any" => json!({}),
        "object" => json!({ "type": "object" }),
        "time" => json!({ "type": "string", "format": "date-time" }),
        kind => match kind.strip_prefix('$') {
            Some(shape) => reference(shape),
            None => json!({ "type": kind }),
        },
    }
}

/// A reference to a shape.
pub(super) fn reference(shape: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{shape}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_form_says_what_may_be_null_and_what_may_be_left_out() {
        let made = object("id:string at:time? roles?:[$Role] more?:object");
        assert_eq!(made["required"], json!(["id", "at"]));
        assert_eq!(
            made["properties"]["roles"],
            json!({ "type": "array", "items": { "$ref": "#/components/schemas/Role" } })
        );
        assert_eq!(made["properties"]["at"]["anyOf"][1], json!({ "type": "null" }));
    }
}
