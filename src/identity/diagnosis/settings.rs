//! Settings that cannot work, or have another effect than they seem to have.

use serde_json::Value;

use super::{Finding, Severity};
use crate::identity::{Tenant, domains, settings::SubjectSource};
use crate::store::directories::Directory;
use crate::store::organizations::Organization;
use crate::store::scim_clients::ScimClient;
use crate::store::tokens::Token;
use crate::store::{Error, Tx, directories, organizations, scim_clients, tokens};

/// What the findings are made of.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) owner: Option<Organization>,
    directory: Option<Directory>,
    tokens: Vec<Token>,
    clients: Vec<ScimClient>,
    proven: Vec<String>,
    lapsed: Vec<String>,
}

impl Facts {
    pub(super) fn load(tx: &mut Tx<'_>, tenant: &Tenant) -> Result<Self, Error> {
        let owner = tenant.connection.organization_key.map(|key| organizations::load(tx, key)).transpose()?;
        let directory = directories::find_of_connection(tx, tenant.key())?;
        let (tokens, clients) = match &directory {
            Some(directory) => (tokens::list(tx, directory.key)?, scim_clients::list(tx, directory.key)?),
            None => (Vec::new(), Vec::new()),
        };
        let listed = match &owner {
            Some(owner) => domains::list(tx, owner)?,
            None => Vec::new(),
        };
        let in_state = |state: &str| {
            let those = listed.iter().filter(|domain| domain.state == state);
            those.map(|domain| domain.domain.clone()).collect()
        };
        Ok(Self { proven: in_state("proven"), lapsed: in_state("lapsed"), owner, directory, tokens, clients })
    }
}

/// Everything that is wrong, what keeps most people out first.
pub(super) fn findings(tenant: &Tenant, facts: &Facts, now: i64) -> Vec<Finding> {
    let mut found = Vec::new();
    connection(&mut found, tenant, facts);
    directory(&mut found, facts, now);
    joining(&mut found, tenant, facts);
    trust(&mut found, tenant, facts);
    subject(&mut found, tenant);
    found
}

fn error(found: &mut Vec<Finding>, code: &'static str, message: impl Into<String>, remedy: &str) {
    let (severity, message, remedy) = (Severity::Error, message.into(), remedy.to_owned());
    found.push(Finding { code, severity, message, remedy });
}

fn warning(found: &mut Vec<Finding>, code: &'static str, message: impl Into<String>, remedy: &str) {
    let (severity, message, remedy) = (Severity::Warning, message.into(), remedy.to_owned());
    found.push(Finding { code, severity, message, remedy });
}

fn connection(found: &mut Vec<Finding>, tenant: &Tenant, facts: &Facts) {
    let state = &tenant.connection.state;
    if state != "active" {
        let message = format!("the connection is {state}: nobody signs in through it and its IdP is refused");
        let remedy = match state.as_str() {
            "disabled" => "anteroom connection enable --id CONNECTION_ID",
            _ => "anteroom connection restore --id CONNECTION_ID, within seven days; or make a new connection",
        };
        error(found, "connection_not_active", message, remedy);
    }
    match &facts.owner {
        None => warning(
            found,
            "no_owner",
            "no organization owns the connection: it has neither a directory nor trust",
            "make the connection for an organization",
        ),
        Some(owner) if owner.is_suspended => error(
            found,
            "organization_suspended",
            format!("organization {} is suspended", owner.code),
            "anteroom organization restore --code CODE",
        ),
        Some(_) => {}
    }
}

fn directory(found: &mut Vec<Finding>, facts: &Facts, now: i64) {
    let Some(directory) = &facts.directory else {
        if facts.owner.is_some() {
            let remedy = "anteroom directory create --organization CODE --connection CONNECTION_ID --name NAME --provider PROVIDER";
            warning(found, "no_directory", "the connection has no directory: no IdP can provision people", remedy);
        }
        return;
    };
    if directory.state != "active" {
        let remedy = "anteroom directory resume --id DIRECTORY_ID";
        error(found, "directory_paused", "the directory is paused: its IdP is refused", remedy);
    }
    let is_valid = |token: &&Token| token.revoked.is_none() && token.expires.is_none_or(|expires| expires > now);
    let has_client = facts.clients.iter().any(|client| client.revoked.is_none());
    let by_token = facts.tokens.iter().any(|token| token.last_used.is_some());
    let by_client = facts.clients.iter().any(|client| client.last_used.is_some());
    if !has_client && facts.tokens.iter().find(is_valid).is_none() {
        let remedy = "anteroom token create --directory DIRECTORY_ID --name NAME, and give it to the IdP";
        error(
            found,
            "no_valid_token",
            "no token or OAuth client of the directory is valid: its IdP is refused",
            remedy,
        );
    } else if !by_token && !by_client {
        let remedy = "enter the SCIM base URL and the token in the IdP and let it test the connection";
        warning(found, "never_called", "no IdP has called with a valid token yet", remedy);
    }
}

fn joining(found: &mut Vec<Finding>, tenant: &Tenant, facts: &Facts) {
    let Some(owner) = &facts.owner else { return };
    if tenant.settings.is_create_missing_user && !owner.is_auto_membership_enabled {
        let message = format!(
            "is_create_missing_user has no effect: self-joining is off for organization {}, so newcomers are denied as not_a_member",
            owner.code
        );
        let remedy = "anteroom organization set --code CODE --self-join true, or provision people before they sign in";
        warning(found, "just_in_time_without_self_join", message, remedy);
    }
    let has_none = serde_json::from_str::<Vec<Value>>(&owner.allowed_domains).is_ok_and(|domains| domains.is_empty());
    if owner.is_auto_membership_enabled && owner.is_auto_join_domain_list && has_none {
        let message = "is_auto_join_domain_list is on and allowed_domains is empty: nobody can join";
        warning(found, "no_allowed_domains", message, "name the domains, or turn is_auto_join_domain_list off");
    }
}

fn trust(found: &mut Vec<Finding>, tenant: &Tenant, facts: &Facts) {
    let settings = &tenant.settings;
    if !settings.is_trusted {
        return;
    }
    let remedy = "anteroom domain assert --organization CODE --domain DOMAIN";
    if facts.proven.is_empty() {
        let message = "is_trusted has no effect: no domain is proven for the owner organization";
        warning(found, "trust_without_domain", message, remedy);
    }
    for domain in &facts.lapsed {
        let message = format!("{domain} is no longer proven: its TXT record was missing for seven days");
        let remedy = "publish its record again, then: anteroom domain check --organization CODE --domain DOMAIN";
        warning(found, "domain_lapsed", message, remedy);
    }
    for domain in home_domains(tenant).into_iter().filter(|domain| !facts.proven.contains(domain)) {
        let message = format!("{domain} is a home realm domain that is not proven: its emails are not trusted");
        warning(found, "home_domain_not_proven", message, remedy);
    }
    if !settings.vouches_for_email(&tenant.connection.strategy) {
        let message = "emails count only with email_verified true: the IdP does not stand for its directory";
        let remedy = "pin the connection to a tenant (entra_id_domain), or let the IdP send email_verified";
        warning(found, "emails_not_vouched_for", message, remedy);
    }
}

fn home_domains(tenant: &Tenant) -> Vec<String> {
    let options: Value = serde_json::from_str(&tenant.connection.options).unwrap_or_default();
    let given = options.get("home_realm_domains").and_then(Value::as_array).cloned().unwrap_or_default();
    given.iter().filter_map(Value::as_str).filter_map(|text| domains::parse(text).ok()).collect()
}

fn subject(found: &mut Vec<Finding>, tenant: &Tenant) {
    let settings = &tenant.settings;
    let source = settings.subject_source();
    if source == SubjectSource::Email && !settings.vouches_for_email(&tenant.connection.strategy) {
        let message = "subject_source is email and the IdP does not stand for its emails: without email_verified true everybody is denied";
        warning(
            found,
            "subject_by_unverified_email",
            message,
            "let the connection recognize people by an immutable id",
        );
    }
    if settings.name_id_format.as_deref() == Some("Email address") && source != SubjectSource::UserName {
        let message = "name_id_format is Email address, but subject_source says otherwise: the NameID is not looked up as userName";
        warning(found, "name_id_format_overruled", message, "set subject_source to userName, or leave it out");
    }
    let is_pinned = settings.entra_id_domain.as_deref().is_some_and(|tenant| !tenant.is_empty());
    if settings.is_use_common_endpoint && is_pinned {
        let message = "is_use_common_endpoint takes the effect of entra_id_domain away: any tenant may sign in";
        warning(
            found,
            "tenant_and_common_endpoint",
            message,
            "anteroom connection set --id CONNECTION_ID is_use_common_endpoint=false",
        );
    }
}
