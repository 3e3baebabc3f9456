//! Cells of a table that a spreadsheet would carry out (CWE-1236): written with a `'` before them, read without it.

/// Whether a spreadsheet would take the text for a formula.
pub(super) fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A cell that every spreadsheet shows as it is.
pub fn guarded(text: &str) -> String {
    if is_formula(text.trim_start_matches('\'')) { format!("'{text}") } else { text.to_owned() }
}

/// What a cell stands for: the inverse of [`guarded`].
pub(super) fn bare(text: &str) -> &str {
    text.strip_prefix('\'').filter(|_| is_formula(text.trim_start_matches('\''))).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_guarded_is_read_as_it_was() {
        for text in ["=1+1", "+61400000000", "-x", "@x", "\tx", "'=1", "''=1", "'tis", "O'Brien", "", "'"] {
            assert_eq!(bare(&guarded(text)), text, "{text:?}");
            assert!(!is_formula(&guarded(text)), "{text:?}");
        }
    }
}
