//! `"True"` for `true`: Entra's default dialect sends booleans as text, in values and in filters; OneLogin's templates
//! make every value text.

/// The boolean a text stands for.
pub fn boolean_text(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::boolean_text;

    #[test]
    fn only_true_and_false_in_any_letter_case() {
        assert_eq!(boolean_text("True"), Some(true));
        assert_eq!(boolean_text("FALSE"), Some(false));
        assert_eq!(boolean_text("1"), None);
        assert_eq!(boolean_text(" true"), None);
    }
}
