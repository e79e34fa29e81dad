//! Who is where, as a value that every node keeps: replicated without a leader, and without a clock or a task in it.
//!
//! Each replica writes its own entries and nobody else's, and numbers its changes. So the state is one numbered set for each replica: of two copies
//! of a set, the one with the higher number is newer, and holds all that the other does. A [`Delta`] takes a copy from one number to a later one; whoever
//! has missed one asks for the whole set, a [`Snapshot`]. What comes twice, late or out of order changes nothing, so copies agree as soon as the
//! last number of each set has arrived. (`Phoenix.Tracker.State`, `phoenix_pubsub` 2.2, keeps an observed-remove set instead, which also lets others
//! remove entries; nobody here does.)
//!
//! Every change answers with a [`Diff`]: put together in order, they are what a reader of the state sees.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::diff::{Diff, Meta};

/// One run of one node. A node that starts anew is another replica.
pub(super) type Replica = Arc<str>;

/// Somebody at a topic, as the replica that tracks it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) topic: Arc<str>,
    pub(super) key: Arc<str>,
    pub(super) meta: Meta,
}

/// One change of a replica's set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Change {
    /// Has the number of the change from then on.
    Join(Entry),
    /// The number of the join.
    Leave(u64),
}

/// Changes `after + 1`, `after + 2`, … of a replica.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Delta {
    pub(super) replica: Replica,
    pub(super) after: u64,
    pub(super) changes: Vec<Change>,
}

/// A replica's whole set, as its change `clock` has left it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Snapshot {
    pub(super) replica: Replica,
    pub(super) clock: u64,
    pub(super) entries: Vec<(u64, Entry)>,
}

/// A delta that does not begin where the copy ends: something in between is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap;

/// The copy of all sets that one replica has.
#[derive(Debug)]
pub(super) struct State {
    me: Replica,
    sets: BTreeMap<Replica, Set>,
    /// By topic and key: whose entry it is, and its number.
    index: Index,
}

#[derive(Debug, Default)]
struct Set {
    clock: u64,
    entries: BTreeMap<u64, Entry>,
    /// Not heard of for a while: its entries are kept, and nobody sees them.
    is_down: bool,
}

impl State {
    pub(super) fn new(me: Replica) -> Self {
        let sets = BTreeMap::from([(me.clone(), Set::default())]);
        Self { me, sets, index: BTreeMap::new() }
    }

    pub(super) fn me(&self) -> &Replica {
        &self.me
    }

    /// The number of the last change of a replica's set that this copy has.
    pub(super) fn clock(&self, replica: &str) -> u64 {
        self.sets.get(replica).map_or(0, |set| set.clock)
    }

    /// Enters somebody. Its number, and the change for the others.
    pub(super) fn join(&mut self, entry: Entry, diff: &mut Diff) -> (u64, Change) {
        let me = self.me.clone();
        let change = Change::Join(entry);
        let number = self.clock(&me) + 1;
        self.change(&me, change.clone(), diff);
        (number, change)
    }

    /// Takes somebody out whom this replica has entered. `None` if it has done so already.
    pub(super) fn leave(&mut self, number: u64, diff: &mut Diff) -> Option<Change> {
        let me = self.me.clone();
        self.entry(&me, number)?;
        self.change(&me, Change::Leave(number), diff);
        Some(Change::Leave(number))
    }

    /// What this replica has entered under that number.
    pub(super) fn mine(&self, number: u64) -> Option<&Entry> {
        self.entry(&self.me, number)
    }

    fn entry(&self, replica: &str, number: u64) -> Option<&Entry> {
        self.sets.get(replica)?.entries.get(&number)
    }

    /// Takes another replica's changes over; those that are known already do nothing.
    ///
    /// # Errors
    /// [`Gap`], and nothing is taken over.
    pub(super) fn apply(&mut self, delta: Delta, diff: &mut Diff) -> Result<(), Gap> {
        let known = self.clock(&delta.replica);
        let skip = known.checked_sub(delta.after).ok_or(Gap)?;
        if *delta.replica == *self.me {
            return Ok(());
        }
        for change in delta.changes.into_iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)) {
            self.change(&delta.replica, change, diff);
        }
        Ok(())
    }

    fn change(&mut self, replica: &Replica, change: Change, diff: &mut Diff) {
        let set = self.sets.entry(replica.clone()).or_default();
        set.clock += 1;
        let number = set.clock;
        match change {
            Change::Join(entry) => self.insert(replica, number, entry, diff),
            Change::Leave(number) => self.remove(replica, number, diff),
        }
    }

    /// This replica's set.
    pub(super) fn snapshot(&self) -> Snapshot {
        let set = &self.sets[&self.me];
        let entries = set.entries.iter().map(|(number, entry)| (*number, entry.clone())).collect();
        Snapshot { replica: self.me.clone(), clock: set.clock, entries }
    }

    /// Takes another replica's set over, unless the copy is as new.
    pub(super) fn replace(&mut self, snapshot: Snapshot, diff: &mut Diff) {
        let Snapshot { replica, clock, entries } = snapshot;
        if *replica == *self.me || clock <= self.clock(&replica) {
            return;
        }
        let mut entries: BTreeMap<_, _> = entries.into_iter().collect();
        let set = self.sets.entry(replica.clone()).or_default();
        set.clock = clock;
        let gone: Vec<_> = set.entries.keys().filter(|number| !entries.contains_key(number)).copied().collect();
        // An entry never changes: it goes, and another one comes.
        entries.retain(|number, _| !set.entries.contains_key(number));
        for number in gone {
            self.remove(&replica, number, diff);
        }
        for (number, entry) in entries {
            self.insert(&replica, number, entry, diff);
        }
    }

    fn insert(&mut self, replica: &Replica, number: u64, entry: Entry, diff: &mut Diff) {
        let Some(set) = self.sets.get_mut(replica) else { return };
        if !set.is_down {
            show(&mut self.index, replica, number, &entry, diff);
        }
        set.entries.insert(number, entry);
    }

    fn remove(&mut self, replica: &Replica, number: u64, diff: &mut Diff) {
        let Some(set) = self.sets.get_mut(replica) else { return };
        let Some(entry) = set.entries.remove(&number) else { return };
        if !set.is_down {
            hide(&mut self.index, replica, number, &entry, diff);
        }
    }

    /// A replica is not heard of: nobody sees its entries until it is [`up`](Self::up) again. How many they are; none when it is down already.
    pub(super) fn down(&mut self, replica: &Replica, diff: &mut Diff) -> Option<usize> {
        // Known from now on, if it has never had any.
        let set = self.sets.entry(replica.clone()).or_default();
        if set.is_down {
            return None;
        }
        set.is_down = true;
        for (number, entry) in &set.entries {
            hide(&mut self.index, replica, *number, entry, diff);
        }
        Some(set.entries.len())
    }

    /// Whether nobody sees a replica's entries.
    pub(super) fn is_down(&self, replica: &Replica) -> bool {
        self.sets.get(replica).is_some_and(|set| set.is_down)
    }

    /// A replica is heard of again. How many its entries are, if it was down.
    pub(super) fn up(&mut self, replica: &Replica, diff: &mut Diff) -> Option<usize> {
        let set = self.sets.get_mut(replica).filter(|set| set.is_down)?;
        set.is_down = false;
        for (number, entry) in &set.entries {
            show(&mut self.index, replica, *number, entry, diff);
        }
        Some(set.entries.len())
    }

    /// A replica will not come back.
    pub(super) fn forget(&mut self, replica: &Replica, diff: &mut Diff) {
        if *replica != self.me {
            self.down(replica, diff);
            self.sets.remove(replica);
        }
    }

    /// Who is at a topic, by key. The metas of a key are in the order of the replicas' names and of their joins.
    pub(super) fn list(&self, topic: &str) -> BTreeMap<Arc<str>, Vec<Meta>> {
        let keys = self.index.get(topic).into_iter().flatten();
        keys.map(|(key, places)| (key.clone(), self.metas(places))).collect()
    }

    /// The metas of one key at a topic.
    pub(super) fn get(&self, topic: &str, key: &str) -> Vec<Meta> {
        let places = self.index.get(topic).and_then(|keys| keys.get(key));
        places.map(|places| self.metas(places)).unwrap_or_default()
    }

    fn metas(&self, places: &BTreeSet<(Replica, u64)>) -> Vec<Meta> {
        places.iter().filter_map(|(replica, number)| Some(self.entry(replica, *number)?.meta.clone())).collect()
    }
}

type Index = BTreeMap<Arc<str>, BTreeMap<Arc<str>, BTreeSet<(Replica, u64)>>>;

fn show(index: &mut Index, replica: &Replica, number: u64, entry: &Entry, diff: &mut Diff) {
    let keys = index.entry(entry.topic.clone()).or_default();
    keys.entry(entry.key.clone()).or_default().insert((replica.clone(), number));
    diff.join(entry);
}

fn hide(index: &mut Index, replica: &Replica, number: u64, entry: &Entry, diff: &mut Diff) {
    if let Slot::Occupied(mut topic) = index.entry(entry.topic.clone()) {
        if let Slot::Occupied(mut key) = topic.get_mut().entry(entry.key.clone()) {
            key.get_mut().remove(&(replica.clone(), number));
            if key.get().is_empty() {
                key.remove();
            }
        }
        if topic.get().is_empty() {
            topic.remove();
        }
    }
    diff.leave(entry);
}
