//! Where the browser keeps nothing: storage that is refused (reading `localStorage` throws), or full (`setItem` does).

use silent_session::browser::sign_in_with;
use silent_session::session::{Config, SignOutStatus, Status};
use wasm_bindgen_test::wasm_bindgen_test;

use super::fake::{FakeServer, Page, fire, until};
use super::storage::{kinds, write};
use super::web_locks::Taken;

/// Both ways, each with a name for its sessions.
const WAYS: [(&str, &str, &str); 2] =
    [("storage-refused", "", "localStorage"), ("storage-full", "Storage.prototype", "setItem")];

const JSON: &str = r#"{"content-type":"application/json"}"#;

// Scenario 82.
#[wasm_bindgen_test]
async fn a_session_works_where_storage_is_refused_or_full_and_says_so() {
    for (way, owner, name) in WAYS {
        let broken = Taken::broken(owner, name);
        let page = Page::active(way).await;
        assert!(!page.driver.inspect().has_storage, "{way}");
        page.server.revoke();
        assert_eq!(page.get("/api/me").await, 200);
        page.driver.sign_out().await.unwrap();
        sign_in_with(&page.driver, page.server.token().into()).await.unwrap();
        assert_eq!(page.get("/api/me").await, 200);
        page.driver.renew().await.unwrap();
        page.driver.close();
        drop(broken);
        assert_eq!(kinds(way), [""; 0], "{way}");
    }
}

#[wasm_bindgen_test]
async fn a_sign_out_that_fails_there_is_pursued_all_the_same() {
    for (way, owner, name) in WAYS {
        let broken = Taken::broken(owner, name);
        let page = Page::active(&format!("{way}-pursued")).await;
        page.server.answer_sign_out(500, "{}", JSON);
        assert_eq!(page.driver.sign_out().await, Ok(SignOutStatus::Pending), "{way}");
        // No event: time alone brings the next try.
        until("it is tried again", || page.server.count("/auth/logout") == 2).await;
        // And no third one, whatever happens.
        until("the server has heard of it", || page.server.member("/auth/logout", 1, "bytes").is_string())
            .await;
        fire("window", "online", "{}");
        assert!(page.driver.renew().await.is_err());
        assert_eq!((page.server.count("/auth/logout"), page.driver.inspect().has_storage), (2, false));
        assert!(matches!(page.status(), Some(Status::Ended { .. })), "{way}");
        page.driver.close();
        drop(broken);
        assert_eq!(kinds(&format!("{way}-pursued")), [""; 0], "{way}");
    }
}

#[wasm_bindgen_test]
async fn a_marker_that_cannot_be_read_is_waited_for_by_nobody() {
    write(
        "attempt",
        "refused-marker",
        &format!("{} {} {} out -", "f".repeat(32), "e".repeat(32), js_sys::Date::now()),
    );
    let broken = Taken::broken("", "localStorage");
    let page = Page::start("refused-marker", FakeServer::new(), Config::default());
    page.is_active().await;
    assert_ne!(page.text("/auth/refresh", 0, "x-requested-with"), Some("e".repeat(32)));
    page.driver.close();
    drop(broken);
}

#[wasm_bindgen_test]
async fn storage_that_has_room_again_is_used_again() {
    let full = Taken::broken("Storage.prototype", "setItem");
    let page = Page::active("room").await;
    assert!(!page.driver.inspect().has_storage);
    drop(full);
    page.driver.renew().await.unwrap();
    assert!(page.driver.inspect().has_storage);
    sign_in_with(&page.driver, page.server.token().into()).await.unwrap();
    assert!(kinds("room").contains(&"session".into()), "{:?}", kinds("room"));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn where_there_is_room_nothing_is_noted() {
    let page = Page::active("roomy").await;
    assert!(page.driver.inspect().has_storage);
    page.driver.close();
}
