//! What is logged, at the most talkative level. A process of its own: there is one log per process.

#![allow(clippy::unwrap_used, reason = "a test may panic, and so may what it is made of")]

use std::io;
use std::sync::{Arc, Mutex};

use auth_server::{Config, Server};
use serde_json::{Value, json};
use tracing::level_filters::LevelFilter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_token_cookie_or_password_is_logged() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();

    let server = Server::start(Config { port: 0, ..Config::default() }).await.unwrap();
    let http = reqwest::Client::new();
    let post = |path: &str| http.post(format!("{}{path}", server.origin()));
    let credentials = json!({ "user": "bob", "password": "builder" });
    let login = post("/auth/login").json(&credentials).send().await.unwrap();
    let mut secrets = vec!["builder".to_owned(), "wrong-password".to_owned()];
    secrets.push(cookie(&login));
    let refresh = |token: &str, attempt: &str| {
        let cookie = format!("refresh_token={token}");
        post("/auth/refresh").header("x-requested-with", attempt).header("cookie", cookie).send()
    };
    // Rotated, replayed, theft: all that is said about refreshes.
    let rotated = refresh(&secrets[2], "a").await.unwrap();
    secrets.push(cookie(&rotated));
    let _ = refresh(&secrets[2], "a").await.unwrap();
    let _ = refresh(&secrets[2], "b").await.unwrap();
    for answer in [login, rotated] {
        let body: Value = answer.json().await.unwrap();
        secrets.push(body["access_token"].as_str().unwrap().to_owned());
    }
    let token = secrets.last().unwrap();
    let in_query = format!("{}/api/me?access_token={token}", server.origin());
    let _ = http.get(in_query).bearer_auth(token).send().await.unwrap();
    let _ =
        post("/auth/logout").header("cookie", format!("refresh_token={}", secrets[3])).send().await.unwrap();
    let wrong = json!({ "user": "bob", "password": "wrong-password" });
    let _ = post("/auth/login").json(&wrong).send().await.unwrap();
    server.shutdown().await;

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    // What the client of this test says about itself is not ours.
    let ours = text.lines().filter(|line| !line.contains("reqwest")).collect::<Vec<_>>().join("\n");
    for said in ["signed in", "a spent refresh token was presented", "path=\"/api/me\""] {
        assert!(ours.contains(said), "{said}\n{ours}");
    }
    for secret in secrets {
        assert!(!ours.contains(&secret), "{secret}");
    }
}

fn cookie(answer: &reqwest::Response) -> String {
    let header = answer.headers()["set-cookie"].to_str().unwrap();
    header.split_once(';').unwrap().0.strip_prefix("refresh_token=").unwrap().to_owned()
}
