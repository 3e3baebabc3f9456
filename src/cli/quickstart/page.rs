//! What is printed: short lines, plain words, colour only on a terminal.

use std::io::{self, Write};

use serde_json::Value;

use super::stage::{Side, Stage};
use crate::dialogue::{Ask, Told};

/// Longest line, unless a word is longer.
const WIDTH: usize = 80;
const BOLD: &str = "1";
const DIM: &str = "2";
const GREEN: &str = "32";
const RED: &str = "31";

/// Where the story is told.
pub(super) struct Page<W: Write> {
    out: W,
    is_styled: bool,
}

impl<W: Write> Page<W> {
    /// A page that prints to `out`, with colours or without.
    pub(super) fn new(out: W, is_styled: bool) -> Self {
        Self { out, is_styled }
    }

    /// What there is before the story begins.
    pub(super) fn opening(&mut self, url: &str, database: &str, stage: &Stage) -> io::Result<()> {
        self.title("Anteroom")?;
        self.paragraph(2, &format!("A server listens on {url} and keeps its data in {database}. It holds"))?;
        self.fact("organization", &format!("{}, {}", stage.organization, stage.organization_code))?;
        for side in [&stage.okta, &stage.entra] {
            self.fact("connection", &format!("{} ({}) with a directory", side.name, side.strategy))?;
        }
        for (person, user) in &stage.people {
            let text = format!("{} {} <{}>, {user}", person.given_name, person.family_name, person.email);
            self.fact("person", &text)?;
            let way_in = if stage.emails.contains(user) {
                "made by hand with an email to sign in with"
            } else {
                "made by hand with an enterprise identity, never signed in"
            };
            self.fact("", way_in)?;
        }
        Ok(())
    }

    /// A heading.
    pub(super) fn title(&mut self, text: &str) -> io::Result<()> {
        let text = self.styled(BOLD, text);
        writeln!(self.out, "\n{text}\n")
    }

    /// One step: what was said, the request, what was done.
    pub(super) fn step(&mut self, told: &Told<'_>) -> io::Result<()> {
        self.numbered(told.number, &told.step.says)?;
        if matches!(told.step.ask, Ask::Scim(_)) {
            let line = format!("{} {} -> {}", told.method, readable(told.path), told.status);
            let line = self.styled(DIM, &line);
            writeln!(self.out, "      {line}")?;
        }
        if matches!(told.step.ask, Ask::SignIn(_)) {
            self.sign_in(told.answer)?;
        }
        if let Some(did) = &told.step.did {
            self.paragraph(6, did)?;
        }
        self.out.flush()
    }

    /// The explained answer to a sign-in question.
    fn sign_in(&mut self, answer: &Value) -> io::Result<()> {
        let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let is_allowed = text("/decision") == "allow";
        let (colour, verdict) = if is_allowed {
            (GREEN, format!("allowed: {}, {}", text("/outcome"), text("/user/id")))
        } else {
            (RED, format!("denied: {}", text("/reason")))
        };
        let verdict = self.styled(colour, &verdict);
        writeln!(self.out, "      {verdict}")?;
        for line in answer.get("explanation").and_then(Value::as_array).into_iter().flatten() {
            let part = |name: &str| line.get(name).and_then(Value::as_str);
            self.item(8, &format!("{}: {}", part("step").unwrap_or_default(), part("finding").unwrap_or_default()))?;
            if let Some(remedy) = part("remedy") {
                self.paragraph(10, &format!("remedy: {remedy}"))?;
            }
        }
        Ok(())
    }

    /// How to go on by hand.
    pub(super) fn invitation(&mut self, database: &str, stage: &Stage) -> io::Result<()> {
        let Side { scim_base_url, token, connection_id, .. } = &stage.okta;
        self.title("Your turn")?;
        self.paragraph(2, "The server keeps running until you press Ctrl-C. Okta's directory, by hand:")?;
        let commands = [
            format!("SCIM={scim_base_url}"),
            format!("TOKEN={token}"),
            String::new(),
            "curl -H \"Authorization: Bearer $TOKEN\" \"$SCIM/Users\"".into(),
            String::new(),
            "curl -G -H \"Authorization: Bearer $TOKEN\" \"$SCIM/Users\" \\".into(),
            "  --data-urlencode 'filter=userName eq \"ana@acme.test\"'".into(),
            String::new(),
            "curl -H \"Authorization: Bearer $TOKEN\" \"$SCIM/Users\" \\".into(),
            "  -H 'Content-Type: application/scim+json' \\".into(),
            "  -d '{\"userName\":\"mia@acme.test\",\"externalId\":\"mia\"}'".into(),
        ];
        writeln!(self.out)?;
        self.commands(&commands)?;
        writeln!(self.out)?;
        self.paragraph(2, "And who is at the door, from another terminal in this folder:")?;
        writeln!(self.out)?;
        self.commands(&[
            format!("anteroom sign-in --database-url sqlite:{database} \\"),
            format!("  --connection {connection_id} \\"),
            "  --subject mia --email mia@acme.test --dry-run".into(),
        ])?;
        writeln!(self.out)?;
        self.out.flush()
    }

    /// The last line when nothing is served on.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.title("The end")?;
        self.paragraph(2, "Without --exit the server stays up, with commands to try by hand.")?;
        self.out.flush()
    }

    fn commands(&mut self, lines: &[String]) -> io::Result<()> {
        lines.iter().try_for_each(|line| match line.as_str() {
            "" => writeln!(self.out),
            line => writeln!(self.out, "    {line}"),
        })
    }

    fn fact(&mut self, name: &str, text: &str) -> io::Result<()> {
        writeln!(self.out, "    {name:<14}{text}")
    }

    fn numbered(&mut self, number: usize, text: &str) -> io::Result<()> {
        let mut lines = wrap(text, WIDTH - 6).into_iter();
        let first = self.styled(BOLD, &lines.next().unwrap_or_default());
        writeln!(self.out, "  {number:>2}  {first}")?;
        lines.try_for_each(|line| {
            let line = self.styled(BOLD, &line);
            writeln!(self.out, "      {line}")
        })
    }

    fn paragraph(&mut self, indent: usize, text: &str) -> io::Result<()> {
        wrap(text, WIDTH.saturating_sub(indent)).iter().try_for_each(|line| writeln!(self.out, "{:indent$}{line}", ""))
    }

    /// A paragraph with a dash before it.
    fn item(&mut self, indent: usize, text: &str) -> io::Result<()> {
        let lines = wrap(text, WIDTH.saturating_sub(indent + 2));
        let mut marks = std::iter::once("- ").chain(std::iter::repeat("  "));
        lines.iter().try_for_each(|line| writeln!(self.out, "{:indent$}{}{line}", "", marks.next().unwrap_or_default()))
    }

    fn styled(&self, style: &str, text: &str) -> String {
        if self.is_styled { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Breaks a text into lines at its spaces.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The path with the escapes that matter to a reader undone.
fn readable(path: &str) -> String {
    let escapes = [("%20", " "), ("+", " "), ("%22", "\""), ("%40", "@"), ("%5B", "["), ("%5D", "]")];
    escapes.into_iter().fold(path.to_owned(), |path, (escape, text)| path.replace(escape, text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn printed(tell: impl FnOnce(&mut Page<&mut Vec<u8>>) -> io::Result<()>) -> String {
        let mut bytes = Vec::new();
        tell(&mut Page::new(&mut bytes, false)).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn long_texts_are_broken_at_spaces() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 3), ["unbreakable"]);
        assert!(wrap("", 3).is_empty());
    }

    #[test]
    fn a_filter_is_readable() {
        assert_eq!(readable("/Users?filter=userName%20eq%20%22a%40b%22"), "/Users?filter=userName eq \"a@b\"");
    }

    #[test]
    fn a_denial_says_why_and_what_helps() {
        let answer = json!({"decision": "deny", "reason": "deactivated", "explanation": [
            {"step": "state", "finding": "the directory deactivated the person", "remedy": "activate the person in the IdP"}]});
        let text = printed(|page| page.sign_in(&answer));
        let expected = "      denied: deactivated\n        - state: the directory deactivated the person\n          \
                        remedy: activate the person in the IdP\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn no_escape_sequences_without_a_terminal() {
        assert_eq!(printed(|page| page.title("T")), "\nT\n\n");
        let mut bytes = Vec::new();
        Page::new(&mut bytes, true).title("T").unwrap();
        assert_eq!(bytes, b"\n\x1b[1mT\x1b[0m\n\n");
    }
}
