//! What the app asks of a tab.

use silent_session::format::Times;
use silent_session::session::{AccessToken, Denial, Event, Millis, Reply, Status, Stored, Ticket};

use super::browser::World;
use super::issued::Issued;
use super::network::Arrival;
use super::request::Request;
use super::tab::{Purpose, TabId};

impl World {
    pub fn sign_in(&mut self, tab: TabId, user: &'static str) -> Ticket {
        self.ask(tab, Purpose::Login(user), |ticket| Event::SignInWanted { ticket })
    }

    /// A login that nobody ordered: the app's own fetch, already answered.
    pub fn signed_in_elsewhere(&mut self, tab: TabId, user: &'static str) -> Ticket {
        let issued = self.answered_login(user);
        self.sign_in_with(tab, issued)
    }

    /// The app's own fetch has brought the answer to a login.
    pub fn answered_login(&mut self, user: &'static str) -> Issued {
        let (issued, cookie) = self.server.login(user, self.now);
        self.cookie = Some(cookie);
        issued
    }

    /// The server renders a page with the cookie that there is: a token of its session, if it goes on.
    pub fn render(&mut self) -> Option<Issued> {
        let cookie = self.cookie.filter(|cookie| self.server.goes_on(*cookie))?;
        Some(self.server.render(cookie, self.now))
    }

    /// The page hands over the token that it was delivered with.
    pub fn seed(&mut self, tab: TabId, issued: Issued) -> Ticket {
        let issued = Issued { times: Times { server_now: None, ..issued.times }, ..issued };
        let grant = self.grant(tab, &issued).expect("the server has issued a token that is good");
        self.tabs[tab.0].left_alone = None;
        self.ask(tab, Purpose::Seed, |ticket| Event::Seeded { ticket, grant })
    }

    /// The app signs in with it.
    pub fn sign_in_with(&mut self, tab: TabId, issued: Issued) -> Ticket {
        self.was_issued(tab, &issued);
        // The app passes the JSON on, without its head.
        let issued = Issued { times: Times { server_now: None, ..issued.times }, ..issued };
        let grant = self.grant(tab, &issued).expect("the server has issued a token that is good");
        let purpose = Purpose::SignIn(issued.user);
        self.ask(tab, purpose, |ticket| Event::SignedIn { ticket, grant })
    }

    /// A redirect has set a cookie; the app says `signIn()`.
    pub fn sign_in_by_cookie(&mut self, tab: TabId, user: &'static str) -> Ticket {
        self.cookie = Some(self.server.login(user, self.now).1);
        self.signed_in_last = None;
        self.ask(tab, Purpose::CookieSignIn(Some(user)), |ticket| Event::CookieChanged { ticket })
    }

    /// Somebody has signed in by a way that we do not see: a redirect, an older version of the app.
    pub fn sign_in_unseen(&mut self, user: &'static str) {
        self.cookie = Some(self.server.login(user, self.now).1);
    }

    /// Whether a login is out in any tab.
    pub fn is_logging_in(&self) -> bool {
        let is_login = |purpose: &Purpose| matches!(purpose, Purpose::Login(_));
        self.tabs.iter().any(|tab| tab.open.values().any(is_login))
    }

    /// Whether a login function runs, whoever waits for it.
    pub fn login_is_out(&self) -> bool {
        let is_login = |arrival: &Arrival| {
            matches!(arrival, Arrival::LoginAtServer { .. } | Arrival::LoginAnswer { .. })
        };
        self.arriving.values().any(is_login)
    }

    /// A login that is refused, or wants a second factor.
    pub fn fail_login(&mut self, tab: TabId) -> Ticket {
        let ticket = self.ask(tab, Purpose::Login("nobody"), |ticket| Event::SignInWanted { ticket });
        self.failing_logins.push(ticket);
        ticket
    }

    /// The app says `signIn()`, and no cookie has been set.
    pub fn ask_cookie_sign_in(&mut self, tab: TabId) -> Ticket {
        self.ask(tab, Purpose::CookieSignIn(None), |ticket| Event::CookieChanged { ticket })
    }

    pub fn sign_out(&mut self, tab: TabId) -> Ticket {
        self.signed_in_last = None;
        self.ask(tab, Purpose::Test, |ticket| Event::SignOutWanted { ticket, reads_login: false })
    }

    pub fn renew(&mut self, tab: TabId) -> Ticket {
        self.ask(tab, Purpose::Test, |ticket| Event::RenewalWanted { ticket })
    }

    pub fn access_token(&mut self, tab: TabId, not: Option<&str>, min_validity: u64) -> Ticket {
        let not = not.map(AccessToken::new);
        let min_validity = Millis::from_secs(min_validity);
        self.ask(tab, Purpose::Test, |ticket| Event::TokenWanted { ticket, not, min_validity })
    }

    /// The app calls the API. Its outcome will be in [`World::outcomes`] by the number returned.
    pub fn fetch(&mut self, tab: TabId) -> usize {
        self.fetch_from(tab, "https://api.test")
    }

    /// The same, at an API of its own.
    pub fn fetch_from(&mut self, tab: TabId, api: &'static str) -> usize {
        self.requests += 1;
        let user = match self.status(tab) {
            Status::Active { grant, .. } => Some(self.server.user_of(grant.token.reveal())),
            _ => None,
        };
        let request = Request { id: self.requests, api, user, is_replay: false };
        self.ask(tab, Purpose::Request(request), |ticket| Event::TokenWanted {
            ticket,
            not: None,
            min_validity: Millis::ZERO,
        });
        self.requests
    }

    pub fn answer(&self, tab: TabId, ticket: Ticket) -> Option<&Result<Reply, Denial>> {
        self.tabs[tab.0].answers.get(&ticket)
    }

    pub fn close(&mut self, tab: TabId) {
        self.happen(tab, Event::Closed);
    }

    /// Closes the session object and creates another one in the same page.
    pub fn recreate(&mut self, tab: TabId) -> TabId {
        self.close(tab);
        if self.tabs[tab.0].is_worker {
            return self.visit_worker();
        }
        let next = self.open_tab();
        self.tabs[next.0].lock_domain = self.tabs[tab.0].lock_domain;
        match self.tabs[tab.0].prerenders {
            true => self.tabs[next.0].prerenders = true,
            false => self.start(),
        }
        next
    }

    pub fn withdraw(&mut self, tab: TabId, ticket: Ticket) {
        self.tabs[tab.0].open.remove(&ticket);
        self.tabs[tab.0].callers.remove(&ticket);
        self.happen(tab, Event::Withdrawn { ticket });
    }
}
