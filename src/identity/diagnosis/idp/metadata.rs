//! The IdP's SAML metadata (SAML 2.0 Metadata, section 2.4.3), fetched or as pasted; Entra publishes the same for
//! WS-Federation.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::{Document, Node, ParsingOptions};

use super::{ENTRA, Outcome, Target, document, error};
use crate::identity::diagnosis::{Finding, Severity};
use crate::outbound::http::Fetcher;

const METADATA: &str = "metadata";
const NAMESPACE: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
/// Elements, attributes and texts of a document that is read; an IdP's own has some hundred.
const NODES: u32 = 100_000;

pub(super) async fn check(fetcher: &Fetcher, target: &Target, outcome: &mut Outcome) {
    let text = match (url(target), &target.metadata_xml) {
        (Some(url), _) => document(fetcher.get(&url).await, "the metadata"),
        (None, Some(pasted)) => Ok(pasted.clone().into_bytes()),
        (None, None) => return,
    };
    match text.and_then(|bytes| locations(&bytes)) {
        Err(finding) => outcome.found(METADATA, finding),
        Ok(locations) => match wrong_sign_in_url(target, &locations) {
            Some(finding) => outcome.found(METADATA, finding),
            None => outcome.ok(METADATA),
        },
    }
}

fn url(target: &Target) -> Option<String> {
    target.metadata_url.clone().or_else(|| {
        let tenant = target.tenant.as_deref().filter(|_| target.strategy == "wsfed:azure_ad")?;
        Some(format!("{ENTRA}/{tenant}/federationmetadata/2007-06/federationmetadata.xml"))
    })
}

/// Where people are sent to sign in, by metadata that a service can work with.
fn locations(bytes: &[u8]) -> Result<Vec<String>, Finding> {
    let text = std::str::from_utf8(bytes).map_err(|_| unusable("is not UTF-8"))?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, ..ParsingOptions::default() };
    let text = text.trim_start_matches('\u{feff}');
    let parsed = Document::parse_with_options(text, options).map_err(|_| unusable("is not well-formed XML"))?;
    let role = parsed.descendants().find(|node| is(*node, "IDPSSODescriptor"));
    let role = role.ok_or_else(|| unusable("describes no identity provider (no IDPSSODescriptor)"))?;
    let services = role.children().filter(|node| is(*node, "SingleSignOnService"));
    let locations: Vec<_> = services.filter_map(|node| node.attribute("Location")).map(str::to_owned).collect();
    if locations.is_empty() {
        return Err(unusable("names no SingleSignOnService"));
    }
    let keys = role.children().filter(|node| is(*node, "KeyDescriptor") && node.attribute("use") != Some("encryption"));
    if keys.flat_map(|key| key.descendants()).any(is_certificate) {
        return Ok(locations);
    }
    Err(unusable("holds no certificate that signatures can be checked with"))
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.has_tag_name((NAMESPACE, name))
}

fn is_certificate(node: Node<'_, '_>) -> bool {
    let text: String = node.text().unwrap_or_default().split_whitespace().collect();
    node.tag_name().name() == "X509Certificate" && STANDARD.decode(text).is_ok_and(|bytes| !bytes.is_empty())
}

fn unusable(what: &str) -> Finding {
    let remedy = "give the metadata of the application at the IdP, not of this service";
    error("metadata_unusable", format!("the metadata {what}"), remedy)
}

fn wrong_sign_in_url(target: &Target, locations: &[String]) -> Option<Finding> {
    let given = target.sign_in_url.as_deref()?;
    (!locations.iter().any(|location| location == given)).then(|| Finding {
        code: "sign_in_url_not_in_metadata",
        severity: Severity::Warning,
        message: "saml_sign_in_url is none of the addresses that the metadata names".to_owned(),
        remedy: "leave saml_sign_in_url out, or take it from the IdP's metadata".to_owned(),
    })
}
