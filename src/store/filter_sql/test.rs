//! Comparisons as SQL: of index rows, whose long values are cut, and of plain columns.

use crate::scim::matches::Test;
use crate::scim::values::{cut, cut_to};
use crate::store::sql::Sql;

/// Keys shorter than this compare as the uncut value does: a cut key is longer.
const SHORT_BYTES: usize = 508;

impl Sql {
    /// A test of a row of `attribute_values`, where long values are cut.
    pub(super) fn indexed(&mut self, alias: &str, test: &Test) {
        let (key, whole) = (format!("{alias}.value_key"), format!("COALESCE({alias}.rest, {alias}.value_key)"));
        match test {
            Test::Present => self.sql("1 = 1"),
            Test::Eq(value) => self.equal(alias, value),
            Test::Ne(value) => {
                self.sql("NOT (");
                self.equal(alias, value);
                self.sql(")");
            }
            Test::Co(value) => self.contains(&whole, value),
            Test::Ew(value) => self.ends(&whole, value),
            Test::Sw(value) if value.len() <= SHORT_BYTES => self.starts(&key, value),
            Test::Sw(value) => {
                self.starts(&key, cut_to(value, SHORT_BYTES));
                self.sql(&format!(" AND substr({whole}, 1, length("));
                self.text(value);
                self.sql(")) = ");
                self.text(value);
            }
            Test::Gt(value) => self.ordered(&key, &whole, ">", value),
            Test::Ge(value) => self.ordered(&key, &whole, ">=", value),
            Test::Lt(value) => self.ordered(&key, &whole, "<", value),
            Test::Le(value) => self.ordered(&key, &whole, "<=", value),
        }
    }

    fn equal(&mut self, alias: &str, value: &str) {
        let (key, is_cut) = cut(value);
        self.sql(&format!("({alias}.value_key = "));
        self.text(&key);
        if is_cut {
            self.sql(&format!(" AND {alias}.rest IS NOT NULL AND {alias}.rest = "));
            self.text(value);
            self.sql(")");
        } else {
            self.sql(&format!(" AND {alias}.rest IS NULL)"));
        }
    }

    fn ordered(&mut self, key: &str, whole: &str, operator: &str, value: &str) {
        let side = if value.len() <= SHORT_BYTES { key } else { whole };
        self.sql(&format!("{side} {operator} "));
        self.text(value);
    }

    /// A test of a text column that is never cut.
    pub(super) fn column(&mut self, column: &str, test: &Test) {
        match test {
            Test::Present => self.sql(&format!("{column} IS NOT NULL")),
            Test::Eq(value) => self.compared(column, "=", value),
            Test::Ne(value) => self.compared(column, "<>", value),
            Test::Gt(value) => self.compared(column, ">", value),
            Test::Ge(value) => self.compared(column, ">=", value),
            Test::Lt(value) => self.compared(column, "<", value),
            Test::Le(value) => self.compared(column, "<=", value),
            Test::Co(value) => self.contains(column, value),
            Test::Sw(value) => self.starts(column, value),
            Test::Ew(value) => self.ends(column, value),
        }
    }

    fn compared(&mut self, column: &str, operator: &str, value: &str) {
        self.sql(&format!("{column} {operator} "));
        self.text(value);
    }

    /// A test of a time column; the key is microseconds as text.
    pub(super) fn time(&mut self, column: &str, test: &Test) {
        let (operator, value) = match test {
            Test::Eq(value) => ("=", value),
            Test::Ne(value) => ("<>", value),
            Test::Gt(value) => (">", value),
            Test::Ge(value) => (">=", value),
            Test::Lt(value) => ("<", value),
            Test::Le(value) => ("<=", value),
            Test::Present | Test::Co(_) | Test::Sw(_) | Test::Ew(_) => return self.sql("1 = 1"),
        };
        self.sql(&format!("{column} {operator} "));
        self.number(value.parse().unwrap_or(i64::MAX));
    }

    fn contains(&mut self, column: &str, value: &str) {
        self.sql(&format!("instr({column}, "));
        self.text(value);
        self.sql(") > 0");
    }

    /// A prefix as a range of bytes, which an index serves.
    fn starts(&mut self, column: &str, prefix: &str) {
        self.sql(&format!("({column} >= "));
        self.text(prefix);
        if let Some(after) = after_prefix(prefix) {
            self.sql(&format!(" AND {column} < "));
            self.text(&after);
        }
        self.sql(")");
    }

    fn ends(&mut self, column: &str, suffix: &str) {
        self.sql(&format!("(length({column}) >= length("));
        self.text(suffix);
        self.sql(&format!(") AND substr({column}, length({column}) - length("));
        self.text(suffix);
        self.sql(") + 1) = ");
        self.text(suffix);
        self.sql(")");
    }
}

/// The least text that is greater than every text with this prefix.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            other => char::from_u32(u32::from(other) + 1),
        };
        if let Some(next) = next {
            text.push(next);
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_after_a_prefix_is_greater_than_all_that_begin_with_it() {
        assert_eq!(after_prefix("ab").as_deref(), Some("ac"));
        assert_eq!(after_prefix("a\u{D7FF}").as_deref(), Some("a\u{E000}"));
        assert_eq!(after_prefix("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(after_prefix("\u{10FFFF}"), None);
        assert_eq!(after_prefix(""), None);
        assert!("ab\u{10FFFF}\u{10FFFF}" < after_prefix("ab").unwrap().as_str());
    }
}
