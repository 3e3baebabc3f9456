//! An issuer of assertions on loopback: key pairs, and a JWK set served over real HTTP.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// A key pair with a name.
pub struct Signer {
    pub kid: String,
    pub jwk: Value,
    key: EncodingKey,
}

impl Signer {
    pub fn new(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a pair");
        let point = pair.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "use": "sig", "alg": "ES256"});
        let pkcs8 = pair.to_pkcs8v1().expect("PKCS#8");
        Self { kid: kid.to_owned(), jwk, key: EncodingKey::from_ec_der(pkcs8.as_ref()) }
    }

    /// Signs claims, naming the key.
    pub fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, claims, &self.key).expect("a token")
    }
}

/// What the server gives out, and how often it was asked.
#[derive(Clone, Default)]
struct Published {
    keys: Arc<Mutex<Vec<Value>>>,
    asked: Arc<AtomicUsize>,
    is_failing: Arc<AtomicBool>,
}

/// A running issuer.
pub struct Issuer {
    pub keys_url: String,
    published: Published,
    handle: ServerHandle,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

impl Issuer {
    /// Boots one on a free port.
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let keys_url = format!("http://{}/keys", listener.local_addr().expect("an address"));
        let published = Published::default();
        let shared = published.clone();
        let server =
            HttpServer::new(move || App::new().app_data(Data::new(shared.clone())).route("/keys", web::get().to(keys)));
        let server = server.workers(1).listen(listener).expect("a listener").run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { keys_url, published, handle }
    }

    /// Publishes these keys and no others.
    pub fn publish(&self, signers: &[&Signer]) {
        *self.published.keys.lock().expect("a lock") = signers.iter().map(|signer| signer.jwk.clone()).collect();
    }

    /// Answers with errors from now on, or no more.
    pub fn fail(&self, is_failing: bool) {
        self.published.is_failing.store(is_failing, Ordering::SeqCst);
    }

    /// How often the keys were asked for.
    pub fn asked(&self) -> usize {
        self.published.asked.load(Ordering::SeqCst)
    }
}

async fn keys(published: Data<Published>) -> HttpResponse {
    published.asked.fetch_add(1, Ordering::SeqCst);
    if published.is_failing.load(Ordering::SeqCst) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    // A kind of key that nobody knows stands before the others.
    let mut all = vec![json!({"kty": "unheard-of", "kid": "odd"})];
    all.extend(published.keys.lock().expect("a lock").iter().cloned());
    HttpResponse::Ok().json(json!({"keys": all}))
}
