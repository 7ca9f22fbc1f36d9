//! The exact origin for those that are allowed, nothing for others.

use reqwest::{Method, StatusCode};

use crate::client::{Answer, World, send};

async fn preflight(world: &World, origin: &str) -> Answer {
    let request = world.request(Method::OPTIONS, "/auth/refresh").header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    send(request.header("access-control-request-headers", "x-requested-with")).await
}

#[tokio::test]
async fn an_allowed_origin_may_call_with_credentials() {
    let world = World::new().await;
    let origin = "http://localhost:8000";
    let answer = preflight(&world, origin).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-origin"), origin);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert_eq!(answer.header("access-control-allow-methods"), "GET,POST,PUT,DELETE");
    for allowed in ["authorization", "content-type", "x-requested-with"] {
        assert!(answer.header("access-control-allow-headers").contains(allowed));
    }
    assert!(!answer.header("access-control-max-age").is_empty());
    assert_eq!(answer.header("vary"), "origin");

    let refused = send(world.request(Method::GET, "/api/me").header("origin", origin)).await;
    assert_eq!(refused.header("access-control-allow-origin"), origin);
    assert_eq!(refused.header("access-control-allow-credentials"), "true");
    let exposed = refused.header("access-control-expose-headers");
    assert_eq!(exposed, "date,retry-after,www-authenticate,x-requested-with,x-echo-length");
    assert_eq!(refused.header("vary"), "origin");
}

#[tokio::test]
async fn a_foreign_origin_is_not_named() {
    let world = World::new().await;
    for origin in ["http://evil.example", "http://localhost.evil.example:80", "null"] {
        let answer = preflight(&world, origin).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        let api = send(world.request(Method::GET, "/api/public").header("origin", origin)).await;
        assert_eq!(api.header("access-control-allow-origin"), "");
        assert_eq!(api.header("access-control-allow-credentials"), "");
    }
}
