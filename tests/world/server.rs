//! The auth server and the API, as strict as they come: a refresh token works once, a second use
//! ends the family.

use std::collections::HashMap;

use silent_session::format::{Head, Numeric, Times};
use silent_session::session::{AttemptId, Millis, RefreshFailure, Subject};

use super::apis::{Mood, Moods};
use super::fault::Fault;
use super::habits::Habits;
use super::issued::{Issued, Says, Tells};
use super::logout::Logout;

/// What happens when a refresh cookie comes that was used before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnSpent {
    /// The session ends.
    #[default]
    Revoke,
    /// The request is refused, and nothing else happens.
    Refuse,
    /// It is accepted, and answered with the newest cookie.
    Accept,
}

/// A refresh cookie. Not a secret here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cookie {
    pub family: u32,
    pub serial: u32,
}

#[derive(Debug)]
struct Family {
    user: &'static str,
    /// When its user signed in.
    began: i64,
    serial: u32,
    /// Which attempt has rotated it last.
    attempt: Option<AttemptId>,
    /// When that was.
    rotated: i64,
    revoked: bool,
    /// By its user.
    signed_out: bool,
}

#[derive(Debug, Default)]
pub struct Server {
    families: HashMap<u32, Family>,
    /// Family, when it lapses, and whether it is good, by token.
    tokens: HashMap<String, (u32, i64, bool)>,
    /// Those that came with a page.
    rendered: Vec<String>,
    pub lifetime: Millis,
    /// Refreshes received.
    pub refreshes: u32,
    pub reuses: u32,
    pub logins: u32,
    pub sign_outs: u32,
    /// How it replies where no fault is to come.
    pub habits: Habits,
    /// The last token that it issued, while it is to be issued again.
    last: Option<String>,
    pub repeats: bool,
    /// Faults to come, first first.
    pub faults: Vec<Fault>,
    /// And with the next sign-outs.
    pub sign_out_faults: Vec<Fault>,
    /// How the sign-out endpoint behaves.
    pub logout: Logout,
    /// Every API refuses every token.
    pub refuses_all: bool,
    /// One that expects another audience refuses every token.
    pub misconfigured: Option<&'static str>,
    /// What one replies in turn, whatever the token.
    pub scripted: Option<(&'static str, Vec<u16>)>,
    /// It forgets attempt ids: a second presentation is theft, whatever comes along.
    pub knows_attempts: bool,
    /// What it does with a spent cookie.
    pub on_spent: OnSpent,
    /// The cookie stays the same at each refresh.
    pub is_static: bool,
    /// Spent cookies that it has refused, and done nothing else.
    pub refused_spent: u32,
    /// For how many milliseconds it recognises an attempt id; for ever, where that is zero.
    pub recognises_for: i64,
    /// It sends attempt ids back.
    pub echoes: bool,
    /// Beside the refresh cookie it sets one that script can read.
    pub has_companion: bool,
    /// What its tokens tell of their owner.
    pub tells: Tells,
    /// Who has logged in last.
    pub logged_in_last: Option<&'static str>,
    /// What it says of a token's time.
    pub says: Says,
    /// By how many seconds its `Date` is wrong: another machine writes it.
    pub date_error: i64,
    /// `Date` cannot be read: CORS hides it.
    pub hides_date: bool,
    /// `iat` is that of the sign-in: it is copied from the refresh token.
    pub copies_iat: bool,
    /// How many of a hundred refreshes fail, in one way or another.
    pub failing: u64,
    /// How many milliseconds a login takes beyond its way there and back.
    pub login_ms: i64,
    pub api_hits: u32,
    /// What individual APIs make of good tokens.
    pub moods: Moods,
    pub forbidden: bool,
}

impl Server {
    pub fn new(lifetime: Millis) -> Self {
        Self { lifetime, knows_attempts: true, ..Self::default() }
    }

    pub fn login(&mut self, user: &'static str, now: i64) -> (Issued, Cookie) {
        self.logged_in_last = Some(user);
        self.logins += 1;
        let id = self.families.len() as u32 + 1;
        self.families.insert(
            id,
            Family {
                user,
                began: now,
                serial: 1,
                attempt: None,
                rotated: now,
                revoked: false,
                signed_out: false,
            },
        );
        (self.issue(id, now), Cookie { family: id, serial: 1 })
    }

    fn issue(&mut self, family: u32, now: i64) -> Issued {
        let Family { user, began, .. } = self.families[&family];
        let began = began.div_euclid(1_000);
        let token = format!("token-{}-of-{user}", self.tokens.len() + 1);
        let lifetime = self.lifetime.get() as f64 / 1000.0;
        let mut expiry = now + self.lifetime.get() as i64;
        let mut times = Times { expires_in: Numeric::Seconds(lifetime), ..Times::default() };
        if self.says != Says::ExpiresIn {
            let iat = now.div_euclid(1_000);
            expiry = iat * 1_000 + self.lifetime.get() as i64;
            times = Times {
                is_jwt: true,
                iat: Numeric::Seconds(if self.copies_iat { began } else { iat } as f64),
                exp: Numeric::Seconds(iat as f64 + lifetime),
                server_now: Some((iat + self.date_error) as f64).filter(|_| !self.hides_date),
                ..times
            };
        }
        if self.says == Says::Claims {
            times.expires_in = Numeric::Absent;
        }
        let last = self.last.clone().filter(|last| self.repeats && self.tokens[last].0 == family);
        let token = match last.map(|last| (self.tokens[&last].1 - now, last)) {
            Some((left, last)) if left > 0 => {
                times = Times { expires_in: Numeric::Seconds(left as f64 / 1_000.0), ..Times::default() };
                last
            }
            _ => {
                self.tokens.insert(token.clone(), (family, expiry, true));
                token
            }
        };
        self.last = Some(token.clone());
        let sid = match self.tells {
            Tells::Session => Some(family.to_string()),
            Tells::Token => Some(self.tokens.len().to_string()),
            Tells::Person | Tells::Nothing => None,
        };
        let subject = Some(Subject::new(user, sid.as_deref())).filter(|_| self.tells != Tells::Nothing);
        Issued { token, times, user, subject }
    }

    /// A token for the page of whoever has this cookie.
    pub fn render(&mut self, cookie: Cookie, now: i64) -> Issued {
        let issued = self.issue(cookie.family, now);
        self.rendered.push(issued.token.clone());
        issued
    }

    /// The fault that the next refresh meets.
    pub fn next_fault(&mut self) -> Option<Fault> {
        if self.faults.is_empty() { None } else { Some(self.faults.remove(0)) }
    }

    /// The fault that the next sign-out meets.
    pub fn next_sign_out_fault(&mut self) -> Option<Fault> {
        if self.sign_out_faults.is_empty() { None } else { Some(self.sign_out_faults.remove(0)) }
    }

    pub fn refresh(
        &mut self,
        cookie: Option<Cookie>,
        id: AttemptId,
        now: i64,
    ) -> Result<(Issued, Cookie), RefreshFailure> {
        self.refreshes += 1;
        let rejected = RefreshFailure::Rejected { status: 401 };
        let cookie = cookie.ok_or(rejected)?;
        let family = self.families.get_mut(&cookie.family).ok_or(rejected)?;
        if family.revoked {
            return Err(rejected);
        }
        let is_remembered = self.recognises_for == 0 || now - family.rotated < self.recognises_for;
        let is_recognised = self.knows_attempts && family.attempt == Some(id) && is_remembered;
        // The same attempt once more, and its successor was never presented.
        if is_recognised && family.serial == cookie.serial + 1 {
            let successor = Cookie { family: cookie.family, serial: family.serial };
            return Ok((self.issue(cookie.family, now), successor));
        }
        if self.is_static {
            return Ok((self.issue(cookie.family, now), cookie));
        }
        if family.serial != cookie.serial {
            match self.on_spent {
                OnSpent::Accept => {
                    let newest = Cookie { family: cookie.family, serial: family.serial };
                    return Ok((self.issue(cookie.family, now), newest));
                }
                OnSpent::Refuse => self.refused_spent += 1,
                OnSpent::Revoke => {
                    family.revoked = true;
                    self.reuses += 1;
                }
            }
            return Err(rejected);
        }
        // Once more, with the successor itself: its cookie has come, and other answers of the
        // attempt may bring it again.
        if is_recognised {
            return Ok((self.issue(cookie.family, now), cookie));
        }
        family.serial += 1;
        family.attempt = Some(id);
        family.rotated = now;
        let successor = Cookie { family: cookie.family, serial: family.serial };
        Ok((self.issue(cookie.family, now), successor))
    }

    /// Ends the session of a request, as far as the endpoint does so; and what the client makes of
    /// the reply.
    pub fn sign_out(
        &mut self,
        cookie: Option<Cookie>,
        token: Option<&str>,
        now: i64,
    ) -> Result<(), RefreshFailure> {
        let is_good =
            |token: &&str| self.tokens.get(*token).is_some_and(|(_, lapses, good)| *good && now < *lapses);
        let by_token = token.filter(is_good).map(|token| self.tokens[token].0);
        let by_cookie = cookie.map(|cookie| cookie.family);
        let (ends, status, content_type) = match self.logout {
            Logout::Ends => (by_cookie, 204, ""),
            Logout::Redirects => (by_cookie, 0, ""),
            Logout::WantsToken if by_token.is_none() => (None, 401, "application/json"),
            Logout::WantsToken => (by_token, 204, ""),
            Logout::RefusesStrangers if cookie.is_none_or(|cookie| !self.goes_on(cookie)) => {
                (None, 401, "application/json")
            }
            Logout::RefusesStrangers => (by_cookie, 200, "application/json"),
            Logout::EndsAndComplains => (by_cookie, 404, "application/json"),
            Logout::Answers(status, content_type) => (None, status, content_type),
        };
        self.sign_outs += 1;
        if let Some(family) = ends.and_then(|family| self.families.get_mut(&family)) {
            family.revoked = true;
            family.signed_out = true;
        }
        Head { is_foreign: content_type.contains("html"), ..Head::of(status) }.signed_out()
    }

    /// Whether the session of this cookie goes on.
    pub fn goes_on(&self, cookie: Cookie) -> bool {
        self.families.get(&cookie.family).is_some_and(|family| !family.revoked)
    }

    /// Whether a sign-out has ended the session of this cookie.
    pub fn is_signed_out(&self, cookie: Cookie) -> bool {
        self.families.get(&cookie.family).is_some_and(|family| family.signed_out)
    }

    /// Every access token issued until now is refused from now on.
    pub fn revoke_access(&mut self) {
        self.tokens.values_mut().for_each(|token| token.2 = false);
    }

    /// Every session is over.
    pub fn revoke_all(&mut self) {
        self.revoke_access();
        self.families.values_mut().for_each(|family| family.revoked = true);
    }

    /// What the API answers.
    pub fn api(&mut self, api: &'static str, token: Option<&str>, now: i64) -> u16 {
        self.api_hits += 1;
        if let Some((scripted, statuses)) = &mut self.scripted
            && *scripted == api
            && !statuses.is_empty()
        {
            return statuses.remove(0);
        }
        let is_good = token
            .and_then(|token| self.tokens.get(token))
            .is_some_and(|(_, expiry, good)| *good && now < *expiry)
            && !self.refuses_all
            && self.misconfigured != Some(api);
        match (is_good, self.moods.of(api)) {
            (false, _) | (true, Mood::Refuses) => 401,
            (true, Mood::Replies(status)) => status,
            (true, Mood::Well) if self.forbidden => 403,
            (true, Mood::Well) => 200,
        }
    }

    /// Every access token that it has issued.
    pub fn issued(&self) -> impl Iterator<Item = &str> {
        self.tokens.keys().map(String::as_str)
    }

    /// Whether it has lapsed.
    pub fn has_lapsed(&self, token: &str, now: i64) -> bool {
        self.tokens[token].1 <= now
    }

    /// Which token it is, in the order in which they were issued; `None` for one that is forged,
    /// and for one that came with a page: pages come at any time, whatever is on the wire.
    pub fn number_of(&self, token: &str) -> Option<u32> {
        self.tokens.get(token).filter(|_| !self.rendered.iter().any(|rendered| rendered == token))?;
        token.split('-').nth(1)?.parse().ok()
    }

    /// Whose token it is.
    pub fn user_of(&self, token: &str) -> &'static str {
        self.families[&self.tokens[token].0].user
    }
}
