//! Random values: texts that fold, expand, collide or look like SQL, numbers and times at their edges.

use anteroom::scim::schema::AttributeType;
use serde_json::{Value, json};

use crate::random::Random;

/// Pairs that are equal after folding, wildcards of SQL, quotes, ends of the range of characters.
const PIECES: [&str; 44] = [
    "",
    "a",
    "A",
    "b",
    "B",
    "z",
    "ß",
    "ẞ",
    "SS",
    "ss",
    "ſ",
    "s",
    "K",
    "\u{212a}",
    "k",
    "ﬁ",
    "fi",
    "é",
    "e\u{301}",
    "É",
    "İ",
    "i",
    "ı",
    "Σ",
    "ς",
    "Ａ",
    "%",
    "_",
    "\\",
    "\"",
    "'",
    "' OR 1=1 --",
    " ",
    "\u{200b}",
    "\t",
    "\n",
    "😀",
    "\u{fdfa}",
    "\u{d7ff}",
    "\u{e000}",
    "\u{ffff}",
    "\u{10ffff}",
    "true",
    "[]",
];
/// What long texts consist of: characters of one to four bytes, some that fold to fewer or more.
const UNITS: [&str; 7] = ["x", "X", "ß", "é", "ﬁ", "😀", "\u{10ffff}"];
const NUMBERS: [&str; 20] = [
    "0",
    "-0",
    "1",
    "1.0",
    "10e-1",
    "-1",
    "2",
    "10",
    "9",
    "0.1",
    "-1.5",
    "99.5",
    "1e400",
    "-1e400",
    "1e-400",
    "9007199254740993",
    "9223372036854775807",
    "18446744073709551615",
    "18446744073709551616",
    "123456789012345678901234567890",
];
const TIMES: [&str; 14] = [
    "2026-11-24T09:30:00Z",
    "2026-11-24T09:30:00",
    "2026-11-24T15:00:00+05:30",
    "2026-11-24T04:30:00-05:00",
    "2026-11-24t09:30:00z",
    "2026-11-24T09:30:00.000000001Z",
    "2026-11-24T09:30:00.001Z",
    "2026-11-24T09:29:59.999999999Z",
    "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59.5Z",
    "1970-01-01T00:00:00Z",
    "2000-02-29T12:00:00+14:00",
    "9999-12-30T00:00:00Z",
    "2026-11-25T00:00:00.5+01:00",
];

pub fn text(random: &mut Random) -> String {
    if random.chance(8) {
        return long_text(random);
    }
    (0..random.within(0, 3)).map(|_| random.pick(&PIECES)).collect()
}

/// Around the lengths at which index entries are cut (512 bytes) and PostgreSQL refuses them (about 2,700).
fn long_text(random: &mut Random) -> String {
    let bytes = match random.below(4) {
        0 => random.within(2_690, 2_720),
        1 => random.within(500, 530),
        _ => random.within(506, 514),
    };
    let unit = random.pick(&UNITS);
    let (head, tail) = (random.pick(&["", "x", "y"]), random.pick(&["", "", "a", "z", "ß", "😀"]));
    let count = (bytes - head.len() - tail.len()) / unit.len();
    format!("{head}{}{tail}", unit.repeat(count))
}

/// Another text that is near to one: equal when folded, longer, shorter, a part of it, with its last character changed.
pub fn near(random: &mut Random, text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (some, other) = (random.below(chars.len() + 1), random.below(chars.len() + 1));
    match random.below(8) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        2 => chars[..some].iter().collect(),
        3 => chars[some..].iter().collect(),
        4 => chars[some.min(other)..some.max(other)].iter().collect(),
        5 => format!("{text}{}", random.pick(&PIECES)),
        6 => chars.split_last().map_or_else(String::new, |(_, rest)| rest.iter().chain(&['b']).collect()),
        _ => text.to_owned(),
    }
}

pub fn number(random: &mut Random) -> String {
    if random.chance(60) { random.pick(&NUMBERS).to_owned() } else { format!("{}", random.below(6)) }
}

pub fn time(random: &mut Random) -> String {
    random.pick(&TIMES).to_owned()
}

/// A value of a simple type, as a resource holds it.
pub fn value(random: &mut Random, kind: AttributeType) -> Value {
    match kind {
        AttributeType::Boolean => json!(random.chance(50)),
        AttributeType::Integer => match random.below(4) {
            0 => json!(u64::MAX - random.next() % 2),
            1 => json!(i64::MIN),
            2 => json!(9_007_199_254_740_992_i64 + i64::try_from(random.below(3)).unwrap()),
            _ => json!(random.within(0, 11)),
        },
        AttributeType::Decimal => match random.below(4) {
            0 => json!(1e308),
            1 => json!(-1.5e-7),
            2 => json!(0.1),
            _ => json!(f64::from(u8::try_from(random.below(12)).unwrap()) - 3.5),
        },
        AttributeType::DateTime => json!(time(random)),
        AttributeType::Binary => json!(random.pick(&["QUJD", "", "AAAA"])),
        AttributeType::String | AttributeType::Reference | AttributeType::Complex => json!(text(random)),
    }
}
