//! What localStorage holds, as it is written: the entries of each name's session, and those of the cookie.

use silent_session::session::{
    AttemptId, Companion, EpochId, Event, InFlightList, Note, PendingSignOut, RefreshMarker, RefreshReply,
    SessionEntry, Spent, Stored,
};

use super::browser::World;
use super::deploy::{Entry, Name, Version};
use super::lock::LockManager;
use super::network::Arrival;
use super::tab::TabId;

#[derive(Debug, Default)]
pub struct Storage {
    /// It is blocked: nothing is kept, nobody hears of it.
    pub blocked: bool,
    named: [Named; Name::MOST],
    marker: Option<String>,
    answered: Option<String>,
    in_flight: Option<String>,
    spent: Option<String>,
}

/// The entries of the sessions of one name.
#[derive(Debug, Default)]
struct Named {
    company: bool,
    session: Option<String>,
    sign_out: Option<String>,
}

/// The words of an entry that this version sees, if it can read it.
fn seen(entry: &Option<String>, kind: Entry, version: Version) -> Option<String> {
    let text = entry.as_ref().filter(|text| version.can_read(kind, text))?;
    Some(version.cut(kind, text.clone()))
}

impl Storage {
    /// An empty one that is blocked as this one is.
    fn cleared(&self) -> Self {
        Self { blocked: self.blocked, ..Self::default() }
    }

    fn named(&self, name: Name) -> &Named {
        &self.named[name.0]
    }

    fn named_mut(&mut self, name: Name) -> &mut Named {
        &mut self.named[name.0]
    }

    /// Writes it, unless it is blocked.
    fn set(&mut self, entry: impl FnOnce(&mut Self) -> &mut Option<String>, text: String) {
        if !self.blocked {
            *entry(self) = Some(text);
        }
    }
}

impl World {
    /// What a page of the newest version and the first name finds there.
    pub fn stored(&self) -> Stored {
        self.stored_of(Name::default(), Version::Newest)
    }

    /// What a page finds there.
    pub fn stored_of(&self, name: Name, version: Version) -> Stored {
        let companion = self.companion().filter(|_| version > Version::First);
        if self.storage.blocked {
            return Stored { company: true, companion, ..Stored::default() };
        }
        let Named { company, session, sign_out } = self.storage.named(name);
        Stored {
            is_kept: true,
            company: *company,
            session: seen(session, Entry::Session, version).and_then(|text| SessionEntry::from_entry(&text)),
            marker: seen(&self.storage.marker, Entry::Marker, version)
                .and_then(|text| RefreshMarker::from_entry(&text)),
            marked: self.storage.marker.as_deref().and_then(RefreshMarker::attempt_of_entry),
            sign_out: seen(sign_out, Entry::SignOut, version)
                .and_then(|text| PendingSignOut::from_entry(&text)),
            answered: seen(&self.storage.answered, Entry::Answered, version)
                .and_then(|text| RefreshReply::from_entry(&text)),
            companion,
            in_flight: self.in_flight(version),
            spent: self.spent(version),
        }
    }

    fn in_flight(&self, version: Version) -> InFlightList {
        let list = seen(&self.storage.in_flight, Entry::InFlight, version);
        list.map(|text| InFlightList::from_entry(&text)).unwrap_or_default()
    }

    fn spent(&self, version: Version) -> Spent {
        let spent = seen(&self.storage.spent, Entry::Spent, version);
        spent.map(|text| Spent::from_entry(&text)).unwrap_or_default()
    }

    pub(super) fn expect_company(&mut self, name: Name, company: bool) {
        self.storage.named_mut(name).company = company;
    }

    /// The readable cookie beside the refresh cookie, where the server has one.
    fn companion(&self) -> Option<Companion> {
        let cookie = self.cookie.filter(|_| self.server.has_companion)?;
        Some(Companion::of(&format!("{} {}", cookie.family, cookie.serial)))
    }

    /// Another script has written these entries; the page hears of the first as of any.
    pub fn forge_entries(&mut self, stored: Stored) {
        let attempt = AttemptId::draw(&mut self.seed);
        let Storage { named: [named, ..], marker, answered, in_flight, spent, .. } = &mut self.storage;
        let forge = |entry: &mut Option<String>, forged: Option<String>| *entry = forged.or(entry.take());
        forge(&mut named.session, stored.session.map(SessionEntry::to_entry));
        forge(&mut named.sign_out, stored.sign_out.map(PendingSignOut::to_entry));
        forge(marker, stored.marker.map(|marker| marker.to_entry(attempt)));
        forge(answered, stored.answered.map(RefreshReply::to_entry));
        forge(in_flight, stored.in_flight.iter().next().map(|_| stored.in_flight.to_entry()));
        forge(spent, Some(stored.spent).filter(|spent| *spent != Spent::default()).map(Spent::to_entry));
        for index in 0..self.tabs.len() {
            self.happen(TabId(index), Event::StorageChanged);
        }
    }

    /// The user clears the site's data.
    pub fn clear_storage(&mut self) {
        self.storage = self.storage.cleared();
        self.later_locks.push(LockManager::default());
        for index in 0..self.tabs.len() {
            self.happen(TabId(index), Event::StorageCleared);
        }
    }

    /// A reply of the server clears the site's storage (`Clear-Site-Data`); no page hears of it.
    pub fn clear_storage_unheard(&mut self) {
        self.storage = self.storage.cleared();
    }

    /// Pages from before and after have two locks by one name.
    pub fn is_lock_split(&self) -> bool {
        !self.later_locks.is_empty()
    }

    /// Storage is blocked from now on.
    pub fn block_storage(&mut self) {
        self.storage = Storage { blocked: true, ..Storage::default() };
    }

    pub(super) fn remember(&mut self, tab: TabId, remembered: SessionEntry) {
        let Deployed { name, version } = self.deployed(tab);
        if matches!(remembered, SessionEntry::Over { reason, .. } if !version.knows_reason(reason)) {
            return;
        }
        let kept = seen(&self.storage.named(name).session, Entry::Session, version)
            .and_then(|text| SessionEntry::from_entry(&text));
        let kept = kept.map(|kept| kept.epoch());
        if self.storage.blocked || remembered.epoch().is_outdone_by(kept, self.moment().wall_ms()) {
            return;
        }
        let text = version.cut(Entry::Session, remembered.to_entry());
        self.storage.set(|storage| &mut storage.named_mut(name).session, text);
        self.storage_changed(tab, |other| other == name);
    }

    /// The other pages whose sessions have such a name hear of it, some time later.
    fn storage_changed(&mut self, tab: TabId, concerns: impl Fn(Name) -> bool) {
        let mut others = self.siblings_of(tab);
        others.retain(|other| !self.tabs[other.0].is_worker && concerns(self.tabs[other.0].deploy.name));
        for other in others {
            let delay = self.some_delay();
            self.later(delay, Arrival::StorageEvent { tab: other });
        }
    }

    pub(super) fn remember_sign_out(&mut self, tab: TabId, pending: PendingSignOut) {
        let Deployed { name, version } = self.deployed(tab);
        let kept = self.kept_sign_out(name, version).map(|kept| kept.until);
        // The first versions write it over whatever there is.
        if version == Version::Newest && pending.until.is_outdone_by(kept, self.moment().wall_ms()) {
            return;
        }
        let text = version.cut(Entry::SignOut, pending.to_entry());
        self.storage.set(|storage| &mut storage.named_mut(name).sign_out, text);
    }

    fn kept_sign_out(&self, name: Name, version: Version) -> Option<PendingSignOut> {
        let text = seen(&self.storage.named(name).sign_out, Entry::SignOut, version)?;
        PendingSignOut::from_entry(&text)
    }

    pub(super) fn forget_sign_out(&mut self, tab: TabId, until: EpochId) {
        let Deployed { name, version } = self.deployed(tab);
        if self.kept_sign_out(name, version).is_none_or(|kept| kept.until <= until) {
            self.storage.named_mut(name).sign_out = None;
        }
    }

    /// Writes down what is to be noted of a refresh, as far as the version of the tab knows of it.
    pub(super) fn note(&mut self, tab: TabId, note: Note) {
        if self.storage.blocked {
            return;
        }
        let version = self.deployed(tab).version;
        let before = self.stored_in(tab);
        let mut after = before;
        after.note(note);
        if (after.marked, after.marker) != (before.marked, before.marker) {
            let marker = after.marker().map(|(attempt, marker)| marker.to_entry(attempt));
            self.storage.marker = marker.map(|text| version.cut(Entry::Marker, text));
        }
        if after.answered != before.answered {
            let answered = after.answered.map(RefreshReply::to_entry);
            self.storage.answered = answered.map(|text| version.cut(Entry::Answered, text));
        }
        if after.spent != before.spent && version == Version::Newest {
            self.storage.spent = (after.spent != Spent::default()).then(|| after.spent.to_entry());
        }
        if after.in_flight != before.in_flight && version == Version::Newest {
            self.storage.in_flight = Some(after.in_flight.to_entry());
            self.storage_changed(tab, |_| true);
        }
    }

    /// What a tab finds when it hears of an event, however long that waited.
    pub(super) fn found_by(&self, tab: TabId) -> Stored {
        if self.tabs[tab.0].is_worker {
            Stored { company: true, ..Stored::default() }
        } else {
            self.stored_in(tab)
        }
    }

    /// What the page of this tab finds there.
    pub fn stored_in(&self, tab: TabId) -> Stored {
        let Deployed { name, version } = self.deployed(tab);
        self.stored_of(name, version)
    }

    fn deployed(&self, tab: TabId) -> Deployed {
        let deploy = &self.tabs[tab.0].deploy;
        Deployed { name: deploy.name, version: deploy.version }
    }
}

/// Whose entries a tab reads and writes, and how much of them.
struct Deployed {
    name: Name,
    version: Version,
}
