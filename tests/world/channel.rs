//! What passes between tabs, and tabs that do not hear it.

use std::rc::Rc;

use silent_session::session::{Event, PeerMessage, Stored};

use super::browser::World;
use super::envelope::Envelope;
use super::network::Arrival;
use super::tab::{Tab, TabId};

/// The channel between the tabs. Good by default: each message is there after a moment.
#[derive(Debug, Default)]
pub struct Channel {
    /// How many of a hundred messages are lost.
    pub loss: u64,
    /// How many milliseconds a message takes at least.
    pub least: i64,
    /// Up to how many milliseconds more a message takes, each its own: later ones may overtake.
    pub delay: i64,
    /// Messages that were sent.
    pub sent: usize,
}

impl World {
    pub(super) fn siblings_of(&self, tab: TabId) -> Vec<TabId> {
        let others = (0..self.tabs.len()).map(TabId).filter(|other| *other != tab);
        others.filter(|other| self.tabs[other.0].alive).collect()
    }

    pub(super) fn some_delay(&mut self) -> i64 {
        let bound = u64::try_from(self.channel.delay).unwrap_or(0) + 1;
        self.channel.least + (self.seed.next() % bound) as i64
    }

    pub(super) fn tell(&mut self, tab: TabId, message: &PeerMessage) {
        self.channel.sent += 1;
        let Tab { session, deploy, prerenders: is_mute, .. } = &self.tabs[tab.0];
        let (from, name) = (session.tabs().0, deploy.name);
        let Some(envelope) = Envelope::write(deploy.version, from, message).filter(|_| !is_mute) else {
            return;
        };
        let envelope = Rc::new(envelope);
        for other in self.siblings_of(tab) {
            let Tab { deploy, prerenders: is_deaf, .. } = &self.tabs[other.0];
            if deploy.name != name || *is_deaf || self.seed.next() % 100 < self.channel.loss {
                continue;
            }
            let delay = self.some_delay();
            self.later(delay, Arrival::Message { tab: other, envelope: Rc::clone(&envelope) });
        }
    }

    /// A message is there, and is read if it can be. A page that is being prerendered has no channel yet.
    pub(super) fn hear(&mut self, tab: TabId, envelope: &Envelope) {
        if self.tabs[tab.0].prerenders {
            return;
        }
        if let Some((from, message)) = envelope.read(self.tabs[tab.0].deploy.version) {
            self.happen(tab, Event::PeerSpoke { from, message });
        }
    }

    /// Another script of the origin says something on the channel.
    pub fn say_as_stranger(&mut self, tab: TabId, message: PeerMessage) {
        let from = silent_session::session::TabId::draw(&mut self.seed);
        self.happen(tab, Event::PeerSpoke { from, message });
    }

    /// The tab runs no more, for now: what happens to it waits.
    pub fn freeze(&mut self, tab: TabId) {
        self.tabs[tab.0].frozen = true;
        self.tabs[tab.0].awake.freeze(self.now);
    }

    /// It runs again. It may be told so (`resume`, `pageshow`), or not (a debugger), and what the others said in the
    /// meantime may have waited, or be gone.
    pub fn thaw(&mut self, tab: TabId, is_told: bool, hears: bool) {
        if !std::mem::take(&mut self.tabs[tab.0].frozen) {
            return;
        }
        self.tabs[tab.0].awake.thaw(self.now);
        let waited = std::mem::take(&mut self.tabs[tab.0].inbox);
        if is_told {
            self.happen(tab, Event::Woken { was_away: true, is_seen: true });
        }
        for event in waited {
            if hears || !matches!(event, Event::PeerSpoke { .. } | Event::StorageChanged) {
                self.happen(tab, event);
            }
        }
        self.happen(tab, Event::Tick);
    }

    /// Nobody looks at the tab any more.
    pub fn hide(&mut self, tab: TabId) {
        self.happen(tab, Event::Hidden);
    }

    /// The tab is looked at again; it was hidden, not frozen.
    pub fn show(&mut self, tab: TabId) {
        self.happen(tab, Event::Woken { was_away: false, is_seen: true });
    }
}
