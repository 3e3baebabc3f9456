//! The tables, as both backends have them; a test compares this with each database.
//!
//! Times are microseconds since the Unix epoch. `*_key` columns are row keys and never leave the store;
//! `id` columns are the public ids.

diesel::table! {
    store_meta (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    organizations (key) {
        key -> BigInt,
        code -> Text,
        name -> Text,
        handle -> Nullable<Text>,
        external_id -> Nullable<Text>,
        is_suspended -> Bool,
        is_auto_membership_enabled -> Bool,
        is_auto_join_domain_list -> Bool,
        allowed_domains -> Text,
        created -> BigInt,
    }
}

diesel::table! {
    organization_domains (domain) {
        domain -> Text,
        organization_key -> BigInt,
        proof -> Text,
        proven -> Nullable<BigInt>,
        checked -> Nullable<BigInt>,
    }
}

diesel::table! {
    domain_claims (organization_key, domain) {
        organization_key -> BigInt,
        domain -> Text,
        challenge -> Text,
        created -> BigInt,
        checked -> Nullable<BigInt>,
        missing_since -> Nullable<BigInt>,
        lapsed -> Nullable<BigInt>,
        next_check -> Nullable<BigInt>,
    }
}

diesel::table! {
    connections (key) {
        key -> BigInt,
        id -> Text,
        organization_key -> Nullable<BigInt>,
        name -> Text,
        display_name -> Text,
        strategy -> Text,
        state -> Text,
        options -> Text,
        settings_version -> BigInt,
        created -> BigInt,
        has_schemas -> Bool,
        deleting_since -> Nullable<BigInt>,
        state_before -> Nullable<Text>,
        has_role_rules -> Bool,
    }
}

diesel::table! {
    connection_home_domains (domain) {
        domain -> Text,
        connection_key -> BigInt,
    }
}

diesel::table! {
    organization_connections (organization_key, connection_key) {
        organization_key -> BigInt,
        connection_key -> BigInt,
    }
}

diesel::table! {
    directories (key) {
        key -> BigInt,
        id -> Text,
        endpoint_id -> Text,
        connection_key -> BigInt,
        name -> Text,
        provider -> Text,
        state -> Text,
        created -> BigInt,
    }
}

diesel::table! {
    scim_tokens (key) {
        key -> BigInt,
        id -> Text,
        directory_key -> BigInt,
        name -> Text,
        hash -> Text,
        created -> BigInt,
        expires -> Nullable<BigInt>,
        revoked -> Nullable<BigInt>,
        last_used -> Nullable<BigInt>,
    }
}

diesel::table! {
    management_clients (key) {
        key -> BigInt,
        id -> Text,
        name -> Text,
        scopes -> Text,
        organization_key -> Nullable<BigInt>,
        is_disabled -> Bool,
        created -> BigInt,
    }
}

diesel::table! {
    client_secrets (key) {
        key -> BigInt,
        client_key -> BigInt,
        hash -> Text,
        created -> BigInt,
        expires -> Nullable<BigInt>,
        revoked -> Nullable<BigInt>,
    }
}

diesel::table! {
    users (key) {
        key -> BigInt,
        id -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        given_name -> Nullable<Text>,
        family_name -> Nullable<Text>,
        picture -> Nullable<Text>,
        provided_id -> Nullable<Text>,
        profile_source -> Text,
        made_by -> Text,
        is_suspended -> Bool,
        created -> BigInt,
        modified -> BigInt,
        last_signed_in -> Nullable<BigInt>,
        total_sign_ins -> BigInt,
    }
}

diesel::table! {
    organization_members (organization_key, user_key) {
        organization_key -> BigInt,
        user_key -> BigInt,
        source -> Text,
        joined -> BigInt,
    }
}

diesel::table! {
    resources (key) {
        key -> BigInt,
        connection_key -> BigInt,
        kind -> Text,
        id -> Text,
        version -> BigInt,
        created -> BigInt,
        modified -> BigInt,
        unique_key -> Nullable<Text>,
        active -> Bool,
        display -> Nullable<Text>,
        document -> Text,
    }
}

diesel::table! {
    attribute_paths (key) {
        key -> BigInt,
        path -> Text,
    }
}

diesel::table! {
    attribute_values (connection_key, path_key, value_key, resource_key, element) {
        connection_key -> BigInt,
        path_key -> BigInt,
        value_key -> Text,
        resource_key -> BigInt,
        element -> BigInt,
        rest -> Nullable<Text>,
        is_sort -> Bool,
    }
}

diesel::table! {
    members (connection_key, group_key, member_key) {
        connection_key -> BigInt,
        group_key -> BigInt,
        member_key -> BigInt,
        is_group -> Bool,
    }
}

diesel::table! {
    pending_members (connection_key, group_key, value) {
        connection_key -> BigInt,
        group_key -> BigInt,
        value -> Text,
        value_key -> Text,
    }
}

diesel::table! {
    directory_counts (connection_key, kind, slot) {
        connection_key -> BigInt,
        kind -> Text,
        slot -> BigInt,
        total -> BigInt,
    }
}

diesel::table! {
    definitions (key) {
        key -> BigInt,
        connection_key -> Nullable<BigInt>,
        kind -> Text,
        name -> Text,
        document -> Text,
        loaded -> BigInt,
    }
}

diesel::table! {
    unique_values (connection_key, kind, path_key, value_key) {
        connection_key -> BigInt,
        kind -> Text,
        path_key -> BigInt,
        value_key -> Text,
        resource_key -> BigInt,
    }
}

diesel::table! {
    identities (key) {
        key -> BigInt,
        id -> Text,
        user_key -> BigInt,
        kind -> Text,
        value -> Text,
        value_key -> Text,
        connection_key -> Nullable<BigInt>,
        subject -> Nullable<Text>,
        state -> Text,
        origin -> Text,
        pushed -> Nullable<BigInt>,
        resource_key -> Nullable<BigInt>,
        is_confirmed -> Bool,
        is_primary -> Bool,
        created -> BigInt,
        last_login -> Nullable<BigInt>,
        total_logins -> BigInt,
    }
}

diesel::table! {
    departures (key) {
        key -> BigInt,
        connection_key -> BigInt,
        user_key -> BigInt,
        external_key -> Nullable<Text>,
        subject -> Nullable<Text>,
        user_name_key -> Text,
        email_key -> Nullable<Text>,
        departed -> BigInt,
        expires -> BigInt,
    }
}

diesel::table! {
    sign_in_answers (connection_key, request_id) {
        connection_key -> BigInt,
        request_id -> Text,
        question -> Text,
        answer -> Text,
        answered -> BigInt,
    }
}

diesel::table! {
    events (key) {
        key -> BigInt,
        id -> Text,
        kind -> Text,
        occurred -> BigInt,
        connection_key -> Nullable<BigInt>,
        user_id -> Nullable<Text>,
        identity_id -> Nullable<Text>,
        resource_id -> Nullable<Text>,
        actor -> Text,
        request_id -> Text,
        data -> Text,
    }
}

diesel::table! {
    undos (event_id) {
        event_id -> Text,
        undone -> BigInt,
        by_event -> Text,
    }
}

diesel::table! {
    jobs (name) {
        name -> Text,
        holder -> Nullable<Text>,
        lease_until -> BigInt,
        started -> Nullable<BigInt>,
        finished -> Nullable<BigInt>,
        error -> Nullable<Text>,
    }
}
diesel::table! {
    roles (key) {
        key -> BigInt,
        id -> Text,
        code -> Text,
        name -> Text,
        description -> Nullable<Text>,
        created -> BigInt,
    }
}

diesel::table! {
    role_grants (user_key, organization_key, role_key) {
        organization_key -> BigInt,
        user_key -> BigInt,
        role_key -> BigInt,
        granted -> BigInt,
    }
}

diesel::table! {
    role_rules (key) {
        key -> BigInt,
        id -> Text,
        connection_key -> BigInt,
        group_name -> Nullable<Text>,
        group_key -> Text,
        role_key -> BigInt,
        priority -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        pem -> Text,
        created -> BigInt,
        signs_from -> BigInt,
        retires -> Nullable<BigInt>,
    }
}

diesel::table! {
    scim_clients (key) {
        key -> BigInt,
        id -> Text,
        directory_key -> BigInt,
        name -> Text,
        token_seconds -> BigInt,
        issuer -> Nullable<Text>,
        subject -> Nullable<Text>,
        audience -> Nullable<Text>,
        keys_url -> Nullable<Text>,
        keys -> Nullable<Text>,
        created -> BigInt,
        revoked -> Nullable<BigInt>,
        last_used -> Nullable<BigInt>,
    }
}

diesel::table! {
    scim_client_secrets (key) {
        key -> BigInt,
        client_key -> BigInt,
        hash -> Text,
        created -> BigInt,
        expires -> Nullable<BigInt>,
    }
}

diesel::table! {
    properties (key) {
        key -> BigInt,
        id -> Text,
        code -> Text,
        name -> Text,
        description -> Nullable<Text>,
        kind -> Text,
        is_private -> Bool,
        created -> BigInt,
    }
}

diesel::table! {
    user_properties (user_key, property_key) {
        user_key -> BigInt,
        property_key -> BigInt,
        value -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    store_meta,
    organizations,
    organization_domains,
    domain_claims,
    connections,
    connection_home_domains,
    organization_connections,
    directories,
    scim_tokens,
    management_clients,
    client_secrets,
    signing_keys,
    properties,
    user_properties,
    scim_clients,
    scim_client_secrets,
    users,
    organization_members,
    resources,
    attribute_paths,
    attribute_values,
    members,
    pending_members,
    directory_counts,
    definitions,
    unique_values,
    identities,
    departures,
    sign_in_answers,
    events,
    undos,
    jobs,
    roles,
    role_grants,
    role_rules,
);
