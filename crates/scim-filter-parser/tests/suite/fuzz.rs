//! What must hold for any input whatever.
//!
//! [`fuzz`] is the body of the cargo-fuzz target in `fuzz/` and of the seeded
//! test in `replay.rs`; it panics when a promise of the crate is broken.

use std::fmt::{Debug, Display};

use scim_filter_parser::{AttributePath, Filter, Limits, Options, ParseError, PatchPath};

/// The first byte chooses the dialect, the rest is the text.
pub(crate) fn fuzz(data: &[u8]) {
    let Some((switches, text)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let options = Options::new().value_path_sub_attribute(switches & 1 != 0).unquoted_values(switches & 2 != 0);
    // Printing may add spaces and quotes, never nesting or tests.
    let roomy = Options::new().limits(Limits { max_length: usize::MAX, ..Limits::default() });
    check(text, Filter::parse_with(text, &options), |printed| Filter::parse_with(printed, &roomy));
    check(text, PatchPath::parse_with(text, &options), |printed| PatchPath::parse_with(printed, &roomy));
    check(text, AttributePath::parse(text), AttributePath::parse);
}

fn check<T>(text: &str, parsed: Result<T, ParseError>, strict: impl Fn(&str) -> Result<T, ParseError>)
where
    T: Clone + Debug + Display + PartialEq,
{
    match parsed {
        Ok(tree) => {
            let printed = tree.to_string();
            let again = strict(&printed);
            assert_eq!(again.as_ref(), Ok(&tree), "{text:?} was printed as {printed:?}");
            assert_eq!(again.map(|tree| tree.to_string()), Ok(printed));
        }
        Err(error) => {
            let message = error.to_string();
            assert!(text.is_char_boundary(error.offset()), "{text:?}: {error:?}");
            assert!(message.chars().count() < 100, "{message}");
            assert!(!message.chars().any(char::is_control), "{message:?}");
        }
    }
}
