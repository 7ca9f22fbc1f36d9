//! What a driver is told at its start.

use super::super::endpoint::{Csrf, Ends, Way};
use super::super::fetch::Rejection;
use super::super::fetcher::Fetcher;
use super::super::identity::Identity;
use super::super::origin::Targets;
use super::super::reporter::Reporter;
use super::super::token_place::TokenPlace;
use crate::format::Attachment;
use crate::session::Config;

/// What a driver needs to know of the world, beside the machine's [`Config`].
#[derive(Clone, Debug)]
pub struct Settings {
    /// The refresh endpoint: an absolute URL, which names what is written down.
    pub refresh_url: String,
    /// The origin of that URL: names the lock.
    pub auth_origin: String,
    /// How it is asked.
    pub refresh: Way,
    /// How the sign-out endpoint is asked. Without one, a sign-out is local.
    pub sign_out: Option<Way>,
    /// Which header of both carries the attempt id.
    pub attempt_header: Option<String>,
    /// What goes along with both against forged requests.
    pub csrf: Option<Csrf>,
    /// Which answers say that the session is over.
    pub ends: Ends,
    /// A cookie that script can read, and that the server changes with each rotation.
    pub companion_cookie: Option<String>,
    /// Tells several sessions of one page apart.
    pub name: String,
    /// Where the access token may go.
    pub targets: Targets,
    /// How it goes there.
    pub attachment: Attachment,
    /// Which answers say that it is no good.
    pub rejection: Rejection,
    /// What to send with.
    pub fetcher: Fetcher,
    /// Where the token of an answer stands.
    pub token_place: TokenPlace,
    /// How to know whose a token is.
    pub identity: Identity,
    /// Who is told what happens inside.
    pub reporter: Reporter,
    /// The machine's own settings.
    pub config: Config,
}
