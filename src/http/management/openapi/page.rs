//! The page for people: the same operations, grouped by what they are about.

use super::document::scope;
use super::{Operation, operations};
use crate::http::management::BASE;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}\
h2{margin-top:2.5rem;text-transform:capitalize}summary{cursor:pointer;padding:.35rem 0}details{border-top:1px solid #dde2ea}\
code,pre{font:14px/1.5 ui-monospace,monospace}pre{background:#f4f6f9;padding:.75rem;overflow-x:auto}.m{display:inline-block;min-width:4.5rem;font-weight:600}\
table{border-collapse:collapse}td{padding:.1rem 1rem .1rem 0;vertical-align:top}nav a{margin-right:1rem}a{color:#0b57d0}\
@media(prefers-color-scheme:dark){body{color:#e4e8ee;background:#14181f}pre{background:#1e242e}details{border-color:#333b48}a{color:#8ab4f8}}";

/// The page of a server at this URL.
pub(super) fn page(public_url: &str) -> String {
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Anteroom management API</title><style>{STYLE}</style><h1>Anteroom management API</h1>\
         <p>Below <code>{}{BASE}</code>, with an access token of <code>POST /oauth2/token</code>. \
         For machines: <a href=\"openapi.json\">openapi.json</a>. Every failure is \
         <code>{{\"errors\": [{{\"code\", \"message\"}}]}}</code>.</p><nav>",
        escaped(public_url)
    );
    let mut tags: Vec<&str> = operations().map(|operation| operation.tag).collect();
    tags.sort_unstable();
    tags.dedup();
    html.extend(tags.iter().map(|tag| format!("<a href=\"#{tag}\">{tag}</a>")));
    html.push_str("</nav>");
    html.extend(tags.into_iter().map(section));
    html + "</html>"
}

fn section(tag: &str) -> String {
    let about = operations().filter(|operation| operation.tag == tag);
    let told: String = about.map(|operation| told(&operation)).collect();
    format!("<h2 id=\"{tag}\">{tag}</h2>{told}")
}

fn told(operation: &Operation) -> String {
    let Operation { method, path, summary, .. } = operation;
    let mut html = format!(
        "<details><summary><span class=\"m\">{method}</span> <code>{}</code> {}</summary><table>",
        escaped(path),
        escaped(summary)
    );
    let shape = |text: &str| escaped(text.trim_start_matches('='));
    let rows = [
        ("Scope", scope(operation).unwrap_or_default().to_owned()),
        ("Query", escaped(operation.query)),
        ("Body", shape(operation.body)),
        ("Answer", format!("{} {}", operation.status, shape(operation.answer))),
    ];
    let rows = rows.iter().filter(|(_, value)| !value.is_empty());
    html.extend(rows.map(|(name, value)| format!("<tr><td>{name}<td><code>{value}</code>")));
    html.push_str("</table>");
    let example = Some(operation.example).filter(|example| !example.is_empty());
    html.extend(example.map(|example| format!("<pre>{}</pre>", escaped(&example.replace("\\n", "\n")))));
    html + "</details>"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_on_the_page_and_the_url_is_text() {
        let page = page("https://a.test/<script>");
        assert!(!page.contains("<script"));
        for operation in operations() {
            assert!(page.contains(operation.summary), "{operation:?}");
        }
    }
}
