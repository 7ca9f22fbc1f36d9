//! What a server is started with.

use std::path::PathBuf;
use std::time::Duration;

use crate::clock::Clock;
use crate::origins::AllowedOrigins;

/// What a server is started with. The default is what the binary does without options.
#[derive(Clone, Debug)]
pub struct Config {
    /// The port on 127.0.0.1; 0 takes any free one. Default 4180.
    pub port: u16,
    /// How long an access token lives. Default 15 minutes.
    pub access_lifetime: Duration,
    /// How long a sign-in lasts, counted from the sign-in (absolute: a refresh does not extend it, so that a
    /// stolen cookie has an end). Default 15 days.
    pub refresh_lifetime: Duration,
    /// How long after a rotation the preceding token is still accepted. Default zero: strict.
    pub grace: Duration,
    /// What a spent token comes to that is not accepted again. Default: it ends the sign-in.
    pub reuse: Reuse,
    /// Whether an accepted refresh is answered with its attempt id, in the header that carried it. Default yes.
    pub echoes_attempts: bool,
    /// Where users and refresh tokens are kept. Default in memory.
    pub database: Database,
    /// Which other origins may call with credentials. Default none.
    pub allowed_origins: AllowedOrigins,
    /// The origin under which browsers see the server, if it is behind a proxy. With `https://` the cookie is
    /// `Secure`. It is then also the tokens' issuer.
    pub public_origin: Option<String>,
    /// Mount `/test/`: counters, revocations and faults, for everybody who can reach the port. Default off.
    pub test_controls: bool,
    /// The folder whose `www/` is served at `/` and whose `pkg/` at `/pkg/`. Default none.
    pub root: Option<PathBuf>,
    /// Tells the time. Default the system's.
    pub clock: Clock,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 4180,
            access_lifetime: Duration::from_secs(900),
            refresh_lifetime: Duration::from_secs(15 * 24 * 60 * 60),
            grace: Duration::ZERO,
            reuse: Reuse::Revokes,
            echoes_attempts: true,
            database: Database::Memory,
            allowed_origins: AllowedOrigins::default(),
            public_origin: None,
            test_controls: false,
            root: None,
            clock: Clock::system(),
        }
    }
}

/// What a spent refresh token comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// It is taken for stolen: its whole family is revoked.
    Revokes,
    /// It is refused, and nothing else happens: the sign-in goes on, and its cookie is left alone.
    Refuses,
}

/// Where users and refresh tokens are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// In memory: gone with the server.
    Memory,
    /// In an SQLite file, made if it is not there: sign-ins survive a restart.
    File(PathBuf),
}
