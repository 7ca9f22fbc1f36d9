//! A refresh token works once.

use std::time::Duration;

use auth_server::{Config, Reuse};
use reqwest::{Method, StatusCode, header};

use crate::client::{World, config, send};

#[tokio::test]
async fn a_refresh_rotates_the_cookie() {
    let world = World::new().await;
    let first = world.sign_in().await;
    let second = world.refresh(&first.cookie(), "a").await;
    second.assert_granted();
    assert_ne!(first.cookie(), second.cookie());
    assert_ne!(first.access_token(), second.access_token());
    assert_eq!(second.header("cache-control"), "no-store");
    world.refresh(&second.cookie(), "b").await.assert_granted();
    assert_eq!(world.counter("rotated").await, 2);
    assert_eq!(world.counter("refreshes").await, 2);
}

#[tokio::test]
async fn reuse_by_another_attempt_revokes_the_whole_family() {
    let world = World::new().await;
    let first = world.sign_in().await;
    let second = world.refresh(&first.cookie(), "a").await;
    let other_sign_in = world.sign_in().await;
    world.refresh(&first.cookie(), "b").await.assert_refused();
    world.refresh(&second.cookie(), "c").await.assert_refused();
    let api = world.get("/api/me", &second.access_token()).await;
    assert_eq!(api.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.counter("reuse_detected").await, 1);
    assert_eq!(world.counter("refused").await, 2);
    world.refresh(&other_sign_in.cookie(), "d").await.assert_granted();
}

#[tokio::test]
async fn where_it_is_told_to_it_refuses_reuse_and_revokes_nothing() {
    let world = World::with(Config { reuse: Reuse::Refuses, ..config() }).await;
    let first = world.sign_in().await;
    let second = world.refresh(&first.cookie(), "a").await;
    for _ in 0..2 {
        let refused = world.refresh(&first.cookie(), "b").await;
        assert_eq!((refused.status, refused.header("set-cookie")), (StatusCode::UNAUTHORIZED, ""));
    }
    assert_eq!(world.counter("reuse_detected").await, 2);
    world.refresh(&second.cookie(), "c").await.assert_granted();
    world.refresh("no-such-token", "d").await.assert_refused();
}

#[tokio::test]
async fn an_accepted_refresh_is_answered_with_its_attempt_id_unless_it_is_told_not_to() {
    for echoes_attempts in [true, false] {
        let world = World::with(Config { echoes_attempts, ..config() }).await;
        let first = world.sign_in().await;
        let sent_back = |id| if echoes_attempts { id } else { "" };
        let second = world.refresh(&first.cookie(), "a").await;
        let replayed = world.refresh(&first.cookie(), "a").await;
        let third = world.refresh(&second.cookie(), "b").await;
        for (answer, id) in [(&second, "a"), (&replayed, "a"), (&third, "b")] {
            assert_eq!(answer.header("x-requested-with"), sent_back(id));
        }
        let refused = world.refresh(&second.cookie(), "c").await;
        assert_eq!((refused.status, refused.header("x-requested-with")), (StatusCode::UNAUTHORIZED, ""));
    }
}

#[tokio::test]
async fn a_successor_that_comes_under_the_attempt_that_made_it_is_answered_with_itself() {
    let world = World::new().await;
    let first = world.sign_in().await;
    let second = world.refresh(&first.cookie(), "a").await;
    let again = world.refresh(&second.cookie(), "a").await;
    again.assert_granted();
    assert_eq!(again.cookie(), second.cookie());
    assert_eq!((world.counter("rotated").await, world.counter("replayed").await), (1, 1));
    // Another answer of the attempt may bring the same cookie once more: it is good still.
    world.refresh(&second.cookie(), "b").await.assert_granted();
    world.refresh(&second.cookie(), "a").await.assert_refused();
}

#[tokio::test]
async fn the_same_attempt_again_gets_the_same_successor() {
    let world = World::new().await;
    let first = world.sign_in().await;
    let second = world.refresh(&first.cookie(), "a").await;
    world.clock.advance(Duration::from_secs(59));
    let again = world.refresh(&first.cookie(), "a").await;
    again.assert_granted();
    assert_eq!(second.cookie(), again.cookie());
    assert_eq!(world.counter("replayed").await, 1);
    world.refresh(&again.cookie(), "b").await.assert_granted();
}

#[tokio::test]
async fn the_same_attempt_after_its_successor_was_presented_is_theft() {
    let world = World::new().await;
    let first = world.sign_in().await;
    let second = world.refresh(&first.cookie(), "a").await;
    let third = world.refresh(&second.cookie(), "b").await;
    world.refresh(&first.cookie(), "a").await.assert_refused();
    world.refresh(&third.cookie(), "c").await.assert_refused();
    assert_eq!(world.counter("reuse_detected").await, 1);
}

#[tokio::test]
async fn the_same_attempt_too_late_is_theft() {
    let world = World::new().await;
    let first = world.sign_in().await;
    let second = world.refresh(&first.cookie(), "a").await;
    world.clock.advance(Duration::from_secs(60));
    world.refresh(&first.cookie(), "a").await.assert_refused();
    world.refresh(&second.cookie(), "b").await.assert_refused();
    assert_eq!(world.counter("reuse_detected").await, 1);
}

#[tokio::test]
async fn within_the_grace_the_preceding_token_gets_another_successor() {
    let world = World::with(Config { grace: Duration::from_secs(10), ..config() }).await;
    let first = world.sign_in().await;
    let second = world.refresh(&first.cookie(), "a").await;
    world.clock.advance(Duration::from_secs(9));
    let sibling = world.refresh(&first.cookie(), "b").await;
    sibling.assert_granted();
    assert_ne!(second.cookie(), sibling.cookie());
    assert_eq!(world.counter("graced").await, 1);
    world.refresh(&second.cookie(), "c").await.assert_granted();
    world.refresh(&sibling.cookie(), "d").await.assert_granted();
}

#[tokio::test]
async fn after_the_grace_and_before_the_preceding_token_it_is_theft() {
    let world = World::with(Config { grace: Duration::from_secs(10), ..config() }).await;
    let first = world.sign_in().await;
    world.refresh(&first.cookie(), "a").await.assert_granted();
    world.clock.advance(Duration::from_secs(10));
    world.refresh(&first.cookie(), "b").await.assert_refused();

    let first = world.sign_in().await;
    let second = world.refresh(&first.cookie(), "a").await;
    world.refresh(&second.cookie(), "b").await.assert_granted();
    world.refresh(&first.cookie(), "c").await.assert_refused();
    assert_eq!(world.counter("reuse_detected").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_concurrent_refreshes_with_one_cookie_one_rotates() {
    let world = World::new().await;
    let cookie = world.sign_in().await.cookie();
    let requests = (0..8).map(|attempt| tokio::spawn(world.refreshing(&cookie, &attempt.to_string()).send()));
    let mut granted = 0;
    for request in requests.collect::<Vec<_>>() {
        granted += u32::from(request.await.unwrap().unwrap().status() == StatusCode::OK);
    }
    assert_eq!(granted, 1);
    assert_eq!(world.counter("rotated").await, 1);
    assert_eq!(world.counter("reuse_detected").await, 1);
    assert_eq!(world.counter("refused").await, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_comes_twice_at_once_gets_one_successor() {
    let world = World::new().await;
    let cookie = world.sign_in().await.cookie();
    let (one, other) = tokio::join!(world.refresh(&cookie, "a"), world.refresh(&cookie, "a"));
    one.assert_granted();
    assert_eq!(one.cookie(), other.cookie());
    assert_eq!((world.counter("rotated").await, world.counter("replayed").await), (1, 1));
}

#[tokio::test]
async fn a_refresh_needs_the_custom_header() {
    let world = World::new().await;
    let cookie = world.sign_in().await.cookie();
    let request = || {
        let cookie = format!("refresh_token={cookie}");
        world.request(Method::POST, "/auth/refresh").header(header::COOKIE, cookie)
    };
    for request in [request(), request().header("x-requested-with", "")] {
        let answer = send(request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.json()["error"], "missing_header");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    world.refresh(&cookie, "a").await.assert_granted();
}

#[tokio::test]
async fn no_cookie_and_an_unknown_one_are_refused() {
    let world = World::new().await;
    let without = world.request(Method::POST, "/auth/refresh").header("x-requested-with", "a");
    send(without).await.assert_refused();
    world.refresh("nonsense", "a").await.assert_refused();
    world.refresh(&"A".repeat(43), "a").await.assert_refused();
    assert_eq!(world.counter("refused").await, 3);
}

#[tokio::test]
async fn revoke_all_ends_every_session() {
    let world = World::new().await;
    let signed_in = world.sign_in().await;
    world.order("/test/revoke-all", serde_json::json!({})).await;
    world.refresh(&signed_in.cookie(), "a").await.assert_refused();
    world.sign_in().await.assert_granted();
}
