//! What tabs say to each other, held to what each version of the library has said.

use serde_json::{Map, Value as Json};
use silent_session::format::{Record as _, Value, read_message, write_message};
use silent_session::session::{
    AttemptId, Budget, Charge, EndReason, EpochId, InFlight, MarkerState, Millis, Note, Noted, Offer,
    PeerMessage, RefreshMarker, Subject, TabId,
};

use super::claims::jwt;
use super::json::JsonObject;

const VERSIONS: [&str; 3] = [
    include_str!("../messages/messages-v1.json"),
    include_str!("../messages/messages-v2.json"),
    include_str!("../messages/messages-v3.json"),
];

/// All that any version has said, by what it is called in the files.
fn frozen() -> Vec<(String, Map<String, Json>)> {
    let messages = VERSIONS.iter().flat_map(|file| match serde_json::from_str(file).unwrap() {
        Json::Object(messages) => messages,
        other => panic!("{other}"),
    });
    messages
        .map(|(name, message)| match message {
            Json::Object(message) => (name, message),
            other => panic!("{other}"),
        })
        .collect()
}

fn one(name: &str) -> Map<String, Json> {
    frozen().into_iter().find(|(its, _)| its == name).unwrap_or_else(|| panic!("no {name}")).1
}

fn read(message: &Map<String, Json>) -> Option<PeerMessage> {
    let envelope = JsonObject::parse(&Json::Object(message.clone()).to_string()).unwrap();
    read_message(&envelope).map(|(from, message)| {
        // Only the first half counts. Version 0.1 draws both.
        assert_eq!(from.words(), [0x0f1e_2d3c_4b5a_6978; 2]);
        message
    })
}

/// A message with another member.
fn with(name: &str, member: &str, value: impl Into<Json>) -> Map<String, Json> {
    let mut message = one(name);
    message.insert(member.into(), value.into());
    message
}

fn epoch() -> EpochId {
    EpochId::parse("03bb2cc3d80000112233445566778899").unwrap()
}

fn offer(message: &Map<String, Json>) -> Option<Offer> {
    match read(message)? {
        PeerMessage::Offered(offer) => Some(offer),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_any_version_has_said_is_read_and_written_as_it_was() {
    for (name, message) in frozen() {
        let said = read(&message).unwrap_or_else(|| panic!("{name} is not read"));
        let from = TabId::parse("0f1e2d3c4b5a69788796a5b4c3d2e1f0").unwrap();
        let written = write_message::<JsonObject>(from, &said);
        assert_eq!(written.len(), message.len(), "{name}");
        let frozen = JsonObject::parse(&Json::Object(message).to_string()).unwrap();
        for (member, value) in written {
            // A tab writes only its own id, and its second half repeats the first now.
            let expected = match member {
                "from" => Value::Text("0f1e2d3c4b5a69780f1e2d3c4b5a6978".to_owned()),
                _ => frozen.member(member),
            };
            assert_eq!(value, expected, "{name}: {member}");
        }
    }
}

#[test]
fn each_version_has_an_example_of_each_kind_that_it_has_added() {
    let kinds = VERSIONS.map(|file| {
        let Json::Object(messages) = serde_json::from_str(file).unwrap() else { panic!("{file}") };
        let kinds = messages.values().map(|message| message["kind"].as_str().unwrap().to_owned());
        kinds.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
    });
    assert_eq!(kinds, ["began bye hello here over token", "coming token want", "noted"]);
}

#[test]
fn each_message_means_what_it_meant() {
    let until = epoch();
    let hour = Millis::from_secs(3_600);
    for (name, meaning) in [
        ("hello", PeerMessage::Hello),
        ("here", PeerMessage::Here),
        ("over, signed out", PeerMessage::Over { until, reason: EndReason::SignedOut }),
        ("over, rejected", PeerMessage::Over { until, reason: EndReason::Rejected }),
        ("bye", PeerMessage::Bye),
        ("want", PeerMessage::Wanted { epoch: Some(until), age: Millis::from_secs(840) }),
        ("want, nothing in hand", PeerMessage::Wanted { epoch: None, age: Millis::ZERO }),
        ("coming", PeerMessage::Coming),
    ] {
        assert_eq!(read(&one(name)), Some(meaning), "{name}");
    }
    let handed_over = offer(&with("token", "age", 3_600_000)).unwrap();
    assert_eq!((handed_over.epoch, handed_over.age), (until, hour));
    assert_eq!((handed_over.lifetime, handed_over.sent), (Some(hour / 4), 4_102_444_800_000));
    assert_eq!(handed_over.subject, Some(Subject::new("alice", None)));
    assert_eq!(Json::from(handed_over.token.reveal()), one("token")["token"]);
    assert_eq!(offer(&one("token, lifetime unknown")).unwrap().lifetime, None);
    let opaque = offer(&one("token, and whose it is")).unwrap();
    assert_eq!(opaque.subject, Some(Subject::new("user 7", None)));
    let digest = Subject::new("alice", None).digest(until);
    let begun = |name| match read(&one(name)) {
        Some(PeerMessage::Began(begun)) => (begun.epoch, begun.subject, begun.person),
        other => panic!("{other:?}"),
    };
    assert_eq!(begun("began"), (until, Some(digest), Some(digest)));
    assert_eq!(begun("began, subject unknown"), (until, None, None));
}

#[test]
fn what_is_noted_means_what_it_meant() {
    let id = AttemptId::parse("00112233445566778899aabbccddeeff").unwrap();
    let Some(PeerMessage::Noted(Noted { is_kept, is_whole, sent, notes })) = read(&one("noted")) else {
        panic!("not read")
    };
    assert_eq!((is_kept, is_whole, sent), (false, false, 1_700_000_000_000));
    let [
        Note::Mark { attempt, marker: RefreshMarker { state: MarkerState::InFlight, .. } },
        Note::List(listed),
        Note::Charged(Charge { budget: Budget::Idle, at: 1_700_000_000_000, ms: 200_000 }),
    ] = notes.as_slice()
    else {
        panic!("{notes:?}")
    };
    let InFlight { attempt: listed, .. } = listed;
    assert_eq!((*attempt, *listed), (id, id));
    for (member, value) in [("kept", 1), ("whole", 1)] {
        let Some(PeerMessage::Noted(noted)) = read(&with("noted", member, value)) else { panic!("{member}") };
        assert_eq!((noted.is_kept, noted.is_whole), (member == "kept", member == "whole"));
    }
}

#[test]
fn a_message_of_a_version_that_is_not_known_is_not_read() {
    for (name, message) in frozen() {
        let its = message["v"].as_f64().unwrap();
        for version in [0.0, its - 1.0, its + 1.0, -its] {
            assert_eq!(read(&with(&name, "v", version)), None, "{name}, version {version}");
        }
        assert_eq!(read(&with(&name, "v", its.to_string())), None, "{name}");
        assert_eq!(read(&with(&name, "kind", "of a later version")), None, "{name}");
        assert_eq!(read(&with(&name, "from", "nobody")), None, "{name}");
    }
}

#[test]
fn no_time_that_is_said_is_longer_than_a_hundred_years() {
    let century = Millis::from_secs(36_525 * 86_400);
    for long in [4e15, 1e300] {
        assert_eq!(offer(&with("token", "lifetime", long)).unwrap().lifetime, Some(century), "{long}");
        assert_eq!(offer(&with("token", "age", long)).unwrap().age, century, "{long}");
    }
    assert_eq!(offer(&with("token", "lifetime", 0)).unwrap().lifetime, Some(Millis::ZERO));
    for nonsense in [Json::from(-1), Json::from("900000"), Json::Null, Json::from(true)] {
        let lifetime = read(&with("token", "lifetime", nonsense.clone()));
        assert_eq!(lifetime.is_some(), nonsense.is_null(), "{nonsense}");
        assert_eq!(read(&with("token", "age", nonsense.clone())), None, "{nonsense}");
        assert_eq!(read(&with("token", "sent", nonsense.clone())), None, "{nonsense}");
        assert_eq!(read(&with("want", "age", nonsense.clone())), None, "{nonsense}");
    }
}

#[test]
fn what_no_header_can_carry_is_no_token() {
    let longest = "t".repeat(65_536);
    assert!(offer(&with("token", "token", longest.clone())).is_some());
    for token in [String::new(), "a b".into(), "a\r\nb".into(), "é".into(), longest + "t"] {
        assert_eq!(offer(&with("token", "token", token.clone())), None, "{} bytes", token.len());
    }
}

#[test]
fn whose_a_token_is_is_said_where_its_claims_do_not() {
    let from = TabId::parse("0f1e2d3c4b5a69788796a5b4c3d2e1f0").unwrap();
    for (token, subject, said) in [
        (jwt(r#"{"sub":"alice"}"#), Some(Subject::new("alice", None)), None),
        (jwt(r#"{"sub":"alice"}"#), Some(Subject::new("bob", None)), Some("bob")),
        (jwt(r#"{"email":"a@b"}"#), Some(Subject::new("a@b", None)), Some("a@b")),
        ("opaque".into(), Some(Subject::new("bob", None)), Some("bob")),
        ("opaque".into(), None, None),
    ] {
        let original = offer(&with("token", "token", token)).unwrap();
        let message = PeerMessage::Offered(Offer { subject, ..original });
        let written = JsonObject::new(write_message::<JsonObject>(from, &message));
        let identity = said.map_or(Value::Absent, |said| Value::Text(said.into()));
        assert_eq!(written.member("identity"), identity, "{message:?}");
        assert_eq!(read_message(&written), Some((from, message)));
    }
}
