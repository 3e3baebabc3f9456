//! Inputs made from seeds: JSON is changed as a tree, text by words and bytes.

use serde_json::{Map, Value, json};

use crate::random::Random;
use crate::targets::Target;

/// Names, paths, operators and values that mean something somewhere.
const WORDS: [&str; 64] = [
    "userName",
    "emails",
    "emails.value",
    "name",
    "name.givenName",
    "value",
    "type",
    "primary",
    "display",
    "$ref",
    "active",
    "members",
    "groups",
    "id",
    "meta",
    "schemas",
    "password",
    "roles",
    "addresses",
    "externalId",
    "displayName",
    "serial",
    "price",
    "count",
    "sold",
    "isNew",
    "labels",
    "sizes",
    "parts",
    "parts.names",
    "place.room",
    "secret",
    "rank",
    "weight",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    "urn:example:fuzz:1.0:More",
    "urn:example:fuzz:1.0:More:tags",
    "urn:ietf:params:scim:schemas:core:2.0:User:userName",
    "add",
    "Remove",
    "replace",
    "POST",
    "PUT",
    "patch",
    "DELETE",
    "/Users",
    "/Groups/1",
    "bulkId:a",
    "bulkId:b",
    "Operations",
    "op",
    "path",
    "data",
    "emails[type eq \"work\"]",
    "emails[type eq \"work\"].value",
    "members[value eq \"1\"]",
    "parts[names eq \"x\"].weight",
    "True",
    "2026-11-24T09:30:00Z",
    "QUJD",
    "W/\"1\"",
    "{\"value\":\"x\"}",
    "Straße ﬁ K",
];
/// What stands between the words of a text.
const TOKENS: [&str; 40] = [
    " ",
    " ",
    " ",
    "(",
    ")",
    "[",
    "]",
    ".",
    ":",
    ",",
    "\"",
    "\\",
    "\\u00e9",
    "\\ud83d\\ude00",
    "not",
    "and",
    "or",
    "pr",
    "eq",
    "ne",
    "co",
    "sw",
    "ew",
    "gt",
    "ge",
    "lt",
    "le",
    "null",
    "true",
    "1",
    "-1.5e3",
    "1e400",
    "\"x\"",
    "\"\"",
    "%",
    "_",
    "é",
    "😀",
    "\0",
    "\u{301}",
];

/// An input for a target.
pub fn input(random: &mut Random, target: &Target) -> Vec<u8> {
    let seed = random.pick(target.seeds);
    if !target.is_json {
        let mut bytes = text(random, seed).into_bytes();
        if random.chance(15) && !bytes.is_empty() {
            let at = random.below(bytes.len());
            let bound = if random.chance(50) { 8 } else { 256 };
            bytes[at] = u8::try_from(random.below(bound)).unwrap();
        }
        return bytes;
    }
    let mut tree = parsed(seed);
    for _ in 0..=random.below(4) {
        change(random, &mut tree, target.seeds, 0);
    }
    if random.chance(5) { text(random, &tree.to_string()).into_bytes() } else { tree.to_string().into_bytes() }
}

fn text(random: &mut Random, seed: &str) -> String {
    let mut chars: Vec<char> = seed.chars().collect();
    for _ in 0..random.below(5) {
        let at = random.below(chars.len() + 1);
        let end = (at + random.below(8)).min(chars.len());
        let new = match random.below(6) {
            0 | 1 => random.pick(&TOKENS).chars().collect(),
            2 => random.pick(&WORDS).chars().collect(),
            3 => chars[at..end].repeat(random.within(1, 40)),
            4 => Vec::from_iter(char::from_u32(u32::try_from(random.below(0x3000)).unwrap())),
            _ => Vec::new(),
        };
        let end = if random.chance(50) { at } else { end };
        chars.splice(at..end, new);
    }
    chars.into_iter().collect()
}

fn parsed(seed: &str) -> Value {
    serde_json::from_str(seed).unwrap()
}

/// Changes one place of a tree; mostly one deep inside, because a message with a wrong envelope is not read at all.
fn change(random: &mut Random, tree: &mut Value, seeds: &[&str], depth: usize) {
    let is_kept = |name: &str| name == "schemas";
    let mut children: Vec<&mut Value> = match tree {
        Value::Array(elements) => elements.iter_mut().collect(),
        Value::Object(object) => object.iter_mut().filter(|(name, _)| !is_kept(name)).map(|(_, value)| value).collect(),
        _ => Vec::new(),
    };
    if !children.is_empty() && random.chance(if depth < 3 { 96 } else { 60 }) {
        let at = random.below(children.len());
        return change(random, children.swap_remove(at), seeds, depth + 1);
    }
    let children = children.len();
    match random.below(8) {
        0 | 1 => *tree = leaf(random),
        2 => *tree = part(random, seeds),
        3 => *tree = json!([tree.clone()]),
        4 => *tree = Value::Object(Map::from_iter([(random.pick(&WORDS).to_owned(), tree.clone())])),
        _ => grow(random, tree, children, seeds),
    }
}

/// Adds, repeats or removes a child.
fn grow(random: &mut Random, tree: &mut Value, children: usize, seeds: &[&str]) {
    let (at, is_loss) = (random.below(children), random.chance(30));
    match tree {
        Value::Array(elements) if is_loss && children > 0 => drop(elements.remove(at)),
        Value::Array(elements) if children > 0 && random.chance(50) => elements.push(elements[at].clone()),
        Value::Array(elements) => elements.push(part(random, seeds)),
        Value::Object(object) if is_loss => {
            let name = object.keys().nth(at).cloned().unwrap_or_default();
            object.shift_remove(&name);
        }
        Value::Object(object) => {
            let name = random.pick(&WORDS);
            let name = if random.chance(20) { random.cased(name) } else { name.to_owned() };
            object.insert(name, if random.chance(50) { leaf(random) } else { part(random, seeds) });
        }
        Value::String(given) => *given = text(random, given),
        other => *other = leaf(random),
    }
}

/// A subtree of some seed.
fn part(random: &mut Random, seeds: &[&str]) -> Value {
    let mut tree = parsed(random.pick(seeds));
    for _ in 0..random.within(1, 5) {
        let child = match &tree {
            Value::Array(elements) if !elements.is_empty() => Some(random.of(elements)),
            Value::Object(object) => object.values().nth(random.below(object.len())),
            _ => None,
        };
        let Some(child) = child.cloned() else { break };
        tree = child;
    }
    tree
}

fn leaf(random: &mut Random) -> Value {
    match random.below(11) {
        0 => Value::Null,
        1 => json!(random.chance(50)),
        2 => json!(random.below(3)),
        3 => json!(-1.5),
        4 => json!(u64::MAX),
        6 => json!([]),
        7 => json!({}),
        5 => json!("x".repeat(random.below(5_000))),
        _ => json!(random.pick(&WORDS)),
    }
}
