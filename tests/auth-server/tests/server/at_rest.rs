//! What is in the database, and what is not.

use auth_server::{Config, Database};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use sha2::{Digest, Sha256};

use crate::client::{World, config};

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn refresh_tokens_are_hashed_at_rest_and_sessions_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.sqlite");
    let config = || Config { database: Database::File(path.clone()), ..config() };

    let world = World::with(config()).await;
    let first = world.sign_in().await;
    let second = world.refresh(&first.cookie(), "a").await;
    world.server.shutdown().await;

    let files = std::fs::read_dir(folder.path()).unwrap();
    let bytes = files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect::<Vec<_>>();
    for secret in [first.cookie(), second.cookie(), first.access_token(), second.access_token()] {
        assert!(!contains(&bytes, secret.as_bytes()));
    }
    for secret in [first.cookie(), second.cookie()] {
        let raw = URL_SAFE_NO_PAD.decode(&secret).unwrap();
        assert!(!contains(&bytes, &raw));
        assert!(contains(&bytes, &Sha256::digest(&raw)));
    }
    for password in ["wonderland", "builder", "looking-glass"] {
        assert!(!contains(&bytes, password.as_bytes()));
    }

    let world = World::with(config()).await;
    assert_eq!(world.get("/api/me", &second.access_token()).await.status, StatusCode::OK);
    // The attempt is remembered too, and the key that derives its successor.
    assert_eq!(world.refresh(&first.cookie(), "a").await.cookie(), second.cookie());
    world.refresh(&second.cookie(), "b").await.assert_granted();
}
