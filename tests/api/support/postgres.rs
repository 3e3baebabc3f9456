//! A PostgreSQL to test on: the one `ANTEROOM_TEST_POSTGRES_URL` names, else a private cluster that `initdb` makes and
//! that ends with this process; else the case says it was skipped, and in CI fails.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// The URL of a server, up to and without the database's name; `None` where there is none.
pub fn server() -> Option<&'static str> {
    // The keeper lives as long as this process: its pipe closing is what ends the cluster.
    static SERVER: OnceLock<Option<(String, Option<Child>)>> = OnceLock::new();
    let named = || std::env::var("ANTEROOM_TEST_POSTGRES_URL").ok().map(|url| (url, None));
    let found = SERVER.get_or_init(|| named().or_else(private_cluster)).as_ref().map(|(url, _)| url.as_str());
    if found.is_none() {
        assert!(std::env::var("CI").is_err(), "CI needs PostgreSQL: initdb was not found and no URL is set");
        eprintln!("skipped on PostgreSQL: set ANTEROOM_TEST_POSTGRES_URL or install initdb");
    }
    found.map(|url| url.trim_end_matches('/'))
}

fn private_cluster() -> Option<(String, Option<Child>)> {
    let programs = programs()?;
    let folder = tempfile::Builder::new().prefix("anteroom-pg").tempdir().ok()?.keep();
    let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
    make(&programs, &folder);
    let keeper = keep(&programs, &folder, port);
    let url = format!("postgres://anteroom@127.0.0.1:{port}");
    wait_for(port);
    Some((url, Some(keeper)))
}

/// Makes the files of a cluster in `data` below a folder.
pub fn make(programs: &Path, folder: &Path) {
    own(folder);
    let made = unprivileged(&programs.join("initdb"))
        .args(["--auth=trust", "--username=anteroom", "--encoding=UTF8", "--no-locale", "--no-sync", "-D"])
        .arg(folder.join("data"))
        .stdout(Stdio::null())
        .status();
    assert!(made.is_ok_and(|status| status.success()), "initdb failed");
}

/// Where `initdb` and `postgres` are.
pub fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = debian
        .chain(std::env::split_paths(&path))
        .filter(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
        .collect();
    folders.sort();
    folders.pop()
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

/// PostgreSQL refuses to run as root.
pub fn unprivileged(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
    command
}

fn own(folder: &Path) {
    if is_root() {
        let owned = Command::new("chown").arg("65534:65534").arg(folder).status();
        assert!(owned.is_ok_and(|status| status.success()), "chown failed");
    }
}

/// Runs the server under a shell that ends it, and removes its folder, when this process is gone: its pipe closes.
fn keep(programs: &Path, folder: &Path, port: u16) -> Child {
    const SCRIPT: &str = r#"
        "$@" & server=$!
        cat >/dev/null
        kill -INT $server; wait $server; rm -rf "$FOLDER"
    "#;
    let server = unprivileged(&programs.join("postgres"));
    let mut words: Vec<std::ffi::OsString> = vec![server.get_program().into()];
    words.extend(server.get_args().map(Into::into));
    Command::new("sh")
        .args(["-c", SCRIPT, "sh"])
        .args(words)
        .arg("-D")
        .arg(folder.join("data"))
        .args([
            "-p",
            &port.to_string(),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "max_connections=400",
        ])
        .args(["-c", "fsync=off", "-c", "shared_buffers=64MB"])
        .env("FOLDER", folder)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh runs")
}

fn wait_for(port: u16) {
    for _ in 0..200 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the private PostgreSQL did not start");
}
