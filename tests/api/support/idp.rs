//! An IdP on loopback, over real HTTP: discovery and token endpoint like Entra's, SAML metadata, and answers no IdP gives.

use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use futures_util::stream;
use serde_json::json;

/// A running IdP.
pub struct Idp {
    pub url: String,
    handle: ServerHandle,
}

impl Drop for Idp {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

impl Idp {
    /// Boots one on a free port.
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let base = Data::new(url.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(base.clone())
                .route("/{tenant}/v2.0/.well-known/openid-configuration", web::get().to(discovery))
                .route("/{tenant}/token", web::post().to(token))
                .route("/odd/{kind}/.well-known/openid-configuration", web::get().to(odd))
                .route("/odd/{kind}", web::get().to(odd))
                .route("/metadata/{kind}", web::get().to(metadata))
        });
        let server = server.workers(1).listen(listener).expect("a listener").run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { url, handle }
    }
}

/// The tenant `basic` takes the credentials in the header alone.
async fn discovery(base: Data<String>, tenant: web::Path<String>) -> HttpResponse {
    if tenant.as_str() == "unknown" {
        return HttpResponse::BadRequest().json(json!({"error": "invalid_tenant"}));
    }
    let methods = if tenant.as_str() == "basic" { "client_secret_basic" } else { "client_secret_post" };
    HttpResponse::Ok().json(json!({
        "issuer": base.as_str(), "token_endpoint": format!("{}/{tenant}/token", base.as_str()),
        "token_endpoint_auth_methods_supported": [methods], "msgraph_host": "graph.test",
    }))
}

/// Knows the client `app` with the secret `right`.
async fn token(
    request: HttpRequest,
    tenant: web::Path<String>,
    form: web::Form<Vec<(String, String)>>,
) -> HttpResponse {
    let given = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let refuse = |status: StatusCode, error: &str, number: &str| {
        let description = format!("{number}: hostile \u{1b}[31m text that nobody should see");
        HttpResponse::build(status).json(json!({"error": error, "error_description": description}))
    };
    if (given("grant_type"), given("scope")) != ("client_credentials", "https://graph.test/.default") {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request", "AADSTS900144");
    }
    let header = request.headers().get("authorization").map_or("", |value| value.to_str().unwrap());
    match (tenant.as_str(), given("client_id"), given("client_secret")) {
        ("basic", "", "") if header == "Basic YXBwOnJpZ2h0" => {}
        ("busy", ..) => return refuse(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", ""),
        ("acme.test", "app", "right") => {}
        (_, "app", "expired") => return refuse(StatusCode::UNAUTHORIZED, "invalid_client", "AADSTS7000222"),
        ("acme.test", "app", _) | ("basic", ..) => {
            return refuse(StatusCode::UNAUTHORIZED, "invalid_client", "AADSTS7000215");
        }
        _ => return refuse(StatusCode::BAD_REQUEST, "unauthorized_client", "AADSTS700016"),
    }
    HttpResponse::Ok().json(json!({"access_token": "thrown-away", "token_type": "Bearer", "expires_in": 3599}))
}

async fn odd(base: Data<String>, kind: web::Path<String>) -> HttpResponse {
    match kind.as_str() {
        "redirect" => {
            HttpResponse::Found().insert_header(("location", format!("{}/metadata/good", base.as_str()))).finish()
        }
        "huge" => HttpResponse::Ok().body("x".repeat(2 * 1024 * 1024)),
        "endless" => HttpResponse::Ok()
            .streaming(stream::repeat_with(|| Ok::<_, actix_web::Error>(Bytes::from(vec![b'x'; 4096])))),
        "slow" => HttpResponse::Ok().streaming(stream::unfold((), |()| async {
            actix_web::rt::time::sleep(Duration::from_secs(1)).await;
            Some((Ok::<_, actix_web::Error>(Bytes::from_static(b" ")), ()))
        })),
        "garbage" => HttpResponse::Ok().body("{\"token_endpoint\": 7}"),
        _ => HttpResponse::InternalServerError().finish(),
    }
}

async fn metadata(base: Data<String>, kind: web::Path<String>) -> HttpResponse {
    HttpResponse::Ok().body(saml_metadata(base.as_str(), &kind))
}

/// The metadata of an IdP, whole (`good`) or with something missing.
pub fn saml_metadata(base: &str, kind: &str) -> String {
    let service = format!(
        r#"<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{base}/sso"/>"#
    );
    let key = |usage: &str| {
        format!(
            r#"<md:KeyDescriptor use="{usage}"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>
        MIIB AAAA</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"#
        )
    };
    let (role, key, service) = match kind {
        "service_provider" => ("SP", key("signing"), service),
        "no_certificate" => ("IDP", key("encryption"), service),
        "no_service" => ("IDP", key("signing"), String::new()),
        _ => ("IDP", key("signing"), service),
    };
    let doctype = if kind == "doctype" { r#"<!DOCTYPE x [<!ENTITY a "aaaa">]>"# } else { "" };
    format!(
        r#"<?xml version="1.0"?>{doctype}<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{base}">
        <md:{role}SSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{key}{service}</md:{role}SSODescriptor>
        </md:EntityDescriptor>"#
    )
}

/// An address of this machine at which nobody listens.
pub fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}
