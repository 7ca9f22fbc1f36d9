//! What the API says to whom.

use std::time::Duration;

use auth_server::Config;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::client::{World, config, send};

#[tokio::test]
async fn a_good_token_opens_the_api() {
    let world = World::new().await;
    let token = world.sign_in().await.access_token();
    for served in 1..=2 {
        let answer = world.get("/api/me", &token).await;
        assert_eq!(answer.status, StatusCode::OK);
        let me = json!({ "sub": "bob", "name": "Bob", "scope": "profile", "served": served });
        assert_eq!(answer.json(), me);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(world.counter("api_ok").await, 2);
}

#[tokio::test]
async fn no_token_is_challenged_without_an_error() {
    let world = World::new().await;
    let basic = world.request(Method::GET, "/api/me").basic_auth("bob", Some("builder"));
    for request in [world.request(Method::GET, "/api/me"), basic] {
        let answer = send(request).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Bearer"));
        assert_eq!(answer.json()["error"], "unauthorized");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(world.counter("api_401").await, 2);
}

#[tokio::test]
async fn a_malformed_and_an_expired_token_are_invalid() {
    let world = World::new().await;
    let token = world.sign_in().await.access_token();
    let forged = format!("{}x", &token[..token.len() - 1]);
    let malformed =
        "Bearer error=\"invalid_token\", error_description=\"the access token is malformed or not ours\"";
    for bad in ["nonsense", &forged] {
        let answer = world.get("/api/me", bad).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (StatusCode::UNAUTHORIZED, malformed));
    }
    world.clock.advance(Duration::from_secs(900));
    let answer = world.get("/api/me", &token).await;
    let expired = "Bearer error=\"invalid_token\", error_description=\"the access token has expired\"";
    assert_eq!((answer.status, answer.header("www-authenticate")), (StatusCode::UNAUTHORIZED, expired));
    assert_eq!(answer.json(), json!({ "error": "invalid_token" }));
}

#[tokio::test]
async fn a_revoked_token_is_invalid_and_the_next_one_good() {
    let world = World::new().await;
    let signed_in = world.sign_in().await;
    world.order("/test/revoke-access", json!({})).await;
    let answer = world.get("/api/me", &signed_in.access_token()).await;
    let revoked = "Bearer error=\"invalid_token\", error_description=\"the access token was revoked\"";
    assert_eq!((answer.status, answer.header("www-authenticate")), (StatusCode::UNAUTHORIZED, revoked));
    // The clock stands: it is the order that counts, not the time.
    let refreshed = world.refresh(&signed_in.cookie(), "a").await;
    assert_eq!(world.get("/api/me", &refreshed.access_token()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_missing_scope_is_forbidden_and_not_unauthorized() {
    let world = World::new().await;
    let bob = world.sign_in().await.access_token();
    let answer = world.get("/api/admin", &bob).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.header("www-authenticate"), "Bearer error=\"insufficient_scope\", scope=\"admin\"");
    assert_eq!(answer.json(), json!({ "error": "insufficient_scope" }));
    assert_eq!(world.counter("api_403").await, 1);
    let alice = world.login(json!({ "user": "alice", "password": "wonderland" })).await.access_token();
    assert_eq!(world.get("/api/admin", &alice).await.status, StatusCode::OK);
}

#[tokio::test]
async fn echo_gives_back_bytes_and_their_type() {
    let world = World::new().await;
    let token = world.sign_in().await.access_token();
    for method in [Method::POST, Method::PUT] {
        let request = world.request(method, "/api/echo").header("content-type", "application/x-test");
        let answer = send(request.bearer_auth(&token).body("h\u{e9}llo")).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "h\u{e9}llo"));
        assert_eq!(answer.header("content-type"), "application/x-test");
        assert_eq!(answer.header("x-echo-length"), "6");
    }
    let without_token = send(world.request(Method::POST, "/api/echo").body("x")).await;
    assert_eq!(without_token.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn public_tells_whether_a_token_came_along() {
    let world = World::new().await;
    let without = send(world.request(Method::GET, "/api/public")).await;
    assert_eq!(without.json(), json!({ "authorization": false }));
    assert_eq!(world.get("/api/public", "any").await.json(), json!({ "authorization": true }));
}

#[tokio::test]
async fn the_lifetime_can_be_changed_and_comes_back_at_a_reset() {
    let world = World::with(Config { access_lifetime: Duration::from_secs(600), ..config() }).await;
    world.order("/test/lifetime", json!({ "access_seconds": 3 })).await;
    let short = world.sign_in().await;
    assert_eq!(short.json()["expires_in"], 3);
    world.clock.advance(Duration::from_secs(3));
    assert_eq!(world.get("/api/me", &short.access_token()).await.status, StatusCode::UNAUTHORIZED);
    world.order("/test/reset", json!({})).await;
    assert_eq!(world.sign_in().await.json()["expires_in"], 600);
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_are_answered_in_json() {
    let world = World::new().await;
    for (method, path, status) in [
        (Method::GET, "/api/nothing", StatusCode::NOT_FOUND),
        (Method::GET, "/auth/refresh", StatusCode::METHOD_NOT_ALLOWED),
        (Method::DELETE, "/api/me", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let answer = send(world.request(method, path)).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.json()["error"].is_string());
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn test_controls_are_there_only_if_asked_for() {
    let world = World::with(Config { test_controls: false, ..config() }).await;
    for path in ["/test/counters", "/test/faults"] {
        assert_eq!(send(world.request(Method::GET, path)).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_moved_clock_shows_in_the_date_and_the_claims() {
    let world = World::new().await;
    world.order("/test/clock", json!({ "offset_seconds": 86_400 })).await;
    let answer = world.sign_in().await;
    assert_eq!(answer.header("date"), "Wed, 15 Nov 2023 22:13:20 GMT");
    assert_eq!(world.get("/api/me", &answer.access_token()).await.status, StatusCode::OK);
}
