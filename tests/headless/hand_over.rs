//! Sessions of one name in one page are two tabs to each other, in a page and in a dedicated worker alike.

use silent_session::browser::sign_in_with;
use silent_session::session::{Config, EndReason, EpochId, Generation, Status};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use super::clock::Stopped;
use super::fake::{FakeServer, Page, turn, until};
use super::others::{ASKING, Peer, altered, closed_channels, jwt, message, text};

/// Two tabs of one browser.
struct Pair {
    server: FakeServer,
    one: Page,
    two: Page,
}

impl Pair {
    /// Signed in, in the first.
    async fn active(name: &str) -> Self {
        let pair = Self::ended(name, Config { restore: false, ..Config::default() }).await;
        pair.sign_in("alice").await;
        until("the second is active", || pair.two.token_in_hand().is_some()).await;
        // Which of two tokens came later is told by the millisecond too, and each clock and message may be off by one.
        let began = js_sys::Date::now();
        until("a token is later", || js_sys::Date::now() > began + 5.0).await;
        pair
    }

    /// Signed in nowhere.
    async fn ended(name: &str, config: Config) -> Self {
        let server = FakeServer::new();
        let one = Page::start(name, server.clone(), config.clone());
        let two = Page::start(name, server.clone(), config);
        let knows = |page: &Page| !page.driver.inspect().tabs.is_empty();
        until("they know each other", || knows(&one) && knows(&two)).await;
        // A tab that restores nothing follows the sign-ins after its start, told by the millisecond.
        let began = js_sys::Date::now();
        until("a sign-in is later", || js_sys::Date::now() > began + 1.0).await;
        Self { server, one, two }
    }

    /// Signs in, in the first.
    async fn sign_in(&self, sub: &str) {
        let answer = js_sys::JSON::parse(&self.server.login(sub)).unwrap();
        sign_in_with(&self.one.driver, answer).await.unwrap();
    }

    fn refreshes(&self) -> usize {
        self.server.count("/auth/refresh")
    }

    fn close(&self) {
        self.one.driver.close();
        self.two.driver.close();
    }
}

/// What is shown of a session: which one, the how-manieth token, whether it came from another tab.
fn shown(page: &Page) -> Option<(EpochId, Generation, bool)> {
    match page.status() {
        Some(Status::Active { epoch, generation, elsewhere, .. }) => Some((epoch, generation, elsewhere)),
        _ => None,
    }
}

fn ended(page: &Page, reason: EndReason, elsewhere: bool) -> bool {
    page.status() == Some(Status::Ended { reason, elsewhere })
}

#[wasm_bindgen_test]
async fn a_second_tab_asks_and_starts_without_a_refresh() {
    let one = Page::active("second-tab").await;
    // The answer may take as long as it likes: no time passes.
    let clock = Stopped::now();
    let two = Page::start("second-tab", one.server.clone(), Config::default());
    two.first().await;
    drop(clock);
    let epoch = shown(&one).unwrap().0;
    assert_eq!(shown(&two), Some((epoch, Generation(1), true)));
    assert_eq!(two.token_in_hand(), one.token_in_hand());
    assert_eq!((two.get("/api/me").await, one.server.count("/auth/refresh")), (200, 1));
    let tab = |page: &Page| page.driver.inspect().tab;
    assert_eq!(one.driver.inspect().tabs, [tab(&two)]);
    assert_eq!(two.driver.inspect().tabs, [tab(&one)]);
}

#[wasm_bindgen_test]
async fn a_sign_in_reaches_the_other_tab_with_its_token() {
    let pair = Pair::active("sign-in").await;
    let (epoch, ..) = shown(&pair.one).unwrap();
    assert_eq!(shown(&pair.one), Some((epoch, Generation(1), false)));
    assert_eq!(shown(&pair.two), Some((epoch, Generation(1), true)));
    // Another user, who is of another session.
    pair.sign_in("bob").await;
    until("the second follows", || shown(&pair.two).map(|shown| shown.0) > Some(epoch)).await;
    assert_eq!(pair.two.token_in_hand(), pair.one.token_in_hand());
    assert_eq!(pair.refreshes(), 0);
    pair.close();
}

#[wasm_bindgen_test]
async fn a_refresh_of_one_tab_renews_the_token_of_the_other() {
    let pair = Pair::active("renewed").await;
    pair.one.driver.renew().await.unwrap();
    until("the second follows", || pair.two.token_in_hand() == pair.one.token_in_hand()).await;
    let (epoch, ..) = shown(&pair.one).unwrap();
    assert_eq!(shown(&pair.one), Some((epoch, Generation(2), false)));
    assert_eq!(shown(&pair.two), Some((epoch, Generation(2), true)));
    assert_eq!((pair.two.get("/api/me").await, pair.refreshes()), (200, 1));
    pair.close();
}

#[wasm_bindgen_test]
async fn a_sign_out_in_one_tab_ends_the_other() {
    let pair = Pair::active("sign-out").await;
    pair.one.driver.sign_out().await.unwrap();
    until("the second is over", || ended(&pair.two, EndReason::SignedOut, true)).await;
    assert!(ended(&pair.one, EndReason::SignedOut, false));
    assert_eq!(pair.two.get("/api/me").await, 401);
    assert!(pair.server.member("/api/me", 0, "authorization").is_undefined());
    assert_eq!((pair.server.count("/auth/logout"), pair.refreshes()), (1, 0));
    pair.close();
}

#[wasm_bindgen_test]
async fn a_session_that_the_server_ends_is_over_in_every_tab() {
    let pair = Pair::active("rejected").await;
    for _ in 0..2 {
        pair.server.answer_refresh(401, "{}", r#"{"content-type":"application/json"}"#);
    }
    pair.one.driver.renew().await.unwrap_err();
    until("the second is over", || ended(&pair.two, EndReason::Rejected, true)).await;
    assert!(ended(&pair.one, EndReason::Rejected, false));
    pair.close();
}

#[wasm_bindgen_test]
async fn a_sign_in_after_a_sign_out_begins_a_session_in_every_tab() {
    let pair = Pair::active("signed-in-again").await;
    let (before, ..) = shown(&pair.two).unwrap();
    pair.two.driver.sign_out().await.unwrap();
    until("the first is over", || ended(&pair.one, EndReason::SignedOut, true)).await;
    pair.sign_in("alice").await;
    until("the second is active", || shown(&pair.two).is_some()).await;
    assert!(shown(&pair.two).unwrap().0 > before);
    assert_eq!(shown(&pair.two).map(|shown| shown.0), shown(&pair.one).map(|shown| shown.0));
    pair.close();
}

#[wasm_bindgen_test]
async fn what_was_handed_over_is_not_said_again() {
    let peer = Peer::of("loops");
    let pair = Pair::active("loops").await;
    let said = |page: &Page| peer.count_from(&page.driver.inspect().tab, "token");
    peer.say(&message("hello"));
    until("both have answered", || said(&pair.one) >= 2 && said(&pair.two) >= 1).await;
    // What a tab has said before its answer was heard before it: one has said the token of its sign-in.
    assert_eq!((said(&pair.one), said(&pair.two)), (2, 1));
    pair.close();
}

/// A session, its own offer as another tab has heard it, and that tab.
async fn offering(name: &str) -> (Page, JsValue, Peer) {
    let (peer, page) = (Peer::of(name), Page::active(name).await);
    peer.ask().await;
    let offer = altered(&peer.last("token"), &format!(r#"{{"from":"{ASKING}"}}"#));
    (page, offer, peer)
}

/// The offer with another token of `sub`, which came `age` milliseconds ago.
fn offer_of(offer: &JsValue, sub: &str, age: f64) -> JsValue {
    let token = jwt(&format!(r#"{{"sub":"{sub}"}}"#));
    altered(offer, &format!(r#"{{"token":"{token}","age":{age},"sent":{}}}"#, js_sys::Date::now()))
}

// Scenario 79.
#[wasm_bindgen_test]
async fn only_a_later_token_of_the_same_session_and_subject_is_taken() {
    let clock = Stopped::now();
    let (page, offer, peer) = offering("newer").await;
    clock.advance(60_000.0);
    let token = page.token_in_hand();
    let ignored = [
        ("an older token", offer_of(&offer, "alice", 60_001.0)),
        ("a token of the same time", offer_of(&offer, "alice", 60_000.0)),
        ("a token of somebody else", offer_of(&offer, "bob", 1_000.0)),
        ("a token of nobody", altered(&offer_of(&offer, "alice", 1_000.0), r#"{"token":"opaque"}"#)),
        ("a token that has lapsed", altered(&offer_of(&offer, "alice", 1_000.0), r#"{"lifetime":1000}"#)),
    ];
    for (what, offer) in ignored {
        peer.say(&offer);
        peer.ask().await;
        assert_eq!(page.token_in_hand(), token, "{what}");
    }
    let (epoch, ..) = shown(&page).unwrap();
    assert_eq!(shown(&page), Some((epoch, Generation(1), false)));
    peer.say(&offer_of(&offer, "alice", 59_999.0));
    until("the later one is taken", || shown(&page) == Some((epoch, Generation(2), false))).await;
    peer.say(&offer_of(&offer, r#"alice","sid":"2"#, 59_000.0));
    until("sid makes no difference", || shown(&page) == Some((epoch, Generation(3), false))).await;
    drop(clock);
    assert_eq!(page.server.count("/auth/refresh"), 1);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_token_of_an_earlier_session_is_answered_with_that_of_the_later_one() {
    let (page, offer, peer) = offering("earlier").await;
    let earlier = altered(&offer_of(&offer, "alice", 0.0), r#"{"epoch":"00000000000000000000000000000001"}"#);
    let (token, answers) = (page.token_in_hand(), peer.answers());
    peer.say(&earlier);
    until("it is answered", || peer.answers() > answers).await;
    assert_eq!(Some(text(&peer.last("token"), "token")), token);
    assert_eq!(page.token_in_hand(), token);
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_token_of_a_session_that_is_over_is_answered_with_its_end() {
    let (page, offer, peer) = offering("over").await;
    page.driver.sign_out().await.unwrap();
    peer.hears("over").await;
    peer.say(&offer_of(&offer, "alice", 0.0));
    until("it is answered", || peer.count("over") == 2).await;
    assert!(ended(&page, EndReason::SignedOut, false));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn a_session_that_is_closed_says_bye_and_hears_nothing_more() {
    let peer = Peer::of("closed");
    let pair = Pair::active("closed").await;
    let tab = pair.one.driver.inspect().tab;
    assert_eq!(pair.two.driver.inspect().tabs, [&*tab]);
    pair.one.driver.close();
    assert_eq!(text(&peer.hears("bye").await, "from"), tab);
    until("the second forgets it", || pair.two.driver.inspect().tabs.is_empty()).await;
    assert!(!pair.one.driver.inspect().has_channel);
    assert_eq!(closed_channels("closed"), 1);
    let answers = || ["here", "token", "over"].iter().map(|kind| peer.count_from(&tab, kind)).sum::<usize>();
    let before = answers();
    sign_in_with(&pair.two.driver, pair.server.token().into()).await.unwrap();
    peer.ask().await;
    JsFuture::from(turn()).await.unwrap();
    assert_eq!((answers(), pair.one.status()), (before, Some(Status::Closed)));
    pair.close();
}

/// Without `shares_token`: no token passes, in whatever form.
fn keeps_its_tokens(peer: &Peer, tokens: &[String]) {
    assert_eq!(peer.count("token"), 0);
    let heard = peer.text();
    for token in tokens {
        let claims = token.split('.').nth(1).unwrap();
        assert!(!heard.contains(claims) && !heard.contains(&**token), "a token passed: {heard}");
    }
}

/// Has a session that keeps its tokens begin, renew and end in one tab: the other one follows with refreshes of its
/// own, of which there are `refreshes` per sign-in.
pub(crate) async fn follows_without_a_token(name: &str) {
    let peer = Peer::of(name);
    let config = Config { restore: false, shares_token: false, ..Config::default() };
    let pair = Pair::ended(name, config).await;
    pair.sign_in("alice").await;
    let mut tokens = vec![pair.one.token_in_hand().unwrap()];
    until("the second is active", || pair.two.token_in_hand().is_some()).await;
    assert!(shown(&pair.two).unwrap().2);
    tokens.push(pair.two.token_in_hand().unwrap());
    for _ in 0..200 {
        JsFuture::from(turn()).await.unwrap();
    }
    assert_eq!(pair.refreshes(), 1);
    // Its own token, and nothing that another tab hands over.
    let offer = offer_of(&altered(&message("token"), &format!(r#"{{"from":"{ASKING}"}}"#)), "alice", 0.0);
    let epoch = shown(&pair.two).unwrap().0.to_hex();
    peer.say(&altered(&offer, &format!(r#"{{"epoch":"{epoch}"}}"#)));
    peer.ask().await;
    assert_eq!(pair.two.token_in_hand().as_ref(), tokens.last());
    pair.one.driver.renew().await.unwrap();
    tokens.push(pair.one.token_in_hand().unwrap());
    pair.one.driver.sign_out().await.unwrap();
    until("the second is over", || ended(&pair.two, EndReason::SignedOut, true)).await;
    assert_eq!(pair.refreshes(), 2);
    keeps_its_tokens(&peer, &tokens);
    pair.close();
}
