//! What becomes of the auth server and the APIs.

use silent_session::session::Millis;

use proptest::prelude::*;

use super::super::world::{APIS, Fault, Mood, Says, World};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Server {
    /// A fault of the next refresh.
    Fault(Fault),
    SignOutFault(Fault),
    /// How many of a hundred refreshes fail.
    Failing(u64),
    /// How long a login takes, in milliseconds.
    LoginsTake(i64),
    RevokeAccess,
    RevokeAll,
    RefuseAll(bool),
    /// How an API replies, by its number.
    Mood(usize, Mood),
    Lifetime(u64),
    Says(Says),
    DateError(i64),
}

/// `Retry-After` in seconds, as servers and gateways send it: nothing, next to nothing, an hour, a date that is years ahead.
fn retry_after() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![
        2 => Just(None),
        3 => prop_oneof![Just(0), Just(1), Just(3), Just(5)].prop_map(Some),
        1 => prop_oneof![Just(3_600), Just(1_000_000_000)].prop_map(Some),
    ]
}

fn fault() -> impl Strategy<Value = Fault> + Clone {
    let status = prop_oneof![Just(503), Just(429), Just(500)];
    prop_oneof![
        2 => (status, retry_after()).prop_map(|(status, seconds)| Fault::Status(status, seconds)),
        1 => Just(Fault::Reset),
        1 => Just(Fault::Malformed),
        1 => Just(Fault::Portal),
        1 => Just(Fault::Silence),
        1 => Just(Fault::Lost),
        1 => Just(Fault::Resent),
        // Not past the time-out: what was rotated without an answer is another story than this machine's.
        1 => (0..12_000_i64).prop_map(Fault::Slow),
    ]
}

impl Server {
    pub(super) fn any() -> impl Strategy<Value = Self> {
        let mood = prop_oneof![
            2 => Just(Mood::Well),
            2 => Just(Mood::Refuses),
            1 => prop_oneof![Just(403), Just(429), Just(503)].prop_map(Mood::Replies),
        ];
        prop_oneof![
            3 => fault().prop_map(Self::Fault),
            1 => fault().prop_map(Self::SignOutFault),
            1 => prop_oneof![Just(0), Just(20), Just(60)].prop_map(Self::Failing),
            1 => prop_oneof![Just(0), 0..29_000_i64, 0..90_000_i64].prop_map(Self::LoginsTake),
            2 => Just(Self::RevokeAccess),
            1 => Just(Self::RevokeAll),
            1 => any::<bool>().prop_map(Self::RefuseAll),
            2 => (0..APIS.len(), mood).prop_map(|(api, mood)| Self::Mood(api, mood)),
            1 => prop_oneof![1..60_u64, 60..4_000_u64, Just(5_184_000)].prop_map(Self::Lifetime),
            1 => prop_oneof![Just(Says::ExpiresIn), Just(Says::Claims), Just(Says::Both)].prop_map(Self::Says),
            1 => prop_oneof![Just(0), -4_000..4_000_i64].prop_map(Self::DateError),
        ]
    }

    pub(super) fn change(self, world: &mut World) {
        let server = &mut world.server;
        match self {
            Self::Fault(fault) => server.faults.push(fault),
            Self::SignOutFault(fault) => server.sign_out_faults.push(fault),
            Self::Failing(percent) => server.failing = percent,
            Self::LoginsTake(ms) => server.login_ms = ms,
            Self::RevokeAccess => server.revoke_access(),
            Self::RevokeAll => server.revoke_all(),
            Self::RefuseAll(refuses) => server.refuses_all = refuses,
            Self::Mood(api, mood) => server.moods.set(APIS[api], mood),
            Self::Lifetime(seconds) => server.lifetime = Millis::from_secs(seconds),
            Self::Says(says) => server.says = says,
            Self::DateError(seconds) => server.date_error = seconds,
        }
    }
}
