//! Servers by what they do with a spent cookie.

use silent_session::session::{Config, Rotation};

use super::world::{OnSpent, TabId, World};

/// The reaction of a server to a spent cookie, and what its application says of it by `server.rotation`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// The cookie does not rotate.
    Static,
    /// The preceding cookie is accepted.
    Grace,
    /// Attempt ids are recognised for a minute; the option says so.
    Replays,
    /// Attempt ids are recognised for a minute; the server says so.
    Echoes,
    /// A spent cookie is refused.
    Refuses,
    /// A spent cookie ends the session. Attempt ids are unknown, and nothing is said.
    Revokes,
}

impl Kind {
    /// Returns the option.
    pub(crate) fn said(self) -> Option<Rotation> {
        match self {
            Self::Static | Self::Grace => Some(Rotation::None),
            Self::Replays => Some(Rotation::Replays),
            Self::Echoes | Self::Revokes => None,
            Self::Refuses => Some(Rotation::Refuses),
        }
    }

    /// Returns a world with such a server, in which alice is signed in and has refreshed once: the first reply says what the
    /// server says of itself.
    pub(crate) fn world(self, config: Config, seed: u64) -> World {
        let mut world = World::signed_in(config, seed);
        world.server.is_static = matches!(self, Self::Static);
        world.server.knows_attempts = matches!(self, Self::Replays | Self::Echoes);
        world.server.recognises_for = 60_000;
        world.server.echoes = matches!(self, Self::Echoes);
        world.server.on_spent = match self {
            Self::Static | Self::Grace => OnSpent::Accept,
            Self::Replays | Self::Echoes | Self::Revokes => OnSpent::Revoke,
            Self::Refuses => OnSpent::Refuse,
        };
        world.renew(TabId(0));
        world.run(1_000);
        world
    }
}
