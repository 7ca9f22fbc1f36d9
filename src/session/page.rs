//! The visibility of the page of this session, and whether it runs.

/// The state of the page. A worker is always visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// The page is loading, or is prerendered. Nothing begins yet.
    Loading {
        /// Whether it is hidden.
        hidden: bool,
    },
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

impl Default for Page {
    fn default() -> Self {
        Self::Loading { hidden: false }
    }
}

impl Page {
    /// Whether the session has started.
    pub(crate) fn has_started(self) -> bool {
        !matches!(self, Self::Loading { .. })
    }

    /// Notes that the page has loaded, and was activated if it was prerendered.
    pub(crate) fn start(&mut self) {
        *self = if self.is_hidden() { Self::Hidden } else { Self::Visible };
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
        matches!(self, Self::Hidden | Self::Loading { hidden: true } | Self::Away { hidden: true })
    }

    /// Notes that the page is hidden.
    pub(crate) fn hide(&mut self) {
        match self {
            Self::Visible => *self = Self::Hidden,
            Self::Loading { hidden } | Self::Away { hidden } => *hidden = true,
            Self::Hidden => {}
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
        match self {
            Self::Loading { hidden } => *hidden &= !is_seen,
            _ if is_seen => *self = Self::Visible,
            _ => self.start(),
        }
        was_away
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_event_leads_to_one_state() {
        use Page::{Hidden, Visible};
        let [loading, loading_hidden] = [false, true].map(|hidden| Page::Loading { hidden });
        let [away, away_hidden] = [false, true].map(|hidden| Page::Away { hidden });
        for (page, started, hidden, left, seen, unseen) in [
            (loading, Visible, loading_hidden, loading, loading, loading),
            (loading_hidden, Hidden, loading_hidden, loading_hidden, loading, loading_hidden),
            (Visible, Visible, Hidden, away, Visible, Visible),
            (Hidden, Hidden, Hidden, away_hidden, Visible, Hidden),
            (away, Visible, away_hidden, away, Visible, Visible),
            (away_hidden, Hidden, away_hidden, away_hidden, Visible, Hidden),
        ] {
            let after = |change: fn(&mut Page)| {
                let mut page = page;
                change(&mut page);
                page
            };
            let all = [
                after(Page::start),
                after(Page::hide),
                after(Page::leave),
                after(|page| {
                    page.wake(true);
                }),
                after(|page| {
                    page.wake(false);
                }),
            ];
            assert_eq!(all, [started, hidden, left, seen, unseen], "{page:?}");
        }
    }

    #[test]
    fn turns_begin_in_a_page_that_runs() {
        let all = [Page::default(), Page::Visible, Page::Hidden, Page::Away { hidden: false }];
        assert_eq!(all.map(Page::may_act), [false, true, true, false]);
        assert_eq!(all.map(Page::has_started), [false, true, true, true]);
        assert_eq!(all.map(Page::is_away), [false, false, false, true]);
        assert_eq!(all.map(Page::is_hidden), [false, false, true, false]);
        assert_eq!(all.map(|mut page| page.wake(true)), [false, false, false, true]);
    }
}
