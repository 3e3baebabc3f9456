//! A directory full of random resources, kept in memory and put into a store.

use std::collections::BTreeSet;

use anteroom::clock::rfc3339;
use anteroom::scim::etag::etag;
use anteroom::scim::project::{MemberRef, View};
use anteroom::scim::resource::Document;
use anteroom::scim::schema::{Attribute, Catalogue, ResourceType, Top};
use anteroom::scim::validate;
use anteroom::store::connections::{self, NewConnection};
use anteroom::store::resources::{self, Content};
use anteroom::store::{ConnectionKey, Error, ResourceKey, Tx, members};
use serde_json::{Map, Value, json};

use crate::random::Random;
use crate::{schema, values};

const NOON: i64 = 1_795_608_000_000_000;

/// A connection's schemas and resources.
pub struct World {
    pub seed: u64,
    pub definitions: Value,
    pub catalogue: Catalogue,
    pub residents: Vec<Resident>,
    /// Group and member, as places among the residents.
    memberships: Vec<(usize, usize)>,
}

/// A resource and all that a filter may ask of it.
pub struct Resident {
    pub kind: &'static str,
    pub id: String,
    pub document: Document,
    pub created: i64,
    pub modified: i64,
    pub version: i64,
    groups: Vec<MemberRef>,
    members: Vec<MemberRef>,
}

impl Resident {
    pub fn view(&self) -> View<'_> {
        View {
            id: &self.id,
            document: &self.document,
            created: self.created,
            modified: self.modified,
            version: self.version,
            location: String::new(),
            groups: self.groups.clone(),
            members: self.members.clone(),
            manager: None,
        }
    }

    fn reference(&self) -> MemberRef {
        MemberRef {
            value: self.id.clone(),
            display: self.document.display_name().map(str::to_owned),
            reference: String::new(),
            kind: self.kind.to_owned(),
        }
    }
}

impl World {
    pub fn make(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let definitions = schema::definitions(&mut random);
        let catalogue = schema::catalogue(&definitions);
        let kinds = std::iter::repeat_n("Thing", 16)
            .chain(std::iter::repeat_n("User", 12))
            .chain(std::iter::repeat_n("Group", 6));
        let residents = kinds
            .enumerate()
            .map(|(place, kind)| resident(&mut random, &catalogue, kind, &format!("{seed:x}-{place}")));
        let residents: Vec<Resident> = residents.collect();
        let mut world = Self { seed, definitions, catalogue, residents, memberships: Vec::new() };
        world.join(&mut random);
        world
    }

    /// Makes people and later groups members of groups, so that no group is in itself.
    fn join(&mut self, random: &mut Random) {
        for group in 0..self.residents.len() {
            for member in 0..self.residents.len() {
                let is_later = self.residents[member].kind == "User" || member > group;
                let can_be = self.residents[group].kind == "Group" && self.residents[member].kind != "Thing";
                if can_be && is_later && random.chance(20) {
                    self.memberships.push((group, member));
                    let inner = self.residents[member].reference();
                    self.residents[group].members.push(inner);
                }
            }
        }
        for place in 0..self.residents.len() {
            self.residents[place].groups = self.groups_of(place);
        }
    }

    /// The groups that a resource is in, directly or through other groups; a group that is both counts as direct.
    fn groups_of(&self, place: usize) -> Vec<MemberRef> {
        let above = |member: usize| self.memberships.iter().filter(move |row| row.1 == member).map(|row| row.0);
        let direct: BTreeSet<usize> = above(place).collect();
        let (mut all, mut left) = (direct.clone(), Vec::from_iter(direct.clone()));
        while let Some(group) = left.pop() {
            left.extend(above(group).filter(|outer| all.insert(*outer)));
        }
        let kind = |group: &usize| if direct.contains(group) { "direct" } else { "indirect" };
        all.iter()
            .map(|group| MemberRef { kind: kind(group).to_owned(), ..self.residents[*group].reference() })
            .collect()
    }

    /// Puts all of it into a database, as a connection of its own.
    pub fn insert(&self, tx: &mut Tx<'_>) -> Result<ConnectionKey, Error> {
        let connection = connections::insert(tx, &connection(self.seed))?;
        let mut keys = Vec::new();
        for resident in &self.residents {
            let content = Content::of(self.resource_type(resident.kind), resident.document.clone());
            let mut made = resources::insert(tx, connection, resident.kind, &resident.id, &content, resident.created)?;
            while made.version < resident.version {
                made = resources::bump(tx, connection, &made, resident.modified)?;
            }
            keys.push(made.key);
        }
        for (group, member) in &self.memberships {
            let one = |key: ResourceKey| std::iter::once(key).collect();
            let nested = if self.residents[*member].kind == "Group" { one(keys[*member]) } else { BTreeSet::new() };
            members::add(tx, connection, keys[*group], &one(keys[*member]), &nested)?;
        }
        Ok(connection)
    }

    pub fn resource_type(&self, kind: &str) -> &ResourceType {
        self.catalogue.resource_type(kind).unwrap()
    }

    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Resident> {
        self.residents.iter().filter(move |resident| resident.kind == kind)
    }

    /// Values that resources have at a path.
    pub fn existing(&self, kind: &str, top: Top<'_>, sub: Option<&Attribute>) -> Vec<Value> {
        let name = top.attribute.name.as_str();
        let part = sub.map_or("", |sub| sub.name.as_str());
        let all = |of: &dyn Fn(&Resident) -> Option<Value>| self.residents.iter().filter_map(of).collect();
        match (top.urn, name, part) {
            (None, "id", _) | (None, "members" | "groups", "" | "value") => all(&|one| Some(json!(one.id))),
            (None, "members" | "groups", "display") => all(&|one| one.document.display_name().map(Value::from)),
            (None, "members" | "groups", "type") => {
                vec![json!("user"), json!("Group"), json!("direct"), json!("indirect")]
            }
            (None, "meta", "created") => all(&|one| Some(json!(rfc3339(one.created)))),
            (None, "meta", "lastModified") => all(&|one| Some(json!(rfc3339(one.modified)))),
            (None, "meta", "version") => all(&|one| Some(json!(etag(one.version)))),
            (None, "meta", "resourceType") => all(&|one| Some(json!(one.kind))),
            (None, "schemas", _) => self.catalogue.schemas().iter().map(|schema| json!(schema.id)).collect(),
            _ => self
                .of_kind(kind)
                .filter_map(|one| one.document.get(top))
                .flat_map(|value| parts(value, part))
                .collect(),
        }
    }
}

fn parts(value: &Value, name: &str) -> Vec<Value> {
    match value {
        Value::Array(elements) => elements.iter().flat_map(|element| parts(element, name)).collect(),
        Value::Object(object) if name.is_empty() => object.get("value").cloned().into_iter().collect(),
        Value::Object(object) => object.get(name).map(|part| parts(part, "")).unwrap_or_default(),
        simple => vec![simple.clone()],
    }
}

fn connection(seed: u64) -> NewConnection {
    NewConnection {
        id: format!("conn_{seed:x}"),
        organization_key: None,
        name: "oracle".to_owned(),
        display_name: String::new(),
        strategy: "saml:custom".to_owned(),
        state: "active".to_owned(),
        options: "{}".to_owned(),
        settings_version: 1,
        has_schemas: false,
        created: NOON,
    }
}

fn resident(random: &mut Random, catalogue: &Catalogue, kind: &'static str, id: &str) -> Resident {
    let resource_type = catalogue.resource_type(kind).unwrap();
    let document = validate::document(catalogue, resource_type, body(random, resource_type, id)).unwrap().document;
    // Times are kept more precisely than they are shown.
    let created = NOON + i64::try_from(random.below(4) * 1_000 + random.below(2) * 400).unwrap();
    let version = i64::try_from(random.within(1, 3)).unwrap();
    let later = i64::try_from(random.below(3) * 700).unwrap();
    let modified = if version == 1 { created } else { created + later };
    Resident { kind, id: id.to_owned(), document, created, modified, version, groups: Vec::new(), members: Vec::new() }
}

fn body(random: &mut Random, resource_type: &ResourceType, id: &str) -> Value {
    let mut body = Map::new();
    for top in resource_type.stored() {
        if !top.attribute.required && random.chance(35) {
            continue;
        }
        let mut value = value(random, top.attribute);
        if top.attribute.required {
            value = json!(format!("{}{id}", values::text(random).chars().take(40).collect::<String>()));
        }
        match top.urn {
            Some(urn) => body.entry(urn).or_insert_with(|| json!({}))[&top.attribute.name] = value,
            None => drop(body.insert(top.attribute.name.clone(), value)),
        }
    }
    Value::Object(body)
}

fn value(random: &mut Random, attribute: &Attribute) -> Value {
    if !attribute.multi_valued {
        return single(random, attribute, true);
    }
    let primary = random.below(4);
    (0..random.below(4)).map(|place| single(random, attribute, place == primary)).collect()
}

fn single(random: &mut Random, attribute: &Attribute, may_be_primary: bool) -> Value {
    if !attribute.is_complex() {
        return values::value(random, attribute.kind);
    }
    let subs = attribute.sub_attributes.iter().filter(|sub| sub.is_writable());
    let mut object = Map::new();
    for sub in subs {
        let is_primary = sub.name == "primary";
        if random.chance(75) && (may_be_primary || !is_primary) {
            object.insert(sub.name.clone(), value(random, sub));
        }
    }
    Value::Object(object)
}
