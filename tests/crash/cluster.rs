//! A PostgreSQL of one's own, to be stopped and started.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anteroom::store::DatabaseUrl;
use diesel::{Connection, PgConnection};

use crate::support::postgres::{make, programs, unprivileged};

/// A private cluster; ends with this value.
pub struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Cluster {
    /// Makes and starts one; `None` where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        let programs = programs()?;
        let folder = tempfile::Builder::new().prefix("anteroom-pg").tempdir().expect("a folder");
        make(&programs, folder.path());
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let mut cluster = Self { folder, programs, port, server: None };
        cluster.resume();
        Some(cluster)
    }

    pub fn url(&self) -> DatabaseUrl {
        DatabaseUrl::Postgres(format!("postgres://anteroom@127.0.0.1:{}/postgres", self.port))
    }

    /// Ends it at once, as a crash would; every connection is cut.
    pub fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            drop(Command::new("kill").args(["-QUIT", &server.id().to_string()]).status());
            drop(server.wait());
        }
    }

    /// Starts it again and waits until it takes connections.
    pub fn resume(&mut self) {
        let data = self.folder.path().join("data");
        let server = unprivileged(&self.programs.join("postgres"))
            .arg("-D")
            .arg(data)
            .args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(["-c", "shared_buffers=16MB", "-c", "max_connections=100"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.server = Some(server.expect("postgres runs"));
        let DatabaseUrl::Postgres(url) = self.url() else { return };
        let is_up = (0..200).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            PgConnection::establish(&url).is_ok()
        });
        assert!(is_up, "PostgreSQL takes connections");
    }
}
