//! Whose a token is, as one tab tells another that cannot ask the app: held to `messages-v2.json`, in a page and in a
//! dedicated worker alike.

use js_sys::{Function, JSON};
use silent_session::browser::{Identity, sign_in_with};
use silent_session::session::{Config, Grant, Status, Subject};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::fake::{FakeServer, Page, settings, until};
use super::others::{Peer, altered, form, jwt, message, message_2, messages_2, text};

/// A session that is over until a sign-in. The app tells whose a token is: by the `user` of the answer.
fn ended(name: &str) -> Page {
    let server = FakeServer::new();
    let mut settings = settings(name, &server, Config { restore: false, ..Config::default() });
    settings.identity = Identity::ToldBy(Function::new_with_args("token, answer", "return answer?.user"));
    Page::open(settings, server)
}

async fn sign_in(page: &Page, token: &str, user: &str) {
    let answer = format!(r#"{{"access_token":"{token}","expires_in":900,"user":{user}}}"#);
    sign_in_with(&page.driver, JSON::parse(&answer).unwrap()).await.unwrap();
}

fn grant(page: &Page) -> Option<Grant> {
    match page.status() {
        Some(Status::Active { grant, .. }) => Some(grant),
        _ => None,
    }
}

/// A token that was handed over, as a tab that has no function takes it.
async fn taken(name: &str, said: &JsValue) -> Grant {
    let peer = Peer::of(name);
    let page = Page::start(name, FakeServer::new(), Config { restore: false, ..Config::default() });
    peer.say(said);
    until("the token is taken", || grant(&page).is_some()).await;
    assert_eq!(page.server.count(""), 0);
    let taken = grant(&page).unwrap();
    page.driver.close();
    taken
}

#[wasm_bindgen_test]
async fn whose_it_is_goes_along_with_a_token_that_does_not_say_so() {
    let (peer, page) = (Peer::of("says-whose-it-is"), ended("says-whose-it-is"));
    sign_in(&page, "opaque", r#""user 7""#).await;
    assert_eq!(form(&peer.hears("token").await), form(&message_2("token, and whose it is")));
    page.driver.close();
}

#[wasm_bindgen_test]
async fn it_does_not_go_along_where_the_token_says_the_same_or_nobody_knows() {
    let alice = jwt(r#"{"sub":"alice"}"#);
    for (name, token, user) in [("says-the-same", &*alice, r#""alice""#), ("says-nothing", "opaque", "null")]
    {
        let (peer, page) = (Peer::of(name), ended(name));
        sign_in(&page, token, user).await;
        assert_eq!(form(&peer.hears("token").await), form(&message("token")), "{name}");
        page.driver.close();
    }
}

// Scenario 78.
#[wasm_bindgen_test]
async fn it_is_believed_of_a_token_that_says_something_else() {
    let (peer, page) = (Peer::of("says-otherwise"), ended("says-otherwise"));
    sign_in(&page, &jwt(r#"{"sub":"alice"}"#), r#""user 7""#).await;
    let said = peer.hears("token").await;
    assert_eq!(text(&said, "identity"), "user 7");
    page.driver.close();
    // A tab that restores nothing follows the sign-ins after its start.
    let later = text(&message("token"), "epoch");
    let said = altered(&said, &format!(r#"{{"epoch":"{later}"}}"#));
    assert_eq!(taken("hears-otherwise", &said).await.subject, Some(Subject::new("user 7", None)));
}

#[wasm_bindgen_test]
async fn a_tab_that_cannot_ask_the_app_takes_it_from_the_message() {
    let grant = taken("hears-whose", &message_2("token, and whose it is")).await;
    assert_eq!((grant.token.reveal(), grant.subject), ("opaque", Some(Subject::new("user 7", None))));
}

#[wasm_bindgen_test]
async fn what_is_no_text_is_not_believed_and_the_token_is_taken() {
    for (index, spoiled) in ["null", "7", "true", "[]", "{}", r#"["user 7"]"#].into_iter().enumerate() {
        let members = format!(r#"{{"identity":{spoiled}}}"#);
        let name = format!("hears-nothing-{index}");
        let opaque = taken(&name, &altered(&message_2("token, and whose it is"), &members)).await;
        assert_eq!((opaque.token.reveal(), opaque.subject), ("opaque", None), "{spoiled}");
        let jwt = taken(&format!("{name}-jwt"), &altered(&message("token"), &members)).await;
        assert_eq!(jwt.subject, Some(Subject::new("alice", None)), "{spoiled}");
    }
}

#[wasm_bindgen_test]
async fn the_fixture_of_the_second_version_has_every_kind() {
    let kinds: std::collections::BTreeSet<String> =
        js_sys::Object::values(&messages_2()).iter().map(|message| text(&message, "kind")).collect();
    assert!(kinds.iter().eq(["coming", "token", "want"]), "{kinds:?}");
}
