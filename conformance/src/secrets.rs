//! What must not stand in a report.

use serde_json::Value;

const REMOVED: &str = "[removed]";

/// Texts that must not stand in a report.
#[derive(Clone, Debug, Default)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// These texts, and every member called `password`, and every `Authorization`.
    pub fn new(texts: &[&str]) -> Self {
        Self(texts.iter().filter(|text| !text.is_empty()).map(|text| (*text).to_owned()).collect())
    }

    /// A text without them.
    pub fn cut(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret, REMOVED))
    }

    /// A header's value without them.
    pub fn cut_header(&self, name: &str, value: &str) -> String {
        match name {
            "authorization" | "cookie" | "set-cookie" | "proxy-authorization" => REMOVED.to_owned(),
            _ => self.cut(value),
        }
    }

    /// A body without them; JSON is laid out for reading.
    pub fn cut_body(&self, text: &str) -> String {
        match serde_json::from_str::<Value>(text) {
            Ok(mut body) => {
                cut_members(&mut body);
                self.cut(&serde_json::to_string_pretty(&body).unwrap_or_default())
            }
            Err(_) => self.cut(text),
        }
    }
}

fn cut_members(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(cut_members),
        Value::Object(members) => {
            for (name, member) in members {
                if name.eq_ignore_ascii_case("password") && !member.is_null() {
                    *member = REMOVED.into();
                } else {
                    cut_members(member);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_passwords_and_authorizations_are_cut() {
        let secrets = Secrets::new(&["s3cret", ""]);
        assert_eq!(secrets.cut("a s3cret b"), "a [removed] b");
        assert_eq!(secrets.cut_header("authorization", "Basic abc"), "[removed]");
        assert_eq!(secrets.cut_header("location", "/x?t=s3cret"), "/x?t=[removed]");
        let body = secrets.cut_body(r#"{"Password":"p","a":[{"password":"q","b":"s3cret"}]}"#);
        assert!(!body.contains("\"p\"") && !body.contains("\"q\"") && !body.contains("s3cret"), "{body}");
    }
}
