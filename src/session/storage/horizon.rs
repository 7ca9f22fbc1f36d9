//! The latest date that is believed: a year after the latest that this page's clock has shown.
//!
//! Stored entries and messages may be forged, broken, or from a page whose clock was wrong. A
//! session can only begin after every one that is known to be over. So an end that is dated in the
//! far future would lock the user out forever. Such an entry counts as absent. An earlier date
//! locks no user out, because the next session is dated later.

use crate::session::id::EpochId;
use crate::session::storage::stored::Stored;
use crate::session::tabs::message::PeerMessage;

/// A year, in milliseconds.
const YEAR: i64 = 366 * 86_400_000;

/// The latest date that is believed, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Horizon(i64);

impl Horizon {
    /// Returns the horizon a year after this date (milliseconds since 1970).
    pub(crate) fn after(wall_ms: i64) -> Self {
        // No id of a session is dated before 1970.
        Self(wall_ms.max(0).saturating_add(YEAR))
    }

    /// Returns the later of two.
    pub(crate) fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }

    /// Whether the id of a session is believed.
    pub(crate) fn admits(self, epoch: EpochId) -> bool {
        !epoch.is_after(self.0.saturating_add(1))
    }

    fn admits_date(self, wall_ms: i64) -> bool {
        wall_ms <= self.0
    }

    /// Returns the stored entries without those that are dated later.
    pub(crate) fn believed(self, mut stored: Stored) -> Stored {
        stored.session.take_if(|remembered| !self.admits(remembered.epoch()));
        stored.marker.take_if(|marker| {
            let dates =
                [marker.sent, marker.first, marker.stray_since.unwrap_or(0), marker.gone.unwrap_or(0)];
            !marker.under.is_none_or(|session| self.admits(session))
                || !dates.iter().all(|date| self.admits_date(*date))
        });
        stored.sign_out.take_if(|pending| {
            let session = pending.session.is_none_or(|begun| self.admits(begun.epoch));
            !(session && self.admits(pending.until) && self.admits_date(pending.asked))
        });
        stored.answered.take_if(|answered| !self.admits_date(answered.at));
        stored
    }

    /// Whether the dates of a message are believed.
    pub(crate) fn believes(self, message: &PeerMessage) -> bool {
        match message {
            PeerMessage::Offered(offer) => self.admits(offer.epoch) && self.admits_date(offer.sent),
            PeerMessage::Began(begun) => self.admits(begun.epoch),
            PeerMessage::Over { until, .. } => self.admits(*until),
            PeerMessage::Wanted { epoch, .. } => epoch.is_none_or(|epoch| self.admits(epoch)),
            PeerMessage::Noted(noted) => self.admits_date(noted.sent),
            PeerMessage::Hello | PeerMessage::Here | PeerMessage::Coming | PeerMessage::Bye => true,
        }
    }
}

impl EpochId {
    /// Whether the stored entry up to `kept` stays when one up to this id is to be written: it is
    /// later, and it is believed.
    pub fn is_outdone_by(self, kept: Option<Self>, wall_ms: i64) -> bool {
        kept.is_some_and(|kept| kept > self && Horizon::after(wall_ms).admits(kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::time::Millis;
    use crate::session::{
        AccessToken, AttemptId, EndReason, Fingerprint, Noted, Offer, PendingSignOut, RefreshMarker,
        RefreshReply, SessionEntry,
    };

    #[test]
    fn an_epoch_is_admitted_for_a_year() {
        let now = 1_700_000_000_000;
        let epoch = |wall_ms| EpochId::draw(&mut || u64::MAX, wall_ms, None);
        for (ahead, is_admitted) in [(i64::MIN / 2, true), (0, true), (YEAR, true), (YEAR + 1, false)] {
            assert_eq!(Horizon::after(now).admits(epoch(now + ahead)), is_admitted, "{ahead}");
        }
        assert!(!Horizon::after(now).admits(EpochId::last(i64::MAX, None)));
        assert!(Horizon::after(i64::MIN).admits(epoch(YEAR)) && !Horizon::after(i64::MIN).admits(epoch(now)));
        assert!(Horizon::after(i64::MAX).admits(EpochId::last(i64::MAX, None)));
    }
    const NOW: i64 = 1_700_000_000_000;

    fn epoch(wall_ms: i64) -> EpochId {
        EpochId::draw(&mut || 7, wall_ms, None)
    }

    #[test]
    fn what_is_stored_stays_where_it_is_later_and_believed() {
        for (kept, stays) in
            [(NOW - 1, false), (NOW, false), (NOW + 1, true), (NOW + YEAR, true), (NOW + YEAR + 1, false)]
        {
            assert_eq!(epoch(NOW).is_outdone_by(Some(epoch(kept)), NOW), stays, "{}", kept - NOW);
        }
        assert!(!epoch(NOW).is_outdone_by(None, NOW));
    }

    /// Returns entries whose dates are all the latest that are believed.
    fn stored() -> Stored {
        let latest = NOW + YEAR;
        let begun = Fingerprint { epoch: epoch(latest), subject: None, person: None };
        Stored {
            session: Some(SessionEntry::Begun(begun)),
            marker: Some(RefreshMarker {
                gone: Some(latest),
                under: Some(epoch(latest)),
                ..RefreshMarker::stray(AttemptId::draw(&mut || 7), latest)
            }),
            sign_out: Some(PendingSignOut {
                until: epoch(latest),
                session: Some(begun),
                asked: latest,
                tries: 0,
                not_before: None,
            }),
            answered: Some(RefreshReply::after(None, latest, Millis::ZERO, false)),
            ..Stored::default()
        }
    }

    #[test]
    fn an_entry_with_a_date_that_is_not_believed_is_absent_and_the_others_stay() {
        let late = NOW + YEAR + 1;
        let horizon = Horizon::after(NOW);
        assert_eq!(horizon.believed(stored()), stored());
        let stays = |stored: Stored| {
            let believed = horizon.believed(stored);
            [
                believed.session.is_some(),
                believed.marker.is_some(),
                believed.sign_out.is_some(),
                believed.answered.is_some(),
            ]
        };
        let begun = Fingerprint { epoch: epoch(late), subject: None, person: None };
        for session in [
            SessionEntry::Begun(begun),
            SessionEntry::Over { until: epoch(late), reason: EndReason::Rejected },
        ] {
            let stored = Stored { session: Some(session), ..stored() };
            assert_eq!(stays(stored), [false, true, true, true], "{session:?}");
        }
        let marker = stored().marker.unwrap();
        for marker in [
            RefreshMarker { sent: late, ..marker },
            RefreshMarker { first: late, ..marker },
            RefreshMarker { stray_since: Some(late), ..marker },
            RefreshMarker { gone: Some(late), ..marker },
            RefreshMarker { under: Some(epoch(late)), ..marker },
        ] {
            let stored = Stored { marker: Some(marker), ..stored() };
            assert_eq!(stays(stored), [true, false, true, true], "{marker:?}");
        }
        let pending = stored().sign_out.unwrap();
        for pending in [
            PendingSignOut { until: epoch(late), ..pending },
            PendingSignOut { session: Some(begun), ..pending },
            PendingSignOut { asked: late, ..pending },
        ] {
            let stored = Stored { sign_out: Some(pending), ..stored() };
            assert_eq!(stays(stored), [true, true, false, true], "{pending:?}");
        }
        let answered = RefreshReply::after(None, late, Millis::ZERO, false);
        assert_eq!(stays(Stored { answered: Some(answered), ..stored() }), [true, true, true, false]);
    }

    #[test]
    fn a_message_with_a_date_that_is_not_believed_is_not_heard() {
        let offer = |began, sent| {
            PeerMessage::Offered(Offer {
                epoch: epoch(began),
                token: AccessToken::new("t"),
                subject: None,
                lifetime: None,
                age: Millis::ZERO,
                sent,
            })
        };
        let noted =
            |sent| PeerMessage::Noted(Noted { is_kept: true, is_whole: true, sent, notes: Vec::new() });
        let said = |ahead: i64| {
            let (now, ahead) = (NOW, NOW + ahead);
            let begun = Fingerprint { epoch: epoch(ahead), subject: None, person: None };
            [
                offer(ahead, now),
                offer(now, ahead),
                PeerMessage::Began(begun),
                PeerMessage::Over { until: epoch(ahead), reason: EndReason::SignedOut },
                PeerMessage::Wanted { epoch: Some(epoch(ahead)), age: Millis::ZERO },
                noted(ahead),
            ]
        };
        for (ahead, is_heard) in [(0, true), (YEAR, true), (YEAR + 1, false)] {
            for message in said(ahead) {
                assert_eq!(Horizon::after(NOW).believes(&message), is_heard, "{ahead}: {message:?}");
            }
        }
        let undated = [
            PeerMessage::Hello,
            PeerMessage::Here,
            PeerMessage::Coming,
            PeerMessage::Bye,
            PeerMessage::Wanted { epoch: None, age: Millis::ZERO },
        ];
        assert!(undated.iter().all(|message| Horizon::after(NOW).believes(message)));
    }
}
