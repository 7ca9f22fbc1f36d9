//! The command line.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use auth_server::{AllowedOrigin, Clock, Config, Database, InvalidOrigin, Reuse};
use clap::Parser;

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

/// The reference auth server of silent-session. Listens on 127.0.0.1. Logs to stderr (RUST_LOG applies).
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// The port; 0 takes any free one
    #[arg(long, default_value_t = 4180)]
    port: u16,

    /// How long an access token lives
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    access_lifetime: u64,

    /// How long a sign-in lasts, refreshed or not
    #[arg(long, value_name = "DAYS", default_value_t = 15)]
    refresh_lifetime_days: u64,

    /// How long after a rotation the preceding refresh token is still accepted; 0 is strict
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    grace: u64,

    /// What a spent refresh token comes to: `revokes` ends the sign-in, `refuses` does not
    #[arg(long, value_name = "KIND", default_value = "revokes", value_parser = reuse)]
    reuse: Reuse,

    /// Do not answer an accepted refresh with its attempt id
    #[arg(long)]
    no_echo: bool,

    /// An SQLite file, made if it is not there, or :memory:
    #[arg(long, value_name = "PATH", default_value = ":memory:")]
    database: DatabaseArgument,

    /// A foreign origin that may call with credentials, or `loopback` for any http://127.0.0.1:PORT and
    /// http://localhost:PORT. May be given several times
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    allowed_origins: Vec<AllowedOrigin>,

    /// The origin under which browsers see this server, behind a proxy. With https the cookie is Secure
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    public_origin: Option<String>,

    /// Mount /test/: counters, revocations and faults, for everybody who reaches the port
    #[arg(long)]
    test_controls: bool,

    /// Serve DIR/www at / and DIR/pkg at /pkg/
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,

    /// End when standard input closes, as it does when the parent process ends
    #[arg(long)]
    pub(crate) until_stdin_closes: bool,
}

impl Arguments {
    /// What the server is started with.
    pub(crate) fn into_config(self) -> Config {
        Config {
            port: self.port,
            access_lifetime: Duration::from_secs(self.access_lifetime),
            refresh_lifetime: Duration::from_secs(self.refresh_lifetime_days.saturating_mul(SECONDS_PER_DAY)),
            grace: Duration::from_secs(self.grace),
            reuse: self.reuse,
            echoes_attempts: !self.no_echo,
            database: self.database.0,
            allowed_origins: self.allowed_origins.into_iter().collect(),
            public_origin: self.public_origin,
            test_controls: self.test_controls,
            root: self.root,
            clock: Clock::system(),
        }
    }
}

fn reuse(text: &str) -> Result<Reuse, String> {
    match text {
        "revokes" => Ok(Reuse::Revokes),
        "refuses" => Ok(Reuse::Refuses),
        _ => Err("there are `revokes` and `refuses`".into()),
    }
}

fn origin(text: &str) -> Result<String, InvalidOrigin> {
    match text.parse()? {
        AllowedOrigin::Exactly(origin) => Ok(origin),
        AllowedOrigin::Loopback => Err(InvalidOrigin),
    }
}

#[derive(Clone, Debug)]
struct DatabaseArgument(Database);

impl FromStr for DatabaseArgument {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(if text == ":memory:" { Database::Memory } else { Database::File(text.into()) }))
    }
}
