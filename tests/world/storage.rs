//! What localStorage holds: the session, the marker of a refresh that is on the wire, whether there is company.

use silent_session::session::{
    Answered, AttemptId, Companion, EpochId, Event, InFlight, InFlightList, Memo, PendingSignOut, Remembered,
    Standing, Unsettled,
};

use super::browser::World;
use super::lock::LockManager;
use super::network::Arrival;
use super::tab::TabId;

#[derive(Debug, Default)]
pub struct Storage {
    /// It is blocked: nothing is kept, nobody hears of it.
    pub blocked: bool,
    pub company: bool,
    session: Option<Remembered>,
    sign_out: Option<PendingSignOut>,
    /// Which attempt, and what is known of it.
    marker: Option<(AttemptId, Unsettled)>,
    answered: Option<Answered>,
    in_flight: InFlightList,
}

impl World {
    /// What a page finds there.
    pub fn memo(&self) -> Memo {
        if self.storage.blocked {
            return Memo { companion: self.companion(), ..Memo::default() };
        }
        Memo {
            is_kept: true,
            session: self.storage.session,
            unsettled: self.storage.marker.map(|(_, unsettled)| unsettled),
            sign_out: self.storage.sign_out,
            answered: self.storage.answered,
            companion: self.companion(),
            in_flight: self.storage.in_flight,
        }
    }

    /// The readable cookie beside the refresh cookie, where the server has one.
    fn companion(&self) -> Option<Companion> {
        let cookie = self.cookie.filter(|_| self.server.has_companion)?;
        Some(Companion::of(&format!("{} {}", cookie.family, cookie.serial)))
    }

    /// Another script has written these entries; the page hears of the first as of any.
    pub fn forge_entries(&mut self, memo: Memo) {
        let attempt = AttemptId::draw(&mut self.seed);
        self.storage.session = memo.session.or(self.storage.session);
        self.storage.sign_out = memo.sign_out.or(self.storage.sign_out);
        self.storage.marker = memo.unsettled.map(|unsettled| (attempt, unsettled)).or(self.storage.marker);
        self.storage.answered = memo.answered.or(self.storage.answered);
        if memo.in_flight.iter().next().is_some() {
            self.storage.in_flight = memo.in_flight;
        }
        for index in 0..self.tabs.len() {
            self.happen(TabId(index), Event::Recalled { memo: Memo::default() });
        }
    }

    /// The user clears the site's data.
    pub fn clear_storage(&mut self) {
        self.storage = Storage { blocked: self.storage.blocked, ..Storage::default() };
        self.later_locks.push(LockManager::default());
        for index in 0..self.tabs.len() {
            self.happen(TabId(index), Event::StorageCleared);
        }
    }

    /// A reply of the server clears the site's storage (`Clear-Site-Data`); no page hears of it.
    pub fn clear_storage_unheard(&mut self) {
        self.storage = Storage { blocked: self.storage.blocked, ..Storage::default() };
    }

    /// Pages from before and after have two locks by one name.
    pub fn is_lock_split(&self) -> bool {
        !self.later_locks.is_empty()
    }

    /// Storage is blocked from now on.
    pub fn block_storage(&mut self) {
        self.storage = Storage { blocked: true, company: true, ..Storage::default() };
    }

    pub(super) fn remember(&mut self, tab: TabId, remembered: Remembered) {
        let is_outdone = remembered.is_outdone_by(self.storage.session, self.moment().wall_ms());
        if self.storage.blocked || is_outdone {
            return;
        }
        self.storage.session = Some(remembered);
        self.storage_changed(tab);
    }

    /// The other pages hear of it, some time later.
    fn storage_changed(&mut self, tab: TabId) {
        let mut others = self.siblings_of(tab);
        others.retain(|other| !self.tabs[other.0].is_worker);
        for other in others {
            let delay = self.some_delay();
            self.later(delay, Arrival::StorageEvent { tab: other });
        }
    }

    pub(super) fn remember_sign_out(&mut self, pending: PendingSignOut) {
        self.storage.sign_out = Some(pending).filter(|_| !self.storage.blocked);
    }

    pub(super) fn forget_sign_out(&mut self, until: EpochId) {
        self.storage.sign_out = self.storage.sign_out.filter(|kept| kept.until > until);
    }

    pub(super) fn mark(&mut self, attempt: AttemptId, unsettled: Unsettled) {
        if !self.storage.blocked {
            self.storage.marker = Some((attempt, unsettled));
        }
    }

    pub(super) fn remark(&mut self, attempt: AttemptId, unsettled: Unsettled) {
        let is_missing = self.storage.marker.is_none() && unsettled.standing == Standing::Astray;
        if is_missing || self.storage.marker.is_some_and(|(marked, _)| marked == attempt) {
            self.mark(attempt, unsettled);
        }
    }

    pub(super) fn note_answered(&mut self, answered: Answered) {
        self.storage.answered = Some(answered).filter(|_| !self.storage.blocked);
    }

    pub(super) fn list_in_flight(&mut self, in_flight: InFlight) {
        if !self.storage.blocked {
            self.storage.in_flight = self.storage.in_flight.with(in_flight);
        }
    }

    pub(super) fn unlist_in_flight(&mut self, tab: TabId, attempt: AttemptId) {
        let left = self.storage.in_flight.without(attempt);
        if std::mem::replace(&mut self.storage.in_flight, left) != left {
            self.storage_changed(tab);
        }
    }

    pub(super) fn unmark(&mut self, attempt: AttemptId) {
        self.storage.marker = self.storage.marker.filter(|(marked, _)| *marked != attempt);
    }

    /// What a page looks up, it looks up when it hears of the event, however long that waited.
    pub(super) fn as_read_now(&self, tab: TabId, mut event: Event) -> Event {
        let found = if self.tabs[tab.0].is_worker { Memo::default() } else { self.memo() };
        match &mut event {
            Event::LockGranted { memo, .. }
            | Event::LookedAgain { memo, .. }
            | Event::Recalled { memo }
            | Event::CameOnline { memo }
            | Event::Woken { memo, .. }
            | Event::CookieChanged { memo, .. }
            | Event::SignOutWanted { memo, .. }
            | Event::SignedIn { memo, .. }
            | Event::Seeded { memo, .. }
            | Event::LoginSettled { memo, .. } => *memo = found,
            Event::RefreshSettled { memo, outcome, .. } => {
                *memo = found;
                if let Ok(grant) = outcome {
                    grant.received = self.moment();
                }
            }
            _ => {}
        }
        event
    }
}
