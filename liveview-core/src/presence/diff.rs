//! Who came and who went, between two looks at a topic.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::state::Entry;

/// What is known of one presence of a key: `phx_ref`, unique and new after each update, `phx_ref_prev` after one, and what was tracked with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Meta {
    pub(super) phx_ref: Arc<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) phx_ref_prev: Option<Arc<str>>,
    /// Shared by all who list it.
    #[serde(flatten)]
    pub(super) fields: Arc<Map<String, Value>>,
}

/// The presences of a topic's keys.
pub(super) type Metas = BTreeMap<Arc<str>, Vec<Meta>>;

/// What happened at all topics.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Diff(BTreeMap<Arc<str>, TopicDiff>);

/// What happened at one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TopicDiff {
    pub(super) joins: Metas,
    pub(super) leaves: Metas,
}

impl Diff {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn join(&mut self, entry: &Entry) {
        let topic = self.0.entry(entry.topic.clone()).or_default();
        // Whoever comes back as if nothing had happened, as after a short partition, was never away.
        if !take(&mut topic.leaves, entry) {
            topic.joins.entry(entry.key.clone()).or_default().push(entry.meta.clone());
        }
        self.clean(&entry.topic);
    }

    pub(super) fn leave(&mut self, entry: &Entry) {
        let topic = self.0.entry(entry.topic.clone()).or_default();
        // Nobody has heard of the join yet.
        if !take(&mut topic.joins, entry) {
            topic.leaves.entry(entry.key.clone()).or_default().push(entry.meta.clone());
        }
        self.clean(&entry.topic);
    }

    fn clean(&mut self, topic: &str) {
        if self.0.get(topic).is_some_and(|diff| diff.joins.is_empty() && diff.leaves.is_empty()) {
            self.0.remove(topic);
        }
    }
}

fn take(metas: &mut Metas, entry: &Entry) -> bool {
    let Some(of_key) = metas.get_mut(&entry.key) else { return false };
    let Some(place) = of_key.iter().position(|meta| meta.phx_ref == entry.meta.phx_ref) else { return false };
    of_key.remove(place);
    if of_key.is_empty() {
        metas.remove(&entry.key);
    }
    true
}

impl IntoIterator for Diff {
    type Item = (Arc<str>, TopicDiff);
    type IntoIter = std::collections::btree_map::IntoIter<Arc<str>, TopicDiff>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
