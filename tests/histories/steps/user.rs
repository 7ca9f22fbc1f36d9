//! What an application does, and its user.

use proptest::prelude::*;
use silent_session::session::Status;

use super::super::world::{APIS, TabId, World};
use super::{is_open, tab};

#[derive(Clone, Copy, Debug)]
pub(crate) enum User {
    Fetch(usize),
    /// From an API of its own, by its number.
    FetchFrom(usize, usize),
    Burst(usize),
    RefuseToken(usize),
    Renew(usize),
    Withdraw(usize),
    SignIn(usize, &'static str),
    SignInElsewhere(usize, &'static str),
    SignInByCookie(usize, &'static str),
    SignInUnseen(&'static str),
    FailLogin(usize),
    /// Hands over a token that the page was delivered with, rendered just now.
    Seed(usize),
    SignOut(usize),
    Close(usize),
    /// Closes the session object and creates another, in the same page.
    Recreate(usize),
}

impl User {
    pub(super) fn any() -> impl Strategy<Value = Self> {
        let user = prop_oneof![Just("alice"), Just("bob")];
        prop_oneof![
            6 => tab().prop_map(Self::Fetch),
            2 => (tab(), 0..APIS.len()).prop_map(|(tab, api)| Self::FetchFrom(tab, api)),
            2 => tab().prop_map(Self::Burst),
            2 => tab().prop_map(Self::RefuseToken),
            2 => tab().prop_map(Self::Renew),
            1 => tab().prop_map(Self::Withdraw),
            3 => (tab(), user.clone()).prop_map(|(tab, user)| Self::SignIn(tab, user)),
            1 => (tab(), user.clone()).prop_map(|(tab, user)| Self::SignInElsewhere(tab, user)),
            1 => (tab(), user.clone()).prop_map(|(tab, user)| Self::SignInByCookie(tab, user)),
            1 => user.prop_map(Self::SignInUnseen),
            1 => tab().prop_map(Self::FailLogin),
            1 => tab().prop_map(Self::Seed),
            2 => tab().prop_map(Self::SignOut),
            1 => tab().prop_map(Self::Close),
            1 => tab().prop_map(Self::Recreate),
        ]
    }

    /// In which tab, by its number.
    pub(super) fn tab(self) -> Option<usize> {
        match self {
            Self::Fetch(tab)
            | Self::FetchFrom(tab, _)
            | Self::Burst(tab)
            | Self::RefuseToken(tab)
            | Self::Renew(tab)
            | Self::Withdraw(tab)
            | Self::SignIn(tab, _)
            | Self::SignInElsewhere(tab, _)
            | Self::SignInByCookie(tab, _)
            | Self::FailLogin(tab)
            | Self::Seed(tab)
            | Self::SignOut(tab)
            | Self::Close(tab)
            | Self::Recreate(tab) => Some(tab),
            Self::SignInUnseen(_) => None,
        }
    }

    /// Whether somebody signs in.
    pub(crate) fn signs_in(self) -> bool {
        matches!(
            self,
            Self::SignIn(..) | Self::SignInElsewhere(..) | Self::SignInByCookie(..) | Self::SignInUnseen(_)
        )
    }

    pub(super) fn act(self, world: &mut World, tab: TabId) {
        match self {
            // It would be a sign-in that no session sees.
            _ if self.signs_in() && !is_open(world, tab.0) => {}
            Self::Fetch(_) => {
                world.fetch(tab);
            }
            Self::FetchFrom(_, api) => {
                world.fetch_from(tab, APIS[api]);
            }
            Self::Burst(_) => {
                for _ in 0..10 {
                    world.fetch(tab);
                }
            }
            Self::RefuseToken(_) => {
                if let Status::Active { grant, .. } = world.status(tab) {
                    world.access_token(tab, Some(grant.token.reveal()), 0);
                }
            }
            Self::Renew(_) => drop(world.renew(tab)),
            Self::Withdraw(_) => {
                let ticket = world.access_token(tab, None, 0);
                if world.answer(tab, ticket).is_none() {
                    world.withdraw(tab, ticket);
                }
            }
            Self::SignIn(_, user) => drop(world.sign_in(tab, user)),
            Self::SignInElsewhere(_, user) => drop(world.signed_in_elsewhere(tab, user)),
            // Nobody signs in in a page that is being prerendered: it is shown later, and may say so then.
            Self::SignInByCookie(_, user) if !world.tabs[tab.0].prerenders => {
                world.sign_in_by_cookie(tab, user);
            }
            Self::SignInByCookie(..) => {}
            Self::SignInUnseen(user) => world.sign_in_unseen(user),
            Self::FailLogin(_) => drop(world.fail_login(tab)),
            Self::Seed(_) => {
                // A frozen page hands nothing over. One that is being prerendered does so when it is activated; where the clock
                // is set meanwhile, nobody can tell whether a sign-in is newer.
                if !world.tabs[tab.0].frozen
                    && !world.tabs[tab.0].prerenders
                    && let Some(issued) = world.render()
                {
                    world.seed(tab, issued);
                }
            }
            Self::SignOut(_) => drop(world.sign_out(tab)),
            Self::Close(_) => world.close(tab),
            Self::Recreate(_) => drop(world.recreate(tab)),
        }
    }
}
