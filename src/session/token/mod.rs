//! The access token, and its properties.

pub(crate) mod current_token;
pub(crate) mod lifetime_cap;

use std::fmt;
use std::rc::Rc;

use crate::session::config::TRAVEL_TIME;
use crate::session::digest::fnv1a;
use crate::session::id::{EpochId, Generation};
use crate::session::time::{Deadline, Millis, Moment};

/// An access token (RFC 6749, section 1.4). It is a secret: it prints `[redacted]`, and cannot be
/// displayed or serialized.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(Rc<str>);

impl AccessToken {
    /// Wraps a token as the server wrote it.
    pub fn new(token: &str) -> Self {
        Self(token.into())
    }

    /// Returns the token itself. It is for a request only, and never for a log or a URL.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The owner of a token: a person, and the `sid` of the token if the server sets one.
///
/// The person alone tells sessions apart. Some servers write another `sid` into every token, so
/// `sid` is only a hint. It prints `[redacted]`, because servers use e-mail addresses here.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject {
    /// The person, and `sid` on a second line.
    text: Rc<str>,
    /// The length of the person's part, in bytes.
    person: usize,
}

impl Subject {
    /// Creates an owner from the person (`sub`, RFC 7519, section 4.1.2, or an equivalent) and
    /// `sid`.
    pub fn new(person: &str, sid: Option<&str>) -> Self {
        let text = match sid {
            Some(sid) => (person.to_owned() + "\n" + sid).into(),
            None => person.into(),
        };
        Self { text, person: person.len() }
    }

    /// Reads the text of [`Subject::reveal`]. `person` is the text of [`Subject::person`], if that
    /// is known.
    pub(crate) fn read(text: &str, person: Option<&str>) -> Self {
        let end = text.bytes().position(|byte| byte == b'\n').unwrap_or(text.len());
        let first_line = text.get(..end).unwrap_or_default();
        let person = person.filter(|person| text.starts_with(person)).unwrap_or(first_line);
        Self { text: text.into(), person: person.len() }
    }

    /// Returns the person, and `sid` on a second line.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// Returns the person alone.
    pub fn person(&self) -> &str {
        self.text.get(..self.person).unwrap_or_default()
    }

    /// Returns a digest of person and `sid`: FNV-1a of the session's id and both. It recognises
    /// them, and hides nothing: a reader who also has the id can test guesses.
    pub fn digest(&self, epoch: EpochId) -> u64 {
        fnv1a(epoch.digest(), self.text.as_bytes())
    }

    /// Returns a digest of the person alone.
    pub fn person_digest(&self, epoch: EpochId) -> u64 {
        fnv1a(epoch.digest(), self.person().as_bytes())
    }
}

/// Whether two tokens belong to the same person, as far as is known.
pub(crate) fn is_same_person(one: Option<&Subject>, other: Option<&Subject>) -> bool {
    one.map(Subject::person) == other.map(Subject::person)
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A token, with the moment when it was received and its lifetime from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The token.
    pub token: AccessToken,
    /// The moment when the response that contains it was received.
    pub received: Moment,
    /// The lifetime from then on; `None` if the server did not state it.
    pub lifetime: Option<Millis>,
    /// The owner; `None` for an opaque token.
    pub subject: Option<Subject>,
}

impl Grant {
    /// Returns when it expires; `None` if the server did not state the lifetime.
    pub fn expiry(&self) -> Option<Deadline> {
        self.lifetime.map(|lifetime| Deadline::new(self.received, lifetime))
    }

    /// Whether it will still be valid on arrival, and for `min_validity` at least.
    pub(crate) fn lasts(&self, now: Moment, min_validity: Millis) -> bool {
        let Some((expiry, lifetime)) = self.expiry().zip(self.lifetime) else {
            return true;
        };
        expiry.remaining(now) > min_validity.max(TRAVEL_TIME.min(lifetime / 10))
    }
}

/// A token and its number. They tell a 401 for the current token from a 401 for an older one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The token.
    pub token: AccessToken,
    /// The session that it belongs to.
    pub epoch: EpochId,
    /// The sequence number of the token within the session.
    pub generation: Generation,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_print() {
        let grant = Grant {
            token: AccessToken::new("top-secret"),
            received: Moment::new(0, 0),
            lifetime: None,
            subject: Some(Subject::new("alice@example.com", Some("s1"))),
        };
        let printed = format!("{grant:?} {grant:#?}");
        assert!(!printed.contains("top-secret") && !printed.contains("alice"), "{printed}");
        assert_eq!(format!("{:?} {:?}", grant.token, grant.subject), "[redacted] Some([redacted])");
    }

    #[test]
    fn a_digest_tells_subjects_and_epochs_apart() {
        let (one, two) = (EpochId::draw(&mut || 1, 0, None), EpochId::draw(&mut || 2, 0, None));
        let alice = Subject::new("alice", None);
        assert_eq!(alice.digest(one), Subject::new("alice", None).digest(one));
        assert_ne!(alice.digest(one), alice.digest(two));
        assert_ne!(alice.digest(one), Subject::new("alice", Some("s1")).digest(one));
        assert_ne!(alice.digest(one), Subject::new("bob", None).digest(one));
    }

    #[test]
    fn a_person_is_the_same_whatever_sid_says() {
        let epoch = EpochId::draw(&mut || 1, 0, None);
        let alice = Subject::new("alice", None);
        for sid in ["s1", "s2", "", "a\nb"] {
            let other = Subject::new("alice", Some(sid));
            assert!(is_same_person(Some(&alice), Some(&other)), "{sid}");
            assert_eq!(alice.person_digest(epoch), other.person_digest(epoch), "{sid}");
        }
        for person in ["bob", "alic", "alice2", "alice\ns1", ""] {
            let other = Subject::new(person, None);
            assert!(!is_same_person(Some(&alice), Some(&other)), "{person}");
            assert_ne!(alice.person_digest(epoch), other.person_digest(epoch), "{person}");
        }
        assert!(!is_same_person(Some(&alice), None));
    }

    #[test]
    fn a_subject_is_read_as_it_was_written() {
        for (person, sid) in [("alice", None), ("alice", Some("s1")), ("a\nb", None), ("a\nb", Some("c"))] {
            let subject = Subject::new(person, sid);
            assert_eq!(Subject::read(subject.reveal(), Some(subject.person())), subject);
        }
        // An earlier version does not write where the person ends.
        assert_eq!(Subject::read("alice\ns1", None), Subject::new("alice", Some("s1")));
        assert_eq!(Subject::read("alice", Some("bob")), Subject::new("alice", None));
    }
}
