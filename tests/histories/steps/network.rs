//! What becomes of the network.

use proptest::prelude::*;

use super::super::world::World;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Network {
    Offline(bool),
    /// By how many milliseconds a way may take longer.
    Tail(i64),
}

impl Network {
    pub(super) fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            any::<bool>().prop_map(Self::Offline),
            prop_oneof![Just(0), Just(200), Just(1_000)].prop_map(Self::Tail),
        ]
    }

    pub(super) fn change(self, world: &mut World) {
        match self {
            Self::Offline(true) => world.offline = true,
            Self::Offline(false) => world.go_online(),
            Self::Tail(ms) => world.tail = ms,
        }
    }
}
