//! Signing in and out.

use std::time::Duration;

use auth_server::Config;
use reqwest::{Method, StatusCode, header};
use serde_json::json;

use crate::client::{Answer, World, config, send};

#[tokio::test]
async fn a_login_answers_with_a_token_and_a_strict_cookie() {
    let world = World::new().await;
    let answer = world.login(json!({ "user": "alice", "password": "wonderland" })).await;
    answer.assert_granted();
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 900);
    assert_eq!(body["scope"], "profile admin");
    assert_eq!(answer.header("cache-control"), "no-store");
    let attributes = answer.header("set-cookie").split_once("; ").unwrap().1;
    assert_eq!(attributes, "HttpOnly; SameSite=Strict; Path=/auth; Max-Age=1296000");
}

#[tokio::test]
async fn beside_the_cookie_there_is_a_stamp_that_script_can_read_and_that_changes_with_each_rotation() {
    let world = World::new().await;
    let first = world.sign_in().await;
    let [stamp] = &first.headers.get_all("set-cookie").iter().skip(1).collect::<Vec<_>>()[..] else {
        panic!("{:?}", first.headers)
    };
    let (stamp, attributes) = stamp.to_str().unwrap().split_once("; ").unwrap();
    assert!(stamp.starts_with("refresh_stamp=") && stamp.len() > 20, "{stamp}");
    assert_eq!(attributes, "SameSite=Strict; Path=/; Max-Age=1296000");
    let next = world.refresh(&first.cookie(), "one").await;
    let again = world.refresh(&first.cookie(), "one").await;
    let stamp_of = |answer: &Answer| answer.headers.get_all("set-cookie").iter().nth(1).unwrap().clone();
    assert_ne!(stamp_of(&next), stamp_of(&first));
    assert_eq!(stamp_of(&again), stamp_of(&next), "the same successor has the same stamp");
}

#[tokio::test]
async fn the_cookie_is_secure_where_the_public_origin_is() {
    let public_origin = Some("https://auth.example".to_owned());
    let world = World::with(Config { public_origin, ..config() }).await;
    assert!(world.sign_in().await.header("set-cookie").ends_with("; Secure"));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_are_refused_alike() {
    let world = World::new().await;
    for user in ["bob", "nobody"] {
        let answer = world.login(json!({ "user": user, "password": "wonderland" })).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.json(), json!({ "error": "invalid_credentials" }));
        assert_eq!(answer.header("set-cookie"), "");
    }
    assert_eq!(world.counter("logins_refused").await, 2);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_before_anything_is_granted() {
    let world = World::new().await;
    let mut credentials = json!({ "user": "carol", "password": "looking-glass" });
    let asked = world.login(credentials.clone()).await;
    assert_eq!((asked.status, asked.json()), (StatusCode::OK, json!({ "second_factor": "code" })));
    assert_eq!(asked.header("set-cookie"), "");
    credentials["code"] = "654321".into();
    assert_eq!(world.login(credentials.clone()).await.status, StatusCode::UNAUTHORIZED);
    credentials["code"] = "123456".into();
    world.login(credentials.clone()).await.assert_granted();
    credentials["password"] = "wrong".into();
    assert_eq!(world.login(credentials).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_login_that_is_not_json_is_refused_in_json() {
    let world = World::new().await;
    let login = || world.request(Method::POST, "/auth/login");
    let form = send(login().body("{\"user\":\"bob\",\"password\":\"builder\"}")).await;
    assert_eq!(
        (form.status, form.json()["error"].as_str()),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, Some("json_expected"))
    );
    let broken = send(login().header(header::CONTENT_TYPE, "application/json").body("{")).await;
    assert_eq!(
        (broken.status, broken.json()["error"].as_str()),
        (StatusCode::BAD_REQUEST, Some("invalid_request"))
    );
}

#[tokio::test]
async fn a_logout_clears_the_cookie_and_ends_the_family() {
    let world = World::new().await;
    let signed_in = world.sign_in().await;
    let logout = || world.request(Method::POST, "/auth/logout");
    let cookie = format!("refresh_token={}", signed_in.cookie());
    let answer = send(logout().header(header::COOKIE, cookie)).await;
    assert_eq!((answer.status, answer.cookie().as_str()), (StatusCode::NO_CONTENT, ""));
    world.refresh(&signed_in.cookie(), "a").await.assert_refused();
    let api = world.get("/api/me", &signed_in.access_token()).await;
    assert_eq!(api.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.counter("reuse_detected").await, 0);

    let without_cookie = send(logout()).await;
    assert_eq!(without_cookie.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_sign_in_lasts_its_days_however_often_it_is_refreshed() {
    let world = World::new().await;
    let day = Duration::from_secs(24 * 60 * 60);
    let signed_in = world.sign_in().await;
    world.clock.advance(14 * day);
    let refreshed = world.refresh(&signed_in.cookie(), "a").await;
    refreshed.assert_granted();
    assert!(refreshed.header("set-cookie").contains("Max-Age=86400"));
    world.clock.advance(day);
    world.refresh(&refreshed.cookie(), "b").await.assert_refused();
    assert_eq!(world.counter("reuse_detected").await, 0);
}
