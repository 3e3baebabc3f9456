//! What an error says, and what it must not say.

use std::error::Error;

use scim_filter_parser::{Filter, PatchPath};

#[test]
fn messages() {
    let table = [
        ("", "unexpected end at byte 0"),
        ("title pr)", "unexpected character `)` at byte 8"),
        ("userName regex \"b.*\"", "unknown operator `regex` at byte 9"),
        ("1st pr", "invalid attribute `1st` at byte 0"),
        ("a eq \"\\x\"", "invalid string at byte 6"),
        ("a eq 01", "invalid number at byte 5"),
        ("a eq b", "value is not a JSON string, number, true, false or null at byte 5"),
        ("a[b[c pr]]", "value path inside a value path at byte 3"),
    ];
    for (input, message) in table {
        assert_eq!(Filter::parse(input).unwrap_err().to_string(), message, "{input}");
    }
}

#[test]
fn little_of_the_input_is_repeated() {
    for input in [
        format!("a {} 1", "x".repeat(4000)),
        format!("{} pr", "1".repeat(4000)),
        format!("a {} 1", "\u{1f600}".repeat(900)),
        format!("a pr {}", "y".repeat(4000)),
    ] {
        let message = Filter::parse(&input).unwrap_err().to_string();
        assert!(message.chars().count() < 80, "{message}");
    }
}

#[test]
fn control_and_bidirectional_characters_are_not_repeated() {
    for (input, message) in [
        ("a\u{1b}[31m pr", "unexpected character `?` at byte 1"),
        ("a x\u{202e}y 1", "unknown operator `x?y` at byte 2"),
        ("a\n pr", "unexpected character `?` at byte 1"),
        ("a x\u{85}y 1", "unknown operator `x?y` at byte 2"),
    ] {
        assert_eq!(Filter::parse(input).unwrap_err().to_string(), message);
    }
}

#[test]
fn values_are_not_repeated() {
    for input in ["password eq hunter2", "password eq \"hunter2", "pin eq 01234"] {
        let error = Filter::parse(input).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(!error.to_string().contains("1234"), "{error}");
    }
}

#[test]
fn errors_are_errors() {
    let error = PatchPath::parse("a[").unwrap_err();
    assert_eq!(error, error.clone());
    let boxed: Box<dyn Error + Send + Sync> = Box::new(error);
    assert!(boxed.source().is_none());
    assert!(boxed.to_string().starts_with("unexpected end"));
}
