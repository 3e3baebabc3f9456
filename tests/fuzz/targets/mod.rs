//! What must hold for any bytes whatever: one function for each reader of what clients send.
//!
//! A function panics when a promise is broken. The test beside this folder drives all of them with seeded inputs, `fuzz/`
//! wires the same functions to cargo-fuzz.

mod fixture;
mod messages;
mod sql;
mod texts;

/// A reader and inputs to begin with.
pub struct Target {
    pub name: &'static str,
    /// Whether the input was read to the end.
    pub run: fn(&[u8]) -> bool,
    /// Inputs that it reads to the end.
    pub seeds: &'static [&'static str],
    /// Whether inputs are JSON, so that they can be changed as trees.
    pub is_json: bool,
}

pub const TARGETS: &[Target] = &[
    Target { name: "filter", run: texts::filter, seeds: texts::FILTERS, is_json: false },
    Target { name: "filter_sql", run: sql::filter, seeds: texts::FILTERS, is_json: false },
    Target { name: "patch_path", run: texts::patch_path, seeds: texts::PATHS, is_json: false },
    Target { name: "header", run: texts::header, seeds: texts::HEADERS, is_json: false },
    Target { name: "canonical", run: texts::canonical, seeds: texts::NAMES, is_json: false },
    Target { name: "cursor", run: texts::cursor, seeds: texts::CURSORS, is_json: false },
    Target { name: "body", run: messages::body, seeds: messages::BODIES, is_json: true },
    Target { name: "patch", run: messages::patch, seeds: messages::PATCHES, is_json: true },
    Target { name: "bulk", run: messages::bulk, seeds: messages::BULKS, is_json: true },
    Target { name: "search", run: messages::search, seeds: messages::SEARCHES, is_json: true },
    Target { name: "schema", run: messages::schema, seeds: messages::SCHEMAS, is_json: true },
];

/// Runs the target of a name; says whether the input was read to the end.
pub fn run(name: &str, data: &[u8]) -> bool {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.expect("a target has this name").run)(data)
}
