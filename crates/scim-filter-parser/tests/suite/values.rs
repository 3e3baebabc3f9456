//! The values behind an operator: strings, numbers and the three words of JSON.

use scim_filter_parser::{ErrorKind, Filter, Literal, Number};

fn value(text: &str) -> Result<Literal, (ErrorKind, usize)> {
    match Filter::parse(&format!("a eq {text}")) {
        Ok(Filter::Compare { value, .. }) => Ok(value),
        Ok(other) => panic!("{text} gave {other:?}"),
        Err(error) => Err((error.kind(), error.offset() - 5)),
    }
}

#[test]
fn strings() {
    let table = [
        (r#""""#, ""),
        (r#""it's (a) [b] and \"c\"""#, "it's (a) [b] and \"c\""),
        (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r#""\u00e9\u00E9""#, "\u{e9}\u{e9}"),
        (r#""\ud83d\ude00 \uD83D\uDE00""#, "\u{1f600} \u{1f600}"),
        (r#""\u0001\u001f\u007f""#, "\u{1}\u{1f}\u{7f}"),
        ("\"\u{e9} \u{1f600} \u{7f}\"", "\u{e9} \u{1f600} \u{7f}"),
        (r#""\uffff\ufdd0""#, "\u{ffff}\u{fdd0}"),
    ];
    for (text, expected) in table {
        assert_eq!(value(text), Ok(Literal::String(expected.to_owned())), "{text}");
    }
}

#[test]
fn refused_strings() {
    use ErrorKind::{InvalidString, UnexpectedCharacter, UnexpectedEnd};
    let table = [
        ("\"", UnexpectedEnd, 1),
        ("\"abc", UnexpectedEnd, 4),
        (r#""abc\"#, UnexpectedEnd, 5),
        (r#""\u12"#, UnexpectedEnd, 5),
        (r#""\x""#, InvalidString, 1),
        (r#""a\U0041""#, InvalidString, 2),
        (r#""\u12g4""#, InvalidString, 1),
        (r#""\u+123""#, InvalidString, 1),
        (r#""\u0000""#, InvalidString, 1),
        (r#""\ud83d""#, InvalidString, 1),
        (r#""\ude00""#, InvalidString, 1),
        (r#""\ud83d\ud83d""#, InvalidString, 1),
        (r#""\ud83d\u0041""#, InvalidString, 1),
        (r#""\ud83d\n""#, InvalidString, 1),
        (r#""\ude00\ud83d""#, InvalidString, 1),
        ("\"a\nb\"", InvalidString, 2),
        ("\"a\tb\"", InvalidString, 2),
        ("\"a\0b\"", InvalidString, 2),
        (r#""a"b"#, UnexpectedCharacter, 3),
        (r#""a""b""#, UnexpectedCharacter, 3),
        (r#""a"(b"#, UnexpectedCharacter, 3),
    ];
    for (text, kind, offset) in table {
        assert_eq!(value(text), Err((kind, offset)), "{text}");
    }
}

#[test]
fn numbers() {
    for text in [
        "0",
        "-0",
        "7",
        "-10",
        "1.5",
        "0.0",
        "1.50",
        "1e3",
        "1E+3",
        "1.5e-3",
        "0e0",
        "123456789012345678901234567890",
        "1e999",
    ] {
        let number = Number::parse(text).unwrap();
        assert_eq!(number.as_str(), text);
        assert_eq!(value(text), Ok(Literal::Number(number)), "{text}");
    }
    for text in ["-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1.e3", "0x10", "1_0", "1-1", "1.2.3"] {
        assert_eq!(Number::parse(text), None, "{text}");
        assert_eq!(value(text), Err((ErrorKind::InvalidNumber, 0)), "{text}");
    }
    for text in ["", "-e", "NaN", "inf", " 1", "1 ", "\u{661}"] {
        assert_eq!(Number::parse(text), None, "{text}");
    }
}

#[test]
fn numbers_as_machine_numbers() {
    let number = |text| Number::parse(text).unwrap();
    assert_eq!(number("-42").as_i64(), Some(-42));
    assert_eq!(number("9223372036854775807").as_i64(), Some(i64::MAX));
    assert_eq!(number("9223372036854775808").as_i64(), None);
    assert_eq!(number("1.0").as_i64(), None);
    assert!((number("1.5e3").as_f64() - 1500.0).abs() < f64::EPSILON);
    assert!(number("1e999").as_f64().is_infinite());
    assert_ne!(number("1"), number("1.0"));
}

#[test]
fn words() {
    assert_eq!(value("true"), Ok(Literal::Bool(true)));
    assert_eq!(value("false"), Ok(Literal::Bool(false)));
    assert_eq!(value("null"), Ok(Literal::Null));
    for text in ["True", "NULL", "truex", "jyoung", "'a'", "\u{e9}", "NaN"] {
        assert_eq!(value(text), Err((ErrorKind::InvalidValue, 0)), "{text}");
    }
    for text in ["(", ")", "]", "[1]", "{}"] {
        assert!(value(text).is_err(), "{text}");
    }
}

#[test]
fn printed_strings_are_json() {
    let text = "\"\\/\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f}\u{e9}";
    assert_eq!(Literal::String(text.to_owned()).to_string(), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\u{7f}\u{e9}\"");
    assert_eq!(Literal::Null.to_string(), "null");
    assert_eq!(Literal::Bool(false).to_string(), "false");
}
