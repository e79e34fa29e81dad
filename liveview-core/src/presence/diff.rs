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
pub(super) struct Diff {
    topics: BTreeMap<Arc<str>, TopicDiff>,
    /// The refs of those who came and went before anybody was told, with the refs before them.
    untold: BTreeMap<Arc<str>, Option<Arc<str>>>,
}

/// What happened at one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TopicDiff {
    pub(super) joins: Metas,
    pub(super) leaves: Metas,
}

impl Diff {
    pub(super) fn is_empty(&self) -> bool {
        self.topics.is_empty()
    }

    pub(super) fn join(&mut self, entry: &Entry) {
        let topic = self.topics.entry(entry.topic.clone()).or_default();
        // Whoever comes back as if nothing had happened, as after a short partition, was never away.
        if take(&mut topic.leaves, entry).is_none() {
            let mut meta = entry.meta.clone();
            // After several updates at once, the one before is the one that was told.
            if let Some(told) = meta.phx_ref_prev.as_ref().and_then(|before| self.untold.get(before)) {
                meta.phx_ref_prev.clone_from(told);
            }
            topic.joins.entry(entry.key.clone()).or_default().push(meta);
        }
        self.clean(&entry.topic);
    }

    pub(super) fn leave(&mut self, entry: &Entry) {
        let topic = self.topics.entry(entry.topic.clone()).or_default();
        match take(&mut topic.joins, entry) {
            // Nobody has heard of the join yet.
            Some(untold) => drop(self.untold.insert(untold.phx_ref, untold.phx_ref_prev)),
            None => topic.leaves.entry(entry.key.clone()).or_default().push(entry.meta.clone()),
        }
        self.clean(&entry.topic);
    }

    fn clean(&mut self, topic: &str) {
        if self.topics.get(topic).is_some_and(|diff| diff.joins.is_empty() && diff.leaves.is_empty()) {
            self.topics.remove(topic);
        }
    }
}

fn take(metas: &mut Metas, entry: &Entry) -> Option<Meta> {
    let of_key = metas.get_mut(&entry.key)?;
    let place = of_key.iter().position(|meta| meta.phx_ref == entry.meta.phx_ref)?;
    let taken = of_key.remove(place);
    if of_key.is_empty() {
        metas.remove(&entry.key);
    }
    Some(taken)
}

impl IntoIterator for Diff {
    type Item = (Arc<str>, TopicDiff);
    type IntoIter = std::collections::btree_map::IntoIter<Arc<str>, TopicDiff>;

    fn into_iter(self) -> Self::IntoIter {
        self.topics.into_iter()
    }
}
