//! The three pages, once as Bennu's live views and once as plain Dioxus components: the same markup, the same state.

pub(crate) mod bennu;
pub(crate) mod data;
pub(crate) mod dioxus;

use anyhow::{Result, bail};

/// One of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// A number and a button.
    Counter,
    /// 1,000 rows of four cells; a click changes one of them.
    Table,
    /// 20 robots of six values each, all of which change at every broadcast.
    Telemetry,
}

impl Page {
    pub(crate) const ALL: [Self; 3] = [Self::Counter, Self::Table, Self::Telemetry];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Table => "table",
            Self::Telemetry => "telemetry",
        }
    }

    pub(crate) fn from_name(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|page| page.name() == name);
        let Some(page) = found else { bail!("there is no page `{name}`: there are counter, table and telemetry") };
        Ok(page)
    }

    /// The event of the page's button, if it has one.
    pub(crate) fn event(self) -> Option<&'static str> {
        match self {
            Self::Counter => Some("inc"),
            Self::Table => Some("touch"),
            Self::Telemetry => None,
        }
    }
}
