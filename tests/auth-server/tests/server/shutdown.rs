//! The server goes down in time, and not before it has answered.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{World, read, send};

#[tokio::test]
async fn idle_connections_do_not_hold_a_shutdown() {
    let world = World::new().await;
    assert_eq!(send(world.request(Method::GET, "/api/public")).await.status, StatusCode::OK);
    let address = world.server.address();
    let silent = TcpStream::connect(address).await.unwrap();
    timeout(Duration::from_millis(1900), world.server.shutdown()).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
    drop(silent);
}

#[tokio::test]
async fn an_open_request_is_answered_before_the_end() {
    let world = World::new().await;
    let cookie = world.sign_in().await.cookie();
    world.order("/test/faults", json!({ "refresh": { "delay_before_ms": 200 } })).await;
    let request = tokio::spawn(world.refreshing(&cookie, "a").send());
    world.counter_reaches("refreshes", 1).await;
    world.server.shutdown().await;
    read(request.await.unwrap().unwrap()).await.assert_granted();
}

#[tokio::test]
async fn a_request_that_never_ends_is_dropped() {
    let world = World::new().await;
    let cookie = world.sign_in().await.cookie();
    world.order("/test/faults", json!({ "refresh": { "delay_before_ms": 60_000 } })).await;
    let request = tokio::spawn(world.refreshing(&cookie, "a").send());
    world.counter_reaches("refreshes", 1).await;
    timeout(Duration::from_secs(4), world.server.shutdown()).await.unwrap();
    assert!(request.await.unwrap().is_err());
}
