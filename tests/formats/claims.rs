//! Whose token it is, by its claims.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use silent_session::format::{Record as _, Value, claims_of, subject_in};
use silent_session::session::Subject;

use super::json::JsonObject;

/// A JWT with these claims. Its signature is none: nobody looks at it here.
pub(super) fn jwt(claims: &str) -> String {
    ["eyJhbGciOiJub25lIn0.", &URL_SAFE_NO_PAD.encode(claims), ".c2ln"].concat()
}

fn subject(claims: &str, claim: &str) -> Option<Subject> {
    subject_in(&claims_of::<JsonObject>(&jwt(claims))?, claim)
}

#[test]
fn the_claims_of_a_token_are_read() {
    let claims: JsonObject = claims_of(&jwt(r#"{"sub":"alice","exp":1700000900}"#)).unwrap();
    assert_eq!(claims.member("sub"), Value::Text("alice".into()));
    assert_eq!(claims.member("exp"), Value::Number(1_700_000_900.0));
    for opaque in ["", "opaque", "a.b", "a.b.c", &jwt("[]"), &jwt(r#""alice""#), &jwt("{")] {
        assert!(claims_of::<JsonObject>(opaque).is_none(), "{opaque}");
    }
}

#[test]
fn a_token_is_of_the_person_whom_its_claim_names() {
    for (claims, claim, expected) in [
        (r#"{"sub":"alice"}"#, "sub", Some(("alice", None))),
        (r#"{"sub":"alice","sid":"s1"}"#, "sub", Some(("alice", Some("s1")))),
        // Servers of some languages write ids as numbers.
        (r#"{"user_id":7}"#, "user_id", Some(("7", None))),
        (r#"{"user":{"id":"7"}}"#, "user.id", Some(("7", None))),
        (r#"{"a":{"b":{"c":"7"}}}"#, "a.b.c", Some(("7", None))),
        // A claim whose own name has dots comes first.
        (r#"{"a.b":"whole","a":{"b":"within"}}"#, "a.b", Some(("whole", None))),
        (r#"{"sub":null}"#, "sub", None),
        (r#"{"sub":{"id":"7"}}"#, "sub", None),
        (r#"{"sub":"alice"}"#, "user_id", None),
        (r#"{"sub":"alice"}"#, "user.sub", None),
    ] {
        let expected = expected.map(|(person, sid)| Subject::new(person, sid));
        assert_eq!(subject(claims, claim), expected, "{claims}: {claim}");
    }
}
