//! What callbacks ask for beside the markup: it travels in the next frame.

use serde_json::Value;

/// Collected while callbacks run, taken when the view is rendered.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) title: Option<String>,
    pub(super) events: Vec<(String, Value)>,
    pub(super) redirect: Option<String>,
}
