//! Playing a dialogue against a server.

use std::collections::BTreeMap;

use scim_conformance::exchange::{Answer, Client, Idp, Kept, Limits, Sent, fill, unknown};
use serde_json::Value;

use super::{Ask, Dialogue, Step};

/// The server a dialogue is played against.
#[derive(Clone, Debug)]
pub struct Target {
    /// The directory's SCIM base URL, without a slash at the end.
    pub scim: String,
    /// The directory's bearer token.
    pub token: String,
    /// The server's URL, without a slash at the end; `/api/v1` follows.
    pub management: String,
    /// An access token for the management API with `read:users` and `create:sign_ins`.
    pub access_token: String,
    /// The public id of the connection.
    pub connection: String,
}

/// A step that was played, for those who want to tell about it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The step.
    pub step: &'a Step,
    /// From 1.
    pub number: usize,
    /// The method and the path below the SCIM base, or below the server for the management API.
    pub method: &'a str,
    /// See `method`.
    pub path: &'a str,
    /// The status of the answer.
    pub status: u16,
    /// The body of the answer.
    pub answer: &'a Value,
}

/// A step that did not go as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The dialogue's title.
    pub title: String,
    /// The step, from 1.
    pub number: usize,
    /// What the step says.
    pub says: String,
    /// What was sent: method, URL and body.
    pub sent: String,
    /// What was wrong.
    pub problem: String,
    /// What came back.
    pub answer: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(formatter, "{}", self.title)?;
        writeln!(formatter, "  step {}: {}", self.number, self.says)?;
        writeln!(formatter, "  sent: {}", self.sent)?;
        writeln!(formatter, "  {}", self.problem)?;
        write!(formatter, "  answer: {}", self.answer)
    }
}

impl std::error::Error for Failure {}

/// Plays all steps in order, tells each one after it went as expected, and returns what was kept.
///
/// `kept` is what is known before: the user id of each person as `<as>.user`. The names `base`, `token`, `access_token` and
/// `connection` are given by the target.
///
/// # Errors
/// The first step that did not go as expected.
pub async fn play(
    dialogue: &Dialogue,
    target: &Target,
    kept: Kept,
    mut tell: impl FnMut(&Told<'_>),
) -> Result<Kept, Box<Failure>> {
    let mut player = Player { target, idp: dialogue.idp, kept };
    player.know_target();
    let client = Client::new(Limits::default());
    for (step, number) in dialogue.steps.iter().zip(1..) {
        let mut report = Report::default();
        let outcome = match &client {
            Ok(client) => player.take(client, step, &mut report).await,
            Err(problem) => Err(problem.clone()),
        };
        match (outcome, &report.answer) {
            (Ok(()), Some(answer)) => tell(&Told {
                step,
                number,
                method: &report.method,
                path: &report.path,
                status: answer.status,
                answer: &answer.body,
            }),
            (Ok(()), None) => {}
            (Err(problem), _) => return Err(Box::new(report.failure(dialogue, step, number, problem))),
        }
    }
    Ok(player.kept)
}

struct Player<'a> {
    target: &'a Target,
    idp: Idp,
    kept: Kept,
}

/// What is known of a step while it is taken.
#[derive(Default)]
struct Report {
    method: String,
    path: String,
    body: Option<String>,
    answer: Option<Answer>,
}

impl Report {
    fn failure(self, dialogue: &Dialogue, step: &Step, number: usize, problem: String) -> Failure {
        let body = self.body.map(|body| format!("\n    {body}")).unwrap_or_default();
        let answer =
            self.answer.map_or_else(|| "none".to_owned(), |answer| format!("{} {}", answer.status, answer.body));
        Failure {
            title: dialogue.title.clone(),
            number,
            says: step.says.clone(),
            sent: format!("{} {}{body}", self.method, self.path),
            problem,
            answer,
        }
    }
}

impl Player<'_> {
    fn know_target(&mut self) {
        let target = self.target;
        let known = [
            ("base", &target.scim),
            ("token", &target.token),
            ("access_token", &target.access_token),
            ("connection", &target.connection),
        ];
        self.kept.extend(known.map(|(name, value)| (name.to_owned(), Value::String(value.clone()))));
    }

    async fn take(&mut self, client: &Client, step: &Step, report: &mut Report) -> Result<(), String> {
        let (sent, path) = self.sent(&step.ask).map_err(|name| unknown(&name))?;
        report.method.clone_from(&sent.method);
        report.path = path;
        report.body.clone_from(&sent.body);
        let answer = client.send(&sent).await.map_err(|trouble| trouble.to_string())?;
        let answer = report.answer.insert(answer);
        step.expect.check(answer, &self.kept)?;
        for (name, pointer) in &step.keep {
            let value = answer.body.pointer(pointer).ok_or_else(|| format!("nothing to keep at {pointer}"))?;
            self.kept.insert(name.clone(), value.clone());
        }
        Ok(())
    }

    /// The request and the path to tell about.
    fn sent(&self, ask: &Ask) -> Result<(Sent, String), String> {
        match ask {
            Ask::Scim(request) => {
                let sent = request.filled(self.idp, &self.target.scim, &self.target.token, &self.kept)?;
                let path = sent.url.strip_prefix(&self.target.scim).unwrap_or_default().to_owned();
                Ok((sent, path))
            }
            Ask::SignIn(question) => {
                let path = format!("/api/v1/connections/{}/sign_ins", self.target.connection);
                Ok(self.management("POST", path, Some(fill::value(question, &self.kept)?)))
            }
            Ask::User(id) => {
                let path = format!("/api/v1/user?id={}", fill::text(id, &self.kept)?);
                Ok(self.management("GET", path, None))
            }
        }
    }

    fn management(&self, method: &str, path: String, body: Option<Value>) -> (Sent, String) {
        let mut headers =
            BTreeMap::from([("authorization".to_owned(), format!("Bearer {}", self.target.access_token))]);
        if body.is_some() {
            headers.insert("content-type".into(), "application/json".into());
        }
        let url = format!("{}{path}", self.target.management);
        (Sent { method: method.to_owned(), url, headers, body: body.map(|body| body.to_string()) }, path)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{TcpListener, TcpStream};

    use serde_json::json;

    use super::*;

    /// Answers every request with these bytes, and returns its URL.
    fn server(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                read_request(&mut stream);
                stream.get_mut().write_all(answer.as_bytes()).unwrap();
            }
        });
        url
    }

    /// Takes the whole request off the wire: closing with bytes unread would reset the connection.
    fn read_request(stream: &mut BufReader<TcpStream>) {
        let mut length = 0;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                return stream.read_exact(&mut vec![0; length]).unwrap();
            }
        }
    }

    fn target(url: String) -> Target {
        Target {
            scim: format!("{url}/scim/v2/d"),
            token: "t".into(),
            management: url,
            access_token: "a".into(),
            connection: "conn_1".into(),
        }
    }

    fn dialogue(steps: &Value) -> Dialogue {
        serde_json::from_value(json!({
            "title": "A title", "idp": "okta_aiw", "provider": "okta", "strategy": "saml:okta", "source": "s", "steps": steps
        }))
        .unwrap()
    }

    fn run(steps: &Value, answer: &'static str) -> (Vec<String>, Result<Kept, Box<Failure>>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (dialogue, target) = (dialogue(steps), target(server(answer)));
        let mut told = Vec::new();
        let played = play(&dialogue, &target, Kept::new(), |step| {
            told.push(format!("{} {} {}", step.method, step.path, step.status));
        });
        let result = runtime.block_on(played);
        (told, result)
    }

    const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\nX-A: bcd\r\n\r\n{\"id\":\"7\"}";

    #[test]
    fn what_was_kept_is_sent_and_expected_later() {
        let steps = json!([
            {"says": "first", "send": {"method": "GET", "path": "/Users"},
             "expect": {"status": 200, "headers": {"x-a": "b*"}, "body": {"id": "$string"}, "absent": ["/name"]}, "keep": {"ana": "/id"}},
            {"says": "second", "send": {"method": "PUT", "path": "/Users/{ana}", "body": {}}, "expect": {"status": [200, 204], "body": {"id": "{ana}"}}},
            {"says": "third", "sign_in": {"subject": "{ana}"}, "expect": {"id": "7"}},
            {"says": "fourth", "user": {"id": "kp_{ana}"}, "expect": {}},
        ]);
        let (told, result) = run(&steps, OK);
        assert_eq!(result.unwrap().get("ana"), Some(&json!("7")));
        let paths = [
            "GET /Users 200",
            "PUT /Users/7 200",
            "POST /api/v1/connections/conn_1/sign_ins 200",
            "GET /api/v1/user?id=kp_7 200",
        ];
        assert_eq!(told, paths);
    }

    #[test]
    fn a_failure_says_what_was_sent_and_where_the_answer_differs() {
        let step = |expect: Value| json!([{"says": "asks", "send": {"method": "POST", "path": "/Users", "body": {"a": 1}}, "expect": expect}]);
        let (told, result) = run(&step(json!({"status": 200, "body": {"id": "8"}})), OK);
        assert!(told.is_empty());
        let report = "A title\n  step 1: asks\n  sent: POST /Users\n    {\"a\":1}\n  at /id: expected \"8\", got \"7\"\n  answer: 200 {\"id\":\"7\"}";
        assert_eq!(result.unwrap_err().to_string(), report);
        for (expect, problem) in [
            (json!({"status": 201}), "expected status 201, got 200"),
            (json!({"status": 200, "absent": ["/id"]}), "at /id: expected nothing, got \"7\""),
            (json!({"status": 200, "headers": {"x-a": "x*"}}), "header x-a: expected \"x*\", got Some(\"bcd\")"),
            (json!({"status": 200, "body": {"id": "{ben}"}}), "nothing is kept under the name \"ben\""),
        ] {
            assert_eq!(run(&step(expect), OK).1.unwrap_err().problem, problem);
        }
    }
}
