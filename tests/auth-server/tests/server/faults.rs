//! Each fault at the endpoints does what it says.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{World, send};

async fn faulty(fault: Value) -> (World, String) {
    let world = World::new().await;
    let cookie = world.sign_in().await.cookie();
    world.order("/test/faults", json!({ "refresh": fault })).await;
    (world, cookie)
}

#[tokio::test]
async fn a_status_is_answered_in_place_of_a_rotation() {
    let (world, cookie) = faulty(json!({ "status": 503, "retry_after": 2, "times": 2 })).await;
    for _ in 0..2 {
        let answer = world.refresh(&cookie, "a").await;
        assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("set-cookie"), "");
    }
    assert_eq!(world.counter("rotated").await, 0);
    world.refresh(&cookie, "b").await.assert_granted();
}

#[tokio::test]
async fn a_reset_before_drops_the_connection_and_rotates_nothing() {
    let (world, cookie) = faulty(json!({ "reset": "before", "times": 1 })).await;
    assert!(world.refreshing(&cookie, "a").send().await.is_err());
    assert_eq!((world.counter("refreshes").await, world.counter("rotated").await), (1, 0));
    world.refresh(&cookie, "b").await.assert_granted();
}

#[tokio::test]
async fn a_reset_after_drops_the_connection_of_a_rotation() {
    let (world, cookie) = faulty(json!({ "reset": "after", "times": 1 })).await;
    assert!(world.refreshing(&cookie, "a").send().await.is_err());
    assert_eq!(world.counter("rotated").await, 1);
    world.refresh(&cookie, "a").await.assert_granted();
    assert_eq!(world.counter("replayed").await, 1);
}

#[tokio::test]
async fn a_request_is_held_until_there_are_other_faults() {
    for (hold, rotated) in [("before", 0), ("after", 1)] {
        let (world, cookie) = faulty(json!({ "hold": hold, "times": 1 })).await;
        let (answer, ()) = tokio::join!(world.refresh(&cookie, "a"), async {
            world.counter_reaches("refreshes", 1).await;
            world.counter_reaches("rotated", rotated).await;
            // One that comes later is not held, and overtakes it.
            world.refresh(&cookie, "a").await.assert_granted();
            assert_eq!(world.counter("max_concurrent_refreshes").await, 2);
            assert_eq!(world.counter("unanswered").await, 1);
            world.order("/test/faults", json!({})).await;
        });
        answer.assert_granted();
        assert_eq!(world.counter("unanswered").await, 0);
        assert_eq!((world.counter("rotated").await, world.counter("replayed").await), (1, 1));
    }
}

#[tokio::test]
async fn a_reset_is_a_reset_and_not_an_orderly_end() {
    let (world, _) = faulty(json!({ "reset": "before" })).await;
    let mut stream = TcpStream::connect(world.server.address()).await.unwrap();
    let request = b"POST /auth/refresh HTTP/1.1\r\nhost: test\r\ncontent-length: 0\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let error = stream.read(&mut [0; 64]).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_captive_portal_answers_html_and_rotates_nothing() {
    let (world, cookie) = faulty(json!({ "body": "html", "times": 1 })).await;
    let answer = world.refresh(&cookie, "a").await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "text/html"));
    assert_eq!(world.counter("rotated").await, 0);
    let refused = json!({ "refresh": { "body": "html", "status": 403 } });
    world.order("/test/faults", refused).await;
    let answer = world.refresh(&cookie, "a").await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::FORBIDDEN, "text/html"));
}

#[tokio::test]
async fn a_spoilt_body_comes_with_the_rotated_cookie() {
    let world = World::new().await;
    let mut cookie = world.sign_in().await.cookie();
    for body in ["empty", "no_token", "not_json", "not_a_jwt"] {
        world.order("/test/faults", json!({ "refresh": { "body": body } })).await;
        let answer = world.refresh(&cookie, body).await;
        assert_eq!(answer.status, StatusCode::OK);
        cookie = answer.cookie();
        match body {
            "empty" => assert_eq!(answer.text, ""),
            "not_json" => assert!(serde_json::from_str::<Value>(&answer.text).is_err()),
            "no_token" => assert_eq!(answer.json().get("access_token"), None),
            _ => assert_eq!(answer.json()["access_token"], "not-a-jwt"),
        }
    }
    world.order("/test/faults", json!({})).await;
    world.refresh(&cookie, "well").await.assert_granted();
}

#[tokio::test]
async fn delayed_refreshes_overlap() {
    let (world, cookie) = faulty(json!({ "delay_before_ms": 60_000 })).await;
    let both = [(); 2].map(|()| tokio::spawn(world.refreshing(&cookie, "a").send()));
    world.counter_reaches("max_concurrent_refreshes", 2).await;
    assert!(both.iter().all(|request| !request.is_finished()));
    both.iter().for_each(|request| request.abort());
}

#[tokio::test]
async fn a_rotation_happens_although_the_client_has_gone() {
    let (world, cookie) = faulty(json!({ "hold": "before", "times": 1 })).await;
    let request = tokio::spawn(world.refreshing(&cookie, "a").send());
    world.counter_reaches("max_concurrent_refreshes", 1).await;
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());
    world.order("/test/faults", json!({})).await;
    world.counter_reaches("rotated", 1).await;
    world.refresh(&cookie, "a").await.assert_granted();
    assert_eq!(world.counter("replayed").await, 1);
}

#[tokio::test]
async fn a_delay_after_holds_back_the_answer_and_not_the_rotation() {
    let (world, cookie) = faulty(json!({ "delay_after_ms": 60_000, "times": 1 })).await;
    let request = tokio::spawn(world.refreshing(&cookie, "a").send());
    world.counter_reaches("rotated", 1).await;
    assert!(!request.is_finished());
    world.refresh(&cookie, "a").await.assert_granted();
    request.abort();
}

#[tokio::test]
async fn an_answer_is_marked_beside_its_own_cookies() {
    let (world, cookie) = faulty(json!({ "hold": "after", "mark": "late", "times": 2 })).await;
    let (one, other, ()) =
        tokio::join!(world.refreshing(&cookie, "a").send(), world.refreshing(&cookie, "a").send(), async {
            world.counter_reaches("replayed", 1).await;
            world.order("/test/faults", json!({})).await;
        });
    let marks = [one, other].map(|response| {
        let response = response.unwrap();
        let mut cookies =
            response.headers().get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap());
        assert!(cookies.next().unwrap().starts_with("refresh_token="));
        cookies
            .find_map(|cookie| cookie.strip_prefix("late-"))
            .map(|mark| mark.split_once('=').unwrap().0.to_owned())
    });
    assert!(marks.contains(&Some("0".to_owned())) && marks.contains(&Some("1".to_owned())), "{marks:?}");
}

#[tokio::test]
async fn login_and_logout_have_faults_of_their_own() {
    let world = World::new().await;
    let cookie = world.sign_in().await.cookie();
    let faults = json!({ "login": { "status": 500 }, "logout": { "reset": "before", "times": 1 } });
    world.order("/test/faults", faults).await;
    let login = world.login(json!({ "user": "bob", "password": "builder" })).await;
    assert_eq!(login.status, StatusCode::INTERNAL_SERVER_ERROR);
    let logout = || {
        let cookie = format!("refresh_token={cookie}");
        world.request(Method::POST, "/auth/logout").header(header::COOKIE, cookie)
    };
    assert!(logout().send().await.is_err());
    assert_eq!(world.counter("logouts").await, 0);
    assert_eq!(send(logout()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.counter("logouts").await, 1);
}

#[tokio::test]
async fn the_api_has_a_fault_of_its_own() {
    let world = World::new().await;
    let token = world.sign_in().await.access_token();
    let challenge =
        json!({ "api": { "status": 401, "www_authenticate": "Basic realm=\"proxy\"", "times": 1 } });
    world.order("/test/faults", challenge).await;
    let answer = world.get("/api/me", &token).await;
    assert_eq!(
        (answer.status, answer.header("www-authenticate")),
        (StatusCode::UNAUTHORIZED, "Basic realm=\"proxy\"")
    );
    assert_eq!(world.get("/api/me", &token).await.status, StatusCode::OK);
    world.order("/test/faults", json!({ "api": { "reset": "after" } })).await;
    assert!(world.request(Method::GET, "/api/public").send().await.is_err());
}

#[tokio::test]
async fn a_fault_that_is_not_known_is_refused() {
    let world = World::new().await;
    for faults in
        [json!({ "refesh": {} }), json!({ "refresh": { "body": "xml" } }), json!({ "outage": "maybe" })]
    {
        let answer = send(world.request(Method::POST, "/test/faults").json(&faults)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{faults}");
    }
}
