//! APIs of several origins, each with a mood of its own.

/// The origins that histories call. The first is the one that everybody calls.
pub const APIS: [&str; 3] = ["https://api.test", "https://orders.test", "https://maps.test"];

/// How an API replies to a request with a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// As the token is.
    #[default]
    Well,
    /// It refuses every token.
    Refuses,
    /// With this status, unless it refuses the token.
    Replies(u16),
}

/// The moods that are not good.
#[derive(Debug, Default)]
pub struct Moods(Vec<(&'static str, Mood)>);

impl Moods {
    /// The mood of this API from now on.
    pub fn set(&mut self, api: &'static str, mood: Mood) {
        self.0.retain(|(its, _)| *its != api);
        self.0.push((api, mood));
    }

    pub(super) fn of(&self, api: &str) -> Mood {
        self.0.iter().find(|(its, _)| *its == api).map_or(Mood::Well, |(_, mood)| *mood)
    }
}
