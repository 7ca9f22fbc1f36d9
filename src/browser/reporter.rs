//! Who is told what happens inside.

use std::fmt;
use std::rc::Rc;

use crate::session::Report;

/// Keeps metrics, or a log; by default nobody does.
#[derive(Clone, Default)]
pub struct Reporter(Option<Rc<dyn Fn(Report)>>);

impl Reporter {
    /// Calls `tell` with each report, as soon as what it is about is under way. No borrow is alive then.
    pub fn telling(tell: impl Fn(Report) + 'static) -> Self {
        Self(Some(Rc::new(tell)))
    }

    pub(crate) fn tell(&self, report: Report) {
        if let Some(tell) = &self.0 {
            tell(report);
        }
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Reporter" } else { "Nobody" })
    }
}
