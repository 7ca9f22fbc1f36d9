//! A server under test and a client that, unlike a browser, can present any cookie.

use std::time::Duration;

use auth_server::{AllowedOrigin, Clock, Config, Server, Timestamp};
use reqwest::header::{self, HeaderMap};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// When the tests begin.
pub(crate) const START: Timestamp = Timestamp::from_millis(1_700_000_000_250);

/// A server and what talks to it.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) clock: Clock,
    http: reqwest::Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// A configuration for tests: any port, a clock that stands, test controls.
pub(crate) fn config() -> Config {
    Config {
        port: 0,
        clock: Clock::standing_at(START),
        test_controls: true,
        allowed_origins: [AllowedOrigin::Loopback].into_iter().collect(),
        ..Config::default()
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(config()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let clock = config.clock.clone();
        Self { server: Server::start(config).await.unwrap(), clock, http: reqwest::Client::new() }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.server.origin()))
    }

    /// A refresh that is yet to be sent.
    pub(crate) fn refreshing(&self, cookie: &str, attempt: &str) -> RequestBuilder {
        self.request(Method::POST, "/auth/refresh")
            .header("x-requested-with", attempt)
            .header(header::COOKIE, format!("other=1; refresh_token={cookie}"))
    }

    pub(crate) async fn refresh(&self, cookie: &str, attempt: &str) -> Answer {
        send(self.refreshing(cookie, attempt)).await
    }

    pub(crate) async fn login(&self, credentials: Value) -> Answer {
        send(self.request(Method::POST, "/auth/login").json(&credentials)).await
    }

    /// Signs bob in.
    pub(crate) async fn sign_in(&self) -> Answer {
        let answer = self.login(json!({ "user": "bob", "password": "builder" })).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        send(self.request(Method::GET, path).bearer_auth(token)).await
    }

    /// Orders something of the test controls.
    pub(crate) async fn order(&self, path: &str, body: Value) {
        let answer = send(self.request(Method::POST, path).json(&body)).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    }

    pub(crate) async fn counter(&self, name: &str) -> u64 {
        let answer = send(self.request(Method::GET, "/test/counters")).await;
        answer.json()[name].as_u64().unwrap()
    }

    /// Asks until the counter is there: for what happens behind a request that is not answered.
    pub(crate) async fn counter_reaches(&self, name: &str, wanted: u64) {
        let reached = async { while self.counter(name).await < wanted {} };
        tokio::time::timeout(Duration::from_secs(10), reached).await.unwrap();
    }
}

/// Sends it and reads the answer.
pub(crate) async fn send(request: RequestBuilder) -> Answer {
    read(request.send().await.unwrap()).await
}

/// Reads an answer.
pub(crate) async fn read(response: reqwest::Response) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn access_token(&self) -> String {
        self.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// The refresh token that the answer sets; empty where it clears it.
    pub(crate) fn cookie(&self) -> String {
        let (pair, _) = self.header("set-cookie").split_once(';').unwrap();
        pair.strip_prefix("refresh_token=").unwrap().to_owned()
    }

    /// Asserts that it is the answer to a refresh that is refused.
    pub(crate) fn assert_refused(&self) {
        assert_eq!(self.status, StatusCode::UNAUTHORIZED, "{}", self.text);
        assert_eq!(self.json(), json!({ "error": "invalid_grant" }));
        assert_eq!(self.cookie(), "");
        assert!(self.header("set-cookie").contains("Max-Age=0"));
        assert_eq!(self.header("cache-control"), "no-store");
    }

    /// Asserts that it carries tokens.
    pub(crate) fn assert_granted(&self) {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        assert!(!self.access_token().is_empty());
        assert!(!self.cookie().is_empty());
    }
}
