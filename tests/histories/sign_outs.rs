//! What becomes of sign-outs in a history: whether the server is told, and how its endpoint behaves.

use std::fmt;

use proptest::prelude::*;
use silent_session::session::Config;

use super::world::Logout;

/// Whether the server is told of sign-outs, whether with the token, and how its endpoint behaves.
#[derive(Clone, Copy)]
pub(crate) struct SignOuts {
    pub(crate) tells: bool,
    pub(crate) token: bool,
    pub(crate) logout: Logout,
}

pub(crate) fn sign_outs() -> impl Strategy<Value = SignOuts> {
    let logout = prop_oneof![
        4 => Just(Logout::Ends),
        1 => Just(Logout::Redirects),
        1 => Just(Logout::EndsAndComplains),
        2 => Just(Logout::WantsToken),
        2 => Just(Logout::RefusesStrangers),
        1 => Just(Logout::Answers(200, "text/html")),
        1 => Just(Logout::Answers(404, "text/html")),
        1 => Just(Logout::Answers(404, "application/json")),
        1 => Just(Logout::Answers(401, "application/json")),
        1 => Just(Logout::Answers(403, "application/json")),
        1 => Just(Logout::Answers(429, "application/json")),
    ];
    let tells = prop_oneof![3 => Just(true), 1 => Just(false)];
    (tells, any::<bool>(), logout).prop_map(|(tells, token, logout)| SignOuts { tells, token, logout })
}

/// On one line.
impl fmt::Debug for SignOuts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tells, token, logout } = self;
        write!(f, "SignOuts {{ tells: {tells}, token: {token}, logout: Logout::{logout:?} }}")
    }
}

impl SignOuts {
    pub(super) fn configure(self, config: Config) -> Config {
        let Self { tells, token, .. } = self;
        Config { tells_sign_out: tells, sign_out_token: tells && token, ..config }
    }

    /// Whether the server hears of it in the end.
    pub(crate) fn ends(self) -> bool {
        self.tells && self.logout.works() && (self.token || self.logout != Logout::WantsToken)
    }
}
