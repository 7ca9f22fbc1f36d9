//! Pages and workers that come and go.

use silent_session::session::{AttemptId, Event, RefreshFailure, Stored};

use super::browser::World;
use super::deploy::Deploy;
use super::network::Arrival;
use super::tab::{Purpose, Tab, TabId};

impl World {
    pub fn open_tab(&mut self) -> TabId {
        let seed = self.seed.next();
        let mut tab = Tab::new(self.next_deploy(), seed);
        tab.lock_domain = self.later_locks.len();
        self.tabs.push(tab);
        TabId(self.tabs.len() - 1)
    }

    /// The page of the newest tab has loaded.
    pub fn start(&mut self) {
        self.start_in(TabId(self.tabs.len() - 1));
    }

    fn start_in(&mut self, tab: TabId) {
        let is_seeded = self.tabs[tab.0].open.values().any(|purpose| matches!(purpose, Purpose::Seed));
        let restores = self.tabs[tab.0].deploy.config.restore || is_seeded || self.is_active(tab);
        let kept = self.stored_in(tab).session.filter(|_| !restores);
        self.tabs[tab.0].left_alone = kept.map(|entry| entry.epoch());
        self.happen(tab, Event::Started);
    }

    /// A page that is loaded ahead: its session does not start before [`World::activate`].
    pub fn prerender(&mut self) -> TabId {
        let tab = self.open_tab();
        self.tabs[tab.0].prerenders = true;
        tab
    }

    /// The page is shown that was prerendered.
    pub fn activate(&mut self, tab: TabId) {
        if self.tabs[tab.0].alive && std::mem::take(&mut self.tabs[tab.0].prerenders) {
            self.thaw(tab, false, true);
            self.start_in(tab);
        }
    }

    fn next_deploy(&self) -> Deploy {
        let turn = self.tabs.len().checked_rem(self.deploys.len());
        turn.map_or_else(
            || Deploy { config: self.config.clone(), ..Deploy::default() },
            |turn| self.deploys[turn].clone(),
        )
    }

    /// Another tab, whose page has loaded.
    pub fn visit(&mut self) -> TabId {
        let tab = self.open_tab();
        self.start();
        tab
    }

    /// A worker of the same session begins.
    pub fn visit_worker(&mut self) -> TabId {
        let seed = self.seed.next();
        let mut deploy = self.next_deploy();
        deploy.config.defers = true;
        self.tabs.push(Tab { is_worker: true, ..Tab::new(deploy, seed) });
        let tab = TabId(self.tabs.len() - 1);
        self.happen(tab, Event::Started);
        tab
    }

    /// Whether a worker runs.
    pub fn has_worker(&self) -> bool {
        self.tabs.iter().any(|tab| tab.is_worker && tab.runs())
    }

    /// The page goes away without a word: its lock is free at once, its answers reach nobody.
    pub fn kill_tab(&mut self, tab: TabId) {
        self.tabs[tab.0].alive = false;
        self.writers.retain(|(writer, _)| *writer != tab);
        self.locks_of(tab).forget(tab);
        self.grant_lock();
    }

    /// The page goes into the back/forward cache; [`World::thaw`] brings it back.
    pub fn put_away(&mut self, tab: TabId) {
        self.happen(tab, Event::Left);
        self.freeze(tab);
    }

    /// The user closes the tab.
    pub fn close_tab(&mut self, tab: TabId) {
        self.happen(tab, Event::Left);
        self.kill_tab(tab);
    }

    /// Reloads the page: another machine, the same browser. The fetch of a refresh that is on the wire fails at once, and
    /// the page still hears so (measured in Chromium); the request goes on.
    pub fn reload(&mut self, tab: TabId) -> TabId {
        self.happen(tab, Event::Left);
        for attempt in self.refreshes_of(tab) {
            let outcome = Err(RefreshFailure::Unavailable { status: None, retry_after: None });
            let settled = Event::RefreshSettled { attempt, outcome, echoes: false };
            self.happen(tab, settled);
        }
        self.kill_tab(tab);
        self.visit()
    }

    /// Those of a tab that are on the wire.
    fn refreshes_of(&self, tab: TabId) -> Vec<AttemptId> {
        let of_tab = |arrival: &Arrival| match arrival {
            Arrival::RefreshAtServer { tab: its, attempt, .. }
            | Arrival::RefreshAnswer { tab: its, attempt, .. } => Some(*attempt).filter(|_| *its == tab),
            _ => None,
        };
        self.arriving.values().filter_map(of_tab).collect()
    }
}
