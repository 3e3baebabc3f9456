//! Scopes of the management API: Kinde's, and a few of ours.

/// Grants every scope.
pub const ALL: &str = "all";

/// Every scope a client can be granted.
pub const SCOPES: &[&str] = &[
    "read:users",
    "create:users",
    "update:users",
    "delete:users",
    "read:user_identities",
    "create:user_identities",
    "read:identities",
    // Also releases a bound subject.
    "update:identities",
    "delete:identities",
    "read:connections",
    "create:connections",
    "update:connections",
    "delete:connections",
    "read:scim_directories",
    "create:scim_directories",
    "update:scim_directories",
    "delete:scim_directories",
    "read:organizations",
    "create:organizations",
    "update:organizations",
    "delete:organizations",
    "read:organization_users",
    "create:organization_users",
    "update:organization_users",
    "delete:organization_users",
    "read:organization_user_roles",
    "create:organization_user_roles",
    "delete:organization_user_roles",
    "read:organization_connections",
    "create:organization_connections",
    "delete:organization_connections",
    "read:organization_invites",
    "create:organization_invites",
    "delete:organization_invites",
    "read:roles",
    "create:roles",
    "update:roles",
    "delete:roles",
    "read:properties",
    "create:properties",
    "update:properties",
    "delete:properties",
    "read:user_properties",
    "update:user_properties",
    "read:user_sessions",
    "delete:user_sessions",
    "read:webhooks",
    "create:webhooks",
    "update:webhooks",
    "delete:webhooks",
    "read:event_types",
    "read:events",
    // Ours: ask the sign-in question.
    "create:sign_ins",
    // Ours: people from a file.
    "create:imports",
    // Ours: a bearer for `/Me`.
    "create:user_scim_tokens",
    // Ours: schemas and resource types.
    "read:schemas",
    "update:schemas",
    "delete:schemas",
    // Ours: domains that belong to an organization.
    "read:organization_domains",
    "create:organization_domains",
    "update:organization_domains",
    "delete:organization_domains",
];

/// Whether there is such a scope.
pub fn is_known(name: &str) -> bool {
    name == ALL || SCOPES.contains(&name)
}

/// The scopes that a granted list stands for.
pub fn expand(granted: &str) -> Vec<&str> {
    if granted.split(' ').any(|name| name == ALL) {
        return SCOPES.to_vec();
    }
    granted.split(' ').filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_stands_for_every_scope() {
        assert_eq!(expand("all"), SCOPES);
        assert_eq!(expand("read:users create:users"), ["read:users", "create:users"]);
        assert!(expand("").is_empty());
    }
}
