//! Presences as users and clients see them. As JSON they are what Phoenix's clients expect: `{"ada": {"metas": [{"phx_ref": "…", …}], …}}`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::diff::{Meta, Metas, TopicDiff};
use super::tracker::Fetched;

/// One presence of a key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PresenceMeta<M> {
    /// Names this presence; another one after each update.
    pub phx_ref: String,
    /// The name that it had before an update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phx_ref_prev: Option<String>,
    /// What it was tracked with.
    #[serde(flatten)]
    pub value: M,
}

/// A key's presences.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PresenceEntry<M> {
    /// At least one.
    pub metas: Vec<PresenceMeta<M>>,
    /// What was fetched for the key.
    #[serde(flatten)]
    pub fetched: Map<String, Value>,
}

/// What has changed at a topic. As JSON the payload of `presence_diff`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PresenceDiff<M> {
    /// The topic.
    #[serde(skip)]
    pub topic: String,
    /// Presences that are new, by key. The key may have had others before.
    pub joins: BTreeMap<String, PresenceEntry<M>>,
    /// Presences that are gone, by key. The key may have others still.
    pub leaves: BTreeMap<String, PresenceEntry<M>>,
}

impl<M: DeserializeOwned> PresenceDiff<M> {
    pub(super) fn new(topic: &str, diff: TopicDiff, fetched: &Fetched) -> Self {
        Self { topic: topic.to_owned(), joins: entries(diff.joins, fetched), leaves: entries(diff.leaves, fetched) }
    }
}

pub(super) fn entries<M: DeserializeOwned>(metas: Metas, fetched: &Fetched) -> BTreeMap<String, PresenceEntry<M>> {
    let entries = metas.into_iter().map(|(key, of_key)| {
        let fetched = fetched.get(&*key).cloned().unwrap_or_default();
        (key.to_string(), PresenceEntry { metas: self::metas(of_key), fetched })
    });
    entries.filter(|(_, entry)| !entry.metas.is_empty()).collect()
}

/// Metas that cannot be read are of a node that is older or newer, and are left out.
pub(super) fn metas<M: DeserializeOwned>(metas: Vec<Meta>) -> Vec<PresenceMeta<M>> {
    let shown = metas.into_iter().filter_map(|meta| {
        let value = M::deserialize(Value::Object((*meta.fields).clone()));
        let value =
            value.inspect_err(|error| tracing::warn!(%error, "the meta of a presence of another node cannot be read"));
        Some(PresenceMeta {
            phx_ref: meta.phx_ref.to_string(),
            phx_ref_prev: meta.phx_ref_prev.as_deref().map(str::to_owned),
            value: value.ok()?,
        })
    });
    shown.collect()
}
