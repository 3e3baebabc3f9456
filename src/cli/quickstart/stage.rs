//! What must be there before the identity providers speak, made by the same use cases as the commands.

use serde_json::{Map, Value, json};

use crate::dialogue::{Dialogue, Kept, Person, Target};
use crate::identity::reach::Reach;
use crate::identity::{Act, Error, clients, connections, directories, domains, identities, organizations, users};
use crate::store::Tx;

/// What the sign-in service may do, and what it takes to show who somebody is.
const SCOPES: [&str; 2] = ["read:users", "create:sign_ins"];

/// Organization, two connections with a directory each, the people, and a client for the management API.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    /// Name of the organization.
    pub(super) organization: String,
    /// Its code.
    pub(super) organization_code: String,
    /// Okta's side.
    pub(super) okta: Side,
    /// Entra's side.
    pub(super) entra: Side,
    /// Who was made by hand, with the id of the user.
    pub(super) people: Vec<(Person, String)>,
    /// Ids of those who sign in with an email so far.
    pub(super) emails: Vec<String>,
    /// Id of the client.
    pub(super) client_id: String,
    /// Its secret.
    pub(super) client_secret: String,
}

/// One connection with its directory.
#[derive(Clone, Debug)]
pub(super) struct Side {
    /// Name of the connection.
    pub(super) name: String,
    /// Its strategy.
    pub(super) strategy: String,
    /// Its public id.
    pub(super) connection_id: String,
    /// The directory's SCIM base URL.
    pub(super) scim_base_url: String,
    /// The directory's bearer token.
    pub(super) token: String,
}

impl Side {
    /// Where a dialogue of this side is played.
    pub(super) fn target(&self, url: &str, access_token: &str) -> Target {
        Target {
            scim: self.scim_base_url.clone(),
            token: self.token.clone(),
            management: url.to_owned(),
            access_token: access_token.to_owned(),
            connection: self.connection_id.clone(),
        }
    }
}

impl Stage {
    /// What a dialogue knows before: the user of each person.
    pub(super) fn kept(&self) -> Kept {
        self.people.iter().map(|(person, user)| (format!("{}.user", person.name), json!(user))).collect()
    }
}

/// Makes everything in one transaction.
pub(super) fn set(
    tx: &mut Tx<'_>,
    act: &Act,
    url: &str,
    [okta, entra, questions]: [&Dialogue; 3],
) -> Result<Stage, Error> {
    let organization = organizations::create(
        tx,
        act,
        &organizations::Request {
            name: Some("Acme".into()),
            is_auto_membership_enabled: Some(true),
            ..organizations::Request::default()
        },
    )?;
    domains::assert_domain(tx, act, &organization, "acme.test")?;
    let code = organization.code;
    let ways_in = json!({ "is_create_missing_user": true, "is_trusted": true });
    let okta_side = side(tx, act, url, &code, "Acme Okta", okta, Some(&ways_in))?;
    let entra_side = side(tx, act, url, &code, "Acme Entra", entra, None)?;
    let mut people = Vec::new();
    for (dialogue, side) in [(okta, &okta_side), (entra, &entra_side)] {
        for person in &dialogue.people {
            people.push((person.clone(), pre_create(tx, act, &code, &side.connection_id, person)?));
        }
    }
    // Those asked about later are users with an email so far.
    let mut emails = Vec::new();
    for person in &questions.people {
        let user = user(tx, act, &code, person)?;
        emails.push(user.clone());
        people.push((person.clone(), user));
    }
    let scopes = SCOPES.map(str::to_owned);
    let (client, client_secret) = clients::create(tx, act, "quickstart", &scopes, None)?;
    Ok(Stage {
        organization: organization.name,
        organization_code: code,
        okta: okta_side,
        entra: entra_side,
        people,
        emails,
        client_id: client.id,
        client_secret,
    })
}

fn side(
    tx: &mut Tx<'_>,
    act: &Act,
    url: &str,
    organization: &str,
    name: &str,
    dialogue: &Dialogue,
    more_options: Option<&Value>,
) -> Result<Side, Error> {
    let options: Map<String, Value> = [dialogue.options.as_ref(), more_options]
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(Clone::clone)
        .collect();
    let connection = connections::create(
        tx,
        act,
        Reach::everything(),
        &connections::Request {
            name: Some(name.to_owned()),
            strategy: Some(dialogue.strategy.clone()),
            organization_code: Some(organization.to_owned()),
            options: Some(options),
            ..connections::Request::default()
        },
    )?;
    let (described, token) = directories::create(
        tx,
        act,
        Reach::everything(),
        &directories::Request {
            org_code: Some(organization.to_owned()),
            directory_name: Some(name.to_owned()),
            provider_code: Some(dialogue.provider.clone()),
            enterprise_connection_id: Some(connection.id.clone()),
        },
    )?;
    Ok(Side {
        name: name.to_owned(),
        strategy: connection.strategy,
        connection_id: connection.id,
        scim_base_url: directories::scim_base_url(url, &described.directory.endpoint_id),
        token,
    })
}

/// A user with an enterprise identity, as an administrator makes one before the first push.
fn pre_create(
    tx: &mut Tx<'_>,
    act: &Act,
    organization: &str,
    connection: &str,
    person: &Person,
) -> Result<String, Error> {
    let user = user(tx, act, organization, person)?;
    let enterprise = identities::Request {
        kind: Some("enterprise".into()),
        value: Some(person.email.clone()),
        connection_id: Some(connection.to_owned()),
        replace: false,
    };
    identities::add(tx, act, Reach::everything(), &user, &enterprise)?;
    Ok(user)
}

/// A member who signs in with an email; returns the id.
fn user(tx: &mut Tx<'_>, act: &Act, organization: &str, person: &Person) -> Result<String, Error> {
    let email = users::IdentityRequest {
        kind: "email".into(),
        is_verified: Some(true),
        details: Some(users::Details { email: Some(person.email.clone()), ..users::Details::default() }),
    };
    let request = users::Request {
        profile: Some(users::ProfileRequest {
            given_name: Some(person.given_name.clone()),
            family_name: Some(person.family_name.clone()),
            ..users::ProfileRequest::default()
        }),
        organization_code: Some(organization.to_owned()),
        identities: Some(vec![email]),
        ..users::Request::default()
    };
    Ok(users::create(tx, act, Reach::everything(), &request)?.user.id)
}
