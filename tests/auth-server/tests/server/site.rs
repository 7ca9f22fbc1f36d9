//! The static files.

use std::fs;

use auth_server::Config;
use reqwest::{Method, StatusCode};

use crate::client::{World, config, send};

#[tokio::test]
async fn files_come_with_a_strict_policy_and_the_right_type() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("www")).unwrap();
    fs::create_dir_all(root.path().join("pkg/dist")).unwrap();
    for file in ["www/index.html", "www/app.js", "www/app.css", "pkg/index.d.ts", "pkg/dist/session.wasm"] {
        fs::write(root.path().join(file), "x").unwrap();
    }
    fs::write(root.path().join("secret.txt"), "x").unwrap();
    let world = World::with(Config { root: Some(root.path().to_owned()), ..config() }).await;
    for (path, content_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/app.js", "text/javascript; charset=utf-8"),
        ("/app.css", "text/css; charset=utf-8"),
        ("/pkg/index.d.ts", "text/plain; charset=utf-8"),
        ("/pkg/dist/session.wasm", "application/wasm"),
    ] {
        let answer = send(world.request(Method::GET, path)).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, content_type), "{path}");
        assert!(
            answer.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'")
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
    for path in ["/secret.txt", "/%2e%2e/secret.txt", "/pkg/%2e%2e/secret.txt", "/www/index.html"] {
        assert_eq!(send(world.request(Method::GET, path)).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(send(world.request(Method::GET, "/api/public")).await.status, StatusCode::OK);
}
