//! The visibility of the page of this session, and whether it runs.

/// The state of the page. A worker is always visible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Page {
    /// The page is loading, or is prerendered. Nothing begins yet.
    #[default]
    Loading,
    /// The page is visible.
    Visible,
    /// The page runs, but is hidden.
    Hidden,
    /// The page is in the back/forward cache, or is being unloaded. It receives no messages.
    Away {
        /// Whether it was hidden before.
        hidden: bool,
    },
}

impl Page {
    /// Whether the session has started.
    pub(crate) fn has_started(self) -> bool {
        self != Self::Loading
    }

    /// Whether the page is in the back/forward cache, or being unloaded.
    pub(crate) fn is_away(self) -> bool {
        matches!(self, Self::Away { .. })
    }

    /// Whether turns may begin.
    pub(crate) fn may_act(self) -> bool {
        matches!(self, Self::Visible | Self::Hidden)
    }

    /// Whether the page is hidden.
    pub(crate) fn is_hidden(self) -> bool {
        matches!(self, Self::Hidden | Self::Away { hidden: true })
    }

    /// Notes that the page is hidden.
    pub(crate) fn hide(&mut self) {
        match self {
            Self::Visible => *self = Self::Hidden,
            Self::Away { hidden } => *hidden = true,
            Self::Loading | Self::Hidden => {}
        }
    }

    /// Notes that the page leaves. Before the start it changes nothing, because nothing can be
    /// lost.
    pub(crate) fn leave(&mut self) {
        if self.has_started() {
            *self = Self::Away { hidden: self.is_hidden() };
        }
    }

    /// Notes that the page runs again, and is visible if `is_seen`. Returns whether it had left
    /// before.
    pub(crate) fn wake(&mut self, is_seen: bool) -> bool {
        let was_away = self.is_away();
        if self.has_started() {
            *self = if is_seen || !self.is_hidden() { Self::Visible } else { Self::Hidden };
        }
        was_away
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_event_leads_to_one_state() {
        use Page::{Hidden, Loading, Visible};
        let (away, away_hidden) = (Page::Away { hidden: false }, Page::Away { hidden: true });
        for (page, hidden, left, seen, unseen) in [
            (Loading, Loading, Loading, Loading, Loading),
            (Visible, Hidden, away, Visible, Visible),
            (Hidden, Hidden, away_hidden, Visible, Hidden),
            (away, away_hidden, away, Visible, Visible),
            (away_hidden, away_hidden, away_hidden, Visible, Hidden),
        ] {
            let after = |change: fn(&mut Page)| {
                let mut page = page;
                change(&mut page);
                page
            };
            let all = [
                after(Page::hide),
                after(Page::leave),
                after(|page| {
                    page.wake(true);
                }),
                after(|page| {
                    page.wake(false);
                }),
            ];
            assert_eq!(all, [hidden, left, seen, unseen], "{page:?}");
        }
    }

    #[test]
    fn turns_begin_in_a_page_that_runs() {
        let all = [Page::Loading, Page::Visible, Page::Hidden, Page::Away { hidden: false }];
        assert_eq!(all.map(Page::may_act), [false, true, true, false]);
        assert_eq!(all.map(Page::has_started), [false, true, true, true]);
        assert_eq!(all.map(Page::is_away), [false, false, false, true]);
        assert_eq!(all.map(Page::is_hidden), [false, false, true, false]);
        assert!(Page::Away { hidden: true }.is_hidden());
        assert_eq!(all.map(|mut page| page.wake(true)), [false, false, false, true]);
    }
}
