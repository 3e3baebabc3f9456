//! HTTP as bytes on a socket: paths no client library would send, and what a client library hides of the answers.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// A connection to a server; answers are read one by one.
pub struct Raw {
    stream: BufReader<TcpStream>,
}

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawAnswer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl RawAnswer {
    pub fn header(&self, wanted: &str) -> &str {
        self.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Fails unless it is a SCIM error with this status.
    #[track_caller]
    pub fn expect_error(&self, status: u16) -> &Self {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        let shown = format!("{} {}", self.status, self.body);
        assert_eq!((self.status, self.header("content-type")), (status, "application/scim+json"), "{shown}");
        assert_eq!(body["status"], status.to_string(), "{shown}");
        self
    }
}

impl Raw {
    /// Connects to `http://host:port`.
    pub fn connect(url: &str) -> Self {
        Self::try_connect(url).expect("a connection")
    }

    /// Connects if anybody listens.
    pub fn try_connect(url: &str) -> Option<Self> {
        let stream = TcpStream::connect(url.strip_prefix("http://")?).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(15))).ok()?;
        Some(Self { stream: BufReader::new(stream) })
    }

    /// Sends bytes. The server may have hung up already, which the answer will tell.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        drop(self.stream.get_mut().write_all(bytes.as_ref()));
        self
    }

    /// A request without a body, and its answer.
    pub fn ask(&mut self, method: &str, path: &str, headers: &str) -> RawAnswer {
        self.send(format!("{method} {path} HTTP/1.1\r\nHost: a.test\r\n{headers}\r\n"));
        self.answer_to(method).expect("an answer")
    }

    /// The next answer; `None` when the server hung up without one. A server that stays silent fails the test.
    pub fn answer(&mut self) -> Option<RawAnswer> {
        self.answer_to("")
    }

    /// The answer to a request of this method: one to HEAD announces a body and has none.
    pub fn answer_to(&mut self, method: &str) -> Option<RawAnswer> {
        let status = self.line()?.split(' ').nth(1)?.parse().expect("a status");
        let mut headers = Vec::new();
        while let Some(line) = self.line().filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').expect("a header");
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut answer = RawAnswer { status, headers, body: String::new() };
        let announced = answer.header("content-length").parse().unwrap_or(0);
        let mut body = vec![0; if method == "HEAD" { 0 } else { announced }];
        self.stream.read_exact(&mut body).expect("a body");
        answer.body = String::from_utf8(body).expect("text");
        Some(answer)
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
            Err(cause) if matches!(cause.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => None,
            Err(cause) => panic!("no answer: {cause}"),
        }
    }
}
