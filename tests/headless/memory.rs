//! What is written down of a session, and what is made of it, in a page.

use silent_session::browser::sign_in_with;
use silent_session::session::{Config, Denial, EndReason, EpochId, Status, Subject};
use wasm_bindgen_test::wasm_bindgen_test;

use super::clock::Stopped;
use super::dates::late;
use super::fake::{FakeServer, PAGE, Page, settings, until};
use super::others::{Peer, altered, message};
use super::storage::{entry, kinds, remove, write, write_after_read};

/// Earlier.
const EARLY: &str = "018bcfe568003210fedcba9876543210";

fn active_epoch(page: &Page) -> Option<EpochId> {
    match page.status() {
        Some(Status::Active { epoch, .. }) => Some(epoch),
        _ => None,
    }
}

async fn is_active(page: &Page) -> EpochId {
    until("the session is active", || active_epoch(page).is_some()).await;
    active_epoch(page).unwrap()
}

fn digest(sub: &str, epoch: EpochId) -> String {
    format!("{:016x}", Subject::new(sub, None).digest(epoch))
}

#[wasm_bindgen_test]
async fn a_session_that_goes_on_is_written_down_with_a_digest_of_whose_it_is() {
    let page = Page::active("written").await;
    let epoch = active_epoch(&page).unwrap();
    let begun = format!("begun {} {}", epoch.to_hex(), digest("alice", epoch));
    assert_eq!(entry("session", "written"), Some(begun.clone()));
    assert_eq!(kinds("written"), ["company", "session"]);
    // The next token of it is no news.
    page.driver.renew().await.unwrap();
    assert_eq!(entry("session", "written"), Some(begun));

    page.server.answer_refresh(200, r#"{"access_token":"opaque","expires_in":900}"#, "{}");
    // Somebody else's, so another session.
    assert_eq!(page.driver.renew().await, Err(Denial::Changed));
    let epoch = active_epoch(&page).unwrap();
    assert_eq!(entry("session", "written"), Some(format!("begun {} -", epoch.to_hex())));
}

#[wasm_bindgen_test]
async fn the_end_of_a_session_is_written_down_with_its_reason() {
    let page = Page::active("written-over").await;
    let epoch = active_epoch(&page).unwrap();
    page.driver.sign_out().await.unwrap();
    let written = entry("session", "written-over").unwrap();
    let (until, reason) = written.strip_prefix("over ").unwrap().split_once(' ').unwrap();
    assert!(EpochId::parse(until).unwrap() > epoch && reason == "signed-out", "{written}");

    sign_in_with(&page.driver, page.server.token().into()).await.unwrap();
    let epoch = active_epoch(&page).unwrap();
    for _ in 0..2 {
        page.server.answer_refresh(401, "{}", r#"{"content-type":"application/json"}"#);
    }
    page.driver.renew().await.unwrap_err();
    assert_eq!(entry("session", "written-over"), Some(format!("over {} rejected", epoch.to_hex())));
    assert_eq!(kinds("written-over"), ["company", "session"]);
}

#[wasm_bindgen_test]
async fn where_there_is_no_session_nothing_is_written_of_one() {
    let server = FakeServer::new();
    for _ in 0..2 {
        server.answer_refresh(401, "{}", r#"{"content-type":"application/json"}"#);
    }
    let page = Page::start("written-none", server, Config::default());
    assert_eq!(page.first().await, Status::Ended { reason: EndReason::None, elsewhere: false });
    assert_eq!(kinds("written-none"), ["company"]);
}

#[wasm_bindgen_test]
async fn company_is_written_down_until_the_last_tab_goes() {
    let one = Page::active("company").await;
    assert_eq!(entry("company", "company").as_deref(), Some("1"));
    let two = Page::start("company", one.server.clone(), Config::default());
    until("they know each other", || !one.driver.inspect().tabs.is_empty()).await;
    until("they know each other", || !two.driver.inspect().tabs.is_empty()).await;
    one.driver.close();
    assert_eq!(entry("company", "company").as_deref(), Some("1"));
    until("the second knows that it is alone", || two.driver.inspect().tabs.is_empty()).await;
    two.driver.close();
    assert_eq!(entry("company", "company"), None);
}

// Scenario 80.
#[wasm_bindgen_test]
async fn other_names_and_other_endpoints_have_entries_of_their_own() {
    let page = Page::active("own").await;
    let server = FakeServer::new();
    let elsewhere = format!("{PAGE}/tenant/auth/refresh");
    let of_tenant = settings("own", &server, Config { restore: false, ..Config::default() });
    let tenant = Page::open(
        silent_session::browser::Settings {
            refresh: silent_session::browser::Way::post(elsewhere.clone()),
            refresh_url: elsewhere,
            ..of_tenant
        },
        server,
    );
    page.driver.sign_out().await.unwrap();
    sign_in_with(&tenant.driver, tenant.server.token().into()).await.unwrap();
    assert!(entry("session", "own").unwrap().starts_with("over "));
    let kinds = kinds("own");
    assert_eq!(kinds.len(), 4, "{kinds:?}");
    assert!(active_epoch(&tenant).is_some() && active_epoch(&page).is_none());
    assert!(tenant.driver.inspect().tabs.is_empty() && page.driver.inspect().tabs.is_empty());
}

#[wasm_bindgen_test]
async fn the_next_page_goes_on_with_the_session_that_is_written_down() {
    let epoch = EpochId::parse(EARLY).unwrap();
    let begun = format!("begun {EARLY} {}", digest("alice", epoch));
    write("session", "restored", &begun);
    let page = Page::start("restored", FakeServer::new(), Config::default());
    assert_eq!(is_active(&page).await, epoch);
    page.driver.close();
    // Of somebody else.
    let server = FakeServer::new();
    server.answer_refresh(200, &server.login("bob"), "{}");
    let page = Page::start("restored", server, Config::default());
    let next = is_active(&page).await;
    assert!(next > epoch);
    assert_eq!(
        entry("session", "restored"),
        Some(format!("begun {} {}", next.to_hex(), digest("bob", next)))
    );
    page.driver.close();
}

#[wasm_bindgen_test]
async fn an_end_that_is_written_down_counts_for_all_sessions_before_it() {
    let late = late();
    for (reason, text) in [(EndReason::SignedOut, "signed-out"), (EndReason::Rejected, "rejected")] {
        let name = format!("restored-{text}");
        write("session", &name, &format!("over {late} {text}"));
        let (peer, page) = (Peer::of(&name), Page::start(&name, FakeServer::holding(), Config::default()));
        // Another tab has missed it: it is told.
        peer.say(&message("token"));
        let said = peer.hears("over").await;
        let expected = format!(r#"{{"from":"{}"}}"#, page.driver.inspect().tab);
        let expected = altered(
            &message(if text == "rejected" { "over, rejected" } else { "over, signed out" }),
            &expected,
        );
        assert_eq!(js_sys::JSON::stringify(&said), js_sys::JSON::stringify(&expected), "{reason:?}");
        page.driver.close();
    }
}

#[wasm_bindgen_test]
async fn what_cannot_be_read_is_taken_for_absent() {
    let late = late();
    let junk = [
        "",
        " ",
        "begun",
        &format!("begun {late}"),
        &format!("begun {late} x"),
        "begun x -",
        "over",
        &format!("over {late}"),
        &format!("over {late} Rejected"),
        &format!("ended {late} rejected"),
        &format!("begun  {late} -"),
        &format!("BEGUN {late} -"),
        "{\"v\":2}",
        "undefined",
        &"f ".repeat(50_000),
    ];
    for (index, entry) in junk.into_iter().enumerate() {
        let name = format!("unread-{index}");
        write("session", &name, entry);
        for (index, marker) in ["", "x", "x y z", &late, &format!("{late}  {late}")].into_iter().enumerate() {
            write("attempt", &name, marker);
            let page = Page::start(&name, FakeServer::new(), Config::default());
            let epoch = is_active(&page).await;
            assert!(epoch < EpochId::parse(&late).unwrap(), "{entry}");
            let sent = page.text("/auth/refresh", 0, "x-requested-with").unwrap();
            assert!(sent.len() == 32 && sent != late, "{index} {sent}");
            page.driver.close();
        }
    }
}

#[wasm_bindgen_test]
async fn a_sign_out_counts_for_whatever_is_written_down() {
    let late = late();
    let page = Page::active("back").await;
    // Another tab was faster, and this one has not heard of it yet.
    write("session", "back", &format!("begun {late} -"));
    page.driver.sign_out().await.unwrap();
    let written = entry("session", "back").unwrap();
    let (until, reason) = written.strip_prefix("over ").unwrap().split_once(' ').unwrap();
    assert!(EpochId::parse(until) > EpochId::parse(&late) && reason == "signed-out", "{written}");
}

#[wasm_bindgen_test]
async fn a_session_that_begins_is_later_than_whatever_is_written_down() {
    let late = late();
    let page = Page::start("later", FakeServer::new(), Config { restore: false, ..Config::default() });
    write("session", "later", &format!("over {late} signed-out"));
    sign_in_with(&page.driver, page.server.token().into()).await.unwrap();
    let epoch = active_epoch(&page).unwrap();
    assert!(epoch > EpochId::parse(&late).unwrap());
    assert!(entry("session", "later").unwrap().starts_with(&format!("begun {} ", epoch.to_hex())));
}

/// Another tab writes between the look at what is stored and the writing: what is later stays.
#[wasm_bindgen_test]
async fn what_is_earlier_never_replaces_what_is_later() {
    let hour_ahead = |epoch: EpochId| {
        let hex = epoch.to_hex();
        let began = u64::from_str_radix(&hex[..12], 16).unwrap() + 3_600_000;
        format!("{began:012x}{}", &hex[12..])
    };
    let page = Page::active("outdone-begin").await;
    let later = format!("begun {} -", hour_ahead(active_epoch(&page).unwrap()));
    write_after_read("session", "outdone-begin", &later);
    sign_in_with(&page.driver, page.server.login("bob").into()).await.unwrap();
    assert_eq!(entry("session", "outdone-begin"), Some(later));
    page.driver.close();

    let page = Page::active("outdone-end").await;
    let later = format!("begun {} -", hour_ahead(active_epoch(&page).unwrap()));
    write_after_read("session", "outdone-end", &later);
    // Of a session that has begun meanwhile it tells the server nothing.
    assert_eq!(page.driver.sign_out().await, Err(Denial::Changed));
    assert_eq!(entry("session", "outdone-end"), Some(later));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_page_without_company_asks_nobody_and_one_with_company_waits_for_an_answer() {
    let clock = Stopped::now();
    let alone = Page::start("alone-here", FakeServer::new(), Config::default());
    is_active(&alone).await;
    write("company", "in-company", "1");
    let page = Page::start("in-company", FakeServer::new(), Config::default());
    // It waits for as long as no time passes; nobody is there.
    page.driver.inspect();
    for _ in 0..50 {
        wasm_bindgen_futures::JsFuture::from(super::fake::turn()).await.unwrap();
    }
    assert_eq!(page.server.count(""), 0);
    clock.advance(100.0);
    is_active(&page).await;
    drop(clock);
    [alone, page].iter().for_each(|page| page.driver.close());
}

#[wasm_bindgen_test]
async fn a_session_that_was_forgotten_is_written_down_again_by_the_next_page() {
    let page = Page::active("forgotten").await;
    page.driver.close();
    remove("session", "forgotten");
    let page = Page::start("forgotten", FakeServer::new(), Config::default());
    let epoch = is_active(&page).await;
    assert!(entry("session", "forgotten").unwrap().contains(&epoch.to_hex()));
    page.driver.close();
}
