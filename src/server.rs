//! A server: state, listeners, shutdown.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tracing_actix_web::TracingLogger;

use crate::clock::Clock;
use crate::config::ServeConfig;
use crate::http::{self, RateLimit, State};
use crate::id::Ids;
use crate::jobs::Runner;
use crate::outbound::Outside;
use crate::outbound::dns::Resolver;
use crate::outbound::http::Fetcher;
use crate::scim::schema::Catalogue;
use crate::store::{self, DatabaseUrl, ServeLock, Store};

/// How long requests in flight may take after a stop was asked for, in seconds.
const STOP_SECONDS: u64 = 30;
/// How long a request waits for a database connection.
const WAIT: Duration = Duration::from_secs(5);
/// How often what grows in memory is put in order: histograms grow until somebody asks for them, and a connection that
/// has asked once would have its bucket of the rate limit for ever.
const UPKEEP: Duration = Duration::from_secs(5);
/// Upper bounds of the histogram of request times, in seconds.
const BUCKETS: [f64; 13] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// A bound server, not yet running.
pub struct Server {
    listener: actix_web::dev::Server,
    metrics: Option<actix_web::dev::Server>,
    address: SocketAddr,
    state: State,
    _lock: ServeLock,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Server({})", self.address)
    }
}

impl Server {
    /// Opens the database and binds the listeners.
    ///
    /// # Errors
    /// A configuration that is unsafe, a database that cannot be opened or is served already, an address in use.
    pub fn build(config: &ServeConfig, database: &DatabaseUrl, clock: Clock, ids: Ids) -> anyhow::Result<Self> {
        config.check().map_err(anyhow::Error::msg)?;
        let lock = ServeLock::take(database)?;
        let store = Store::open(database, &store_options(config.readers, config.writers))?;
        let listener = std::net::TcpListener::bind(config.listen)
            .with_context(|| format!("cannot listen on {}", config.listen))?;
        let address = listener.local_addr()?;
        let scheme = if config.tls_cert.is_some() { "https" } else { "http" };
        let public_url = config.public_url.clone().unwrap_or_else(|| format!("{scheme}://{address}"));
        let rate_limit = RateLimit::new(config.rate_limit, config.burst(), &clock);
        let outside = Outside {
            fetcher: Fetcher::new(&config.outbound),
            resolver: Resolver::new(&config.dns),
            ..Outside::default()
        };
        let state = State::new(store, clock, ids, &public_url, outside, rate_limit);
        let metrics = config.metrics_listen.map(serve_metrics).transpose()?;
        let listener = serve(config, listener, state.clone())?;
        Ok(Self { listener, metrics, address, state, _lock: lock })
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The URL clients reach it under.
    pub fn public_url(&self) -> &str {
        &self.state.public_url
    }

    /// The store it serves.
    pub fn store(&self) -> &Store {
        &self.state.store
    }

    /// Stops it from elsewhere.
    pub fn handle(&self) -> ServerHandle {
        self.listener.handle()
    }

    /// Serves until SIGTERM, SIGINT or a stop; requests in flight finish first.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run(self) -> std::io::Result<()> {
        let State { store, clock, ids, outside, rate_limit, .. } = self.state;
        let runner = Runner { store, clock, ids, resolver: outside.resolver };
        let jobs = actix_web::rt::spawn(runner.run_forever());
        let upkeep = actix_web::rt::spawn(upkeep(rate_limit));
        let metrics = self.metrics.map(|metrics| {
            let handle = metrics.handle();
            (actix_web::rt::spawn(metrics), handle)
        });
        let ended = self.listener.await;
        jobs.abort();
        upkeep.abort();
        if let Some((task, handle)) = metrics {
            handle.stop(false).await;
            task.abort();
        }
        ended
    }
}

/// How every part of this program opens its store.
pub fn store_options(readers: u32, writers: u32) -> store::Options {
    store::Options { readers, writers, wait: WAIT, paths: Catalogue::core().stored_paths() }
}

fn serve(
    config: &ServeConfig,
    listener: std::net::TcpListener,
    state: State,
) -> anyhow::Result<actix_web::dev::Server> {
    let data = Data::new(state);
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .wrap(from_fn(http::refuse_nul))
            .wrap(from_fn(http::observe::measure))
            .wrap(TracingLogger::<http::observe::RequestSpan>::new())
            .configure(http::routes)
    })
    .shutdown_timeout(STOP_SECONDS)
    .client_request_timeout(Duration::from_secs(10));
    if let Some(workers) = config.workers {
        server = server.workers(workers);
    }
    let server = match (&config.tls_cert, &config.tls_key) {
        (Some(cert), Some(key)) => server.listen_rustls_0_23(listener, tls(cert, key)?)?,
        _ => server.listen(listener)?,
    };
    Ok(server.run())
}

fn tls(cert: &Path, key: &Path) -> anyhow::Result<rustls::ServerConfig> {
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .with_context(|| format!("cannot read the certificate chain {}", cert.display()))?;
    let key =
        PrivateKeyDer::from_pem_file(key).with_context(|| format!("cannot read the private key {}", key.display()))?;
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?)
}

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// The process's recorder of metrics; the first server that serves them installs it.
fn recorder() -> &'static PrometheusHandle {
    RECORDER.get_or_init(|| {
        let times = Matcher::Full(http::observe::SECONDS.to_owned());
        // The only refusal is of an empty list.
        let builder = PrometheusBuilder::new().set_buckets_for_metric(times, &BUCKETS).unwrap_or_default();
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another metrics recorder is installed; /metrics stays empty");
        }
        handle
    })
}

async fn upkeep(rate_limit: Arc<RateLimit>) {
    let mut every = tokio::time::interval(UPKEEP);
    loop {
        every.tick().await;
        rate_limit.forget_idle();
        if let Some(recorder) = RECORDER.get() {
            recorder.run_upkeep();
        }
    }
}

fn serve_metrics(address: SocketAddr) -> anyhow::Result<actix_web::dev::Server> {
    let handle = recorder();
    let server = HttpServer::new(move || {
        App::new().route(
            "/metrics",
            web::get().to(move || async move {
                HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(handle.render())
            }),
        )
    })
    .workers(1)
    .disable_signals()
    .bind(address)
    .with_context(|| format!("cannot listen on {address} for metrics"))?;
    Ok(server.run())
}
