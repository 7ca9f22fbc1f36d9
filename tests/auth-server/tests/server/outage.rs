//! When the whole server is out, or refuses every token.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::client::{World, send};

#[tokio::test]
async fn an_outage_answers_503_everywhere_but_to_the_test() {
    let world = World::new().await;
    let cookie = world.sign_in().await.cookie();
    world.order("/test/faults", json!({ "outage": true })).await;
    let origin = "http://localhost:8000";
    let api = send(world.request(Method::GET, "/api/public").header("origin", origin)).await;
    assert_eq!(api.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(api.header("access-control-allow-origin"), origin);
    assert_eq!(world.refresh(&cookie, "a").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!((world.counter("refreshes").await, world.counter("rotated").await), (1, 0));
    world.order("/test/faults", json!({ "outage": false })).await;
    world.refresh(&cookie, "b").await.assert_granted();
}

#[tokio::test]
async fn an_outage_can_drop_connections() {
    let world = World::new().await;
    let cookie = world.sign_in().await.cookie();
    world.order("/test/faults", json!({ "outage": "reset" })).await;
    assert!(world.request(Method::GET, "/api/public").send().await.is_err());
    assert!(world.refreshing(&cookie, "a").send().await.is_err());
    world.order("/test/reset", json!({})).await;
    world.refresh(&cookie, "b").await.assert_granted();
}

#[tokio::test]
async fn fresh_tokens_can_be_refused() {
    let world = World::new().await;
    world.order("/test/faults", json!({ "reject_fresh_tokens": true })).await;
    let signed_in = world.sign_in().await;
    let answer = world.get("/api/me", &signed_in.access_token()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.header("www-authenticate").starts_with("Bearer error=\"invalid_token\""));
}
