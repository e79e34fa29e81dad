//! What callbacks ask for beside the markup: it travels in the next frame.

use serde_json::Value;

use crate::Flash;
use crate::router::LivePage;

/// Collected while callbacks run, taken when the view is rendered.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) title: Option<String>,
    pub(super) events: Vec<(String, Value)>,
    /// Another URL of this view. `handle_params` runs for it as soon as the callback that asked has returned.
    pub(super) patch: Option<Patch>,
    /// URLs that the view has moved to, oldest first, for the browser's history.
    pub(super) patched: Vec<Patched>,
    pub(super) leave: Option<Leave>,
    /// Messages put since the last frame: those that a page which is left hands on to the next one.
    pub(super) flash: Flash,
    /// The shown messages changed.
    pub(super) flash_changed: bool,
}

/// A change of the URL that is still to be carried out.
#[derive(Debug)]
pub(super) struct Patch {
    pub(super) page: LivePage,
    pub(super) as_written: Patched,
}

/// A change of the URL as the browser's history gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patched {
    /// Path, query and fragment.
    pub(super) to: String,
    /// In place of the present entry.
    pub(super) replace: bool,
}

/// Where the browser goes from this view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Leave {
    /// To another view of the live session, over the same socket.
    Navigate { to: String, replace: bool },
    /// To a page that the browser loads: a path of this host, or an `http(s)` URL.
    Redirect { to: String },
}

impl Leave {
    /// Path or URL.
    pub(crate) fn to(&self) -> &str {
        match self {
            Self::Navigate { to, .. } | Self::Redirect { to } => to,
        }
    }
}
