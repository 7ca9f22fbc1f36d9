//! What a browser does: tabs come and go, sleep and wake; messages, storage and clocks.

use proptest::prelude::*;

use super::super::world::{TabId, World};
use super::tab;

/// More tabs than that make a history slow, and find nothing more.
const MOST_TABS: usize = 5;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Browser {
    OpenTab,
    OpenWorker,
    /// A page that is loaded ahead, and shown later or never.
    Prerender,
    /// The first page that is being prerendered is shown.
    Activate,
    Reload(usize),
    CloseTab(usize),
    Kill(usize),
    Freeze(usize),
    Thaw {
        told: bool,
        hears: bool,
    },
    Show(usize),
    Hide(usize),
    Channel {
        loss: u64,
        delay: i64,
    },
    BlockStorage,
    ClearStorage,
    SetClock(i64),
    Sleep(i64, bool),
}

impl Browser {
    pub(super) fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            2 => Just(Self::OpenTab),
            1 => Just(Self::OpenWorker),
            1 => Just(Self::Prerender),
            2 => Just(Self::Activate),
            1 => tab().prop_map(Self::Reload),
            1 => tab().prop_map(Self::CloseTab),
            1 => tab().prop_map(Self::Kill),
            2 => tab().prop_map(Self::Freeze),
            3 => (any::<bool>(), any::<bool>()).prop_map(|(told, hears)| Self::Thaw { told, hears }),
            1 => tab().prop_map(Self::Show),
            1 => tab().prop_map(Self::Hide),
            1 => (0..3_usize, 0..3_usize).prop_map(|(loss, delay)| Self::Channel {
                loss: [0, 30, 100][loss],
                delay: [0, 10, 3_000][delay],
            }),
            1 => Just(Self::BlockStorage),
            1 => Just(Self::ClearStorage),
            1 => (-100_000_000..100_000_000_i64).prop_map(Self::SetClock),
            1 => (0..50_000_000_i64, any::<bool>()).prop_map(|(ms, stops)| Self::Sleep(ms, stops)),
        ]
    }

    /// Which tab it concerns, by its number.
    pub(super) fn tab(self) -> Option<usize> {
        match self {
            Self::Reload(tab)
            | Self::CloseTab(tab)
            | Self::Kill(tab)
            | Self::Freeze(tab)
            | Self::Show(tab)
            | Self::Hide(tab) => Some(tab),
            _ => None,
        }
    }

    /// Whether a page goes away.
    pub(crate) fn ends_page(self) -> bool {
        matches!(self, Self::Reload(_) | Self::CloseTab(_) | Self::Kill(_))
    }

    pub(super) fn act(self, world: &mut World, tab: TabId) {
        let has_room = world.tabs.iter().filter(|tab| tab.alive).count() < MOST_TABS;
        match self {
            Self::OpenTab if has_room => drop(world.visit()),
            Self::OpenWorker if has_room => drop(world.visit_worker()),
            Self::Prerender if has_room => drop(world.prerender()),
            Self::OpenTab | Self::OpenWorker | Self::Prerender => {}
            Self::Activate => {
                if let Some(index) = world.tabs.iter().position(|tab| tab.alive && tab.prerenders) {
                    world.activate(TabId(index));
                }
            }
            Self::Reload(_) => drop(world.reload(tab)),
            Self::CloseTab(_) => world.close_tab(tab),
            Self::Kill(_) => world.kill_tab(tab),
            Self::Freeze(_) => world.freeze(tab),
            Self::Thaw { told, hears } => {
                if let Some(index) = world.tabs.iter().position(|tab| tab.frozen) {
                    world.thaw(TabId(index), told, hears);
                }
            }
            Self::Show(_) => world.show(tab),
            Self::Hide(_) => world.hide(tab),
            Self::Channel { loss, delay } => {
                world.channel.loss = loss;
                world.channel.delay = delay;
            }
            Self::BlockStorage => world.block_storage(),
            Self::ClearStorage => world.clear_storage(),
            Self::SetClock(by) => world.step_wall_clock(by),
            Self::Sleep(ms, stops) => world.sleep(ms, stops),
        }
    }
}
