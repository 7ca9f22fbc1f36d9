//! Who is told what happens inside.

use std::fmt;
use std::rc::Rc;

use wasm_bindgen::JsValue;

use crate::session::Report;

/// A report, and the native error behind it.
type Tell = dyn Fn(Report, Option<JsValue>);

/// Keeps metrics, or a log; by default nobody does.
#[derive(Clone, Default)]
pub struct Reporter(Option<Rc<Tell>>);

impl Reporter {
    /// Calls `tell` with each report, as soon as what it is about is under way, and with the native error behind it. No
    /// borrow is alive then.
    pub fn telling(tell: impl Fn(Report, Option<JsValue>) + 'static) -> Self {
        Self(Some(Rc::new(tell)))
    }

    pub(crate) fn tell(&self, report: Report, cause: Option<JsValue>) {
        if let Some(tell) = &self.0 {
            tell(report, cause);
        }
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Reporter" } else { "Nobody" })
    }
}
