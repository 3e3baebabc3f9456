//! Printing: the canonical text of filters, paths and values.
//!
//! One space between tokens, lower-case operators, brackets only where the
//! tree needs them, strings escaped as JSON. The text of a parsed tree parses
//! back to an equal tree and nests no deeper than the tree's own source did.

use std::fmt::{self, Display, Formatter, Write};

use crate::filter::{CompareOp, Filter};
use crate::literal::{Literal, Number};
use crate::patch_path::PatchPath;

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(terms) => write_joined(f, terms, " and "),
            Self::Or(terms) => write_joined(f, terms, " or "),
            Self::Not(term) => write_enclosed(f, "not (", term, ")"),
            Self::Compare { path, op, value } => write!(f, "{path} {op} {value}"),
            Self::Present(path) => write!(f, "{path} pr"),
            Self::ValuePath { path, filter } => {
                path.fmt(f)?;
                write_enclosed(f, "[", filter, "]")
            }
        }
    }
}

/// Calls `fmt` itself where `write!` would put two more frames on the stack for each level.
fn write_enclosed(f: &mut Formatter<'_>, open: &str, term: &Filter, close: &str) -> fmt::Result {
    f.write_str(open)?;
    term.fmt(f)?;
    f.write_str(close)
}

/// Brackets every `or` among the terms: needed below `and`, and harmless in the
/// `or` below `or` that only a tree built by hand has.
fn write_joined(f: &mut Formatter<'_>, terms: &[Filter], separator: &str) -> fmt::Result {
    for (index, term) in terms.iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        if matches!(term, Filter::Or(_)) {
            write_enclosed(f, "(", term, ")")?;
        } else {
            term.fmt(f)?;
        }
    }
    Ok(())
}

impl Display for PatchPath {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.attribute)?;
        if let Some(filter) = &self.filter {
            write!(f, "[{filter}]")?;
        }
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

impl Display for CompareOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => write_quoted(f, text),
            Self::Number(number) => write!(f, "{number}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Null => f.write_str("null"),
        }
    }
}

fn write_quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\u{8}' => f.write_str("\\b")?,
            '\u{c}' => f.write_str("\\f")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\0'..='\u{1f}' => write!(f, "\\u{:04x}", u32::from(c))?,
            _ => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
