//! Names for processes: a key leads to a value, often an address, as long as its process lives.
//!
//! ```text
//! register(key, value) by a process -> lookup(key) -> value;   the process ends -> its keys are free, and then its end is known
//! ```
//!
//! Who is told that a process has ended, a supervisor for one, can therefore register its key at once. The map is in shards, each with its own
//! lock, held for the time of a clone: lookups of different keys do not meet, and readers of one key share.
//!
//! After Elixir's `Registry`.

use std::any::Any;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher as _, Hash};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::process::Process;

/// As many shards. A power of two, and more than threads that look up at a time.
const SHARDS: usize = 32;

/// Whether a key may have several entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keys {
    Unique,
    Duplicate,
}

/// Why a key was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Another process is registered under this key.
    #[error("the key is taken by {0:?}")]
    AlreadyRegistered(Process),
    /// The process that is to be registered has ended.
    #[error("{0:?} has ended")]
    Ended(Process),
    /// The caller is no process: name one, with [`Registry::register_for`].
    #[error("only a process can be registered: call this in a worker, an actor or a task, or name the process")]
    NoProcess,
}

struct Entry<V> {
    number: u64,
    process: Process,
    /// What gives it back when the process ends.
    release: Option<u64>,
    value: V,
}

type Shard<K, V> = RwLock<HashMap<K, Vec<Entry<V>>>>;

struct Inner<K, V> {
    keys: Keys,
    hasher: RandomState,
    shards: Box<[Shard<K, V>]>,
    last: AtomicU64,
    meta: RwLock<HashMap<Box<str>, Arc<dyn Any + Send + Sync>>>,
}

/// Keys of processes, with a value each. Clones are the same registry.
pub struct Registry<K, V>(Arc<Inner<K, V>>);

impl<K, V> Registry<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Each key has one entry: for names.
    pub fn unique() -> Self {
        Self::new(Keys::Unique)
    }

    /// A key may have any number of entries, of one process or of several: for groups, to [`dispatch`](Self::dispatch) to.
    pub fn duplicate() -> Self {
        Self::new(Keys::Duplicate)
    }

    fn new(keys: Keys) -> Self {
        Self(Arc::new(Inner {
            keys,
            hasher: RandomState::new(),
            shards: (0..SHARDS).map(|_| Shard::default()).collect(),
            last: AtomicU64::new(0),
            meta: RwLock::default(),
        }))
    }

    /// Registers the process that the caller runs in, until it ends.
    ///
    /// # Errors
    /// When the key is taken, or the caller is no process.
    pub fn register(&self, key: K, value: V) -> Result<(), RegistryError> {
        self.register_for(&Process::current().ok_or(RegistryError::NoProcess)?, key, value)
    }

    /// Registers a process, until it ends.
    ///
    /// # Errors
    /// When the key is taken, or the process has ended.
    #[allow(clippy::needless_pass_by_value, reason = "keys are given away, as in a map")]
    pub fn register_for(&self, process: &Process, key: K, value: V) -> Result<(), RegistryError> {
        let number = self.0.last.fetch_add(1, Ordering::Relaxed) + 1;
        {
            let mut shard = self.write(&key);
            let entries = shard.entry(key.clone()).or_default();
            // One that has ended is about to give its key back.
            entries.retain(|entry| entry.process.is_alive());
            if let (Keys::Unique, Some(entry)) = (self.0.keys, entries.first()) {
                return Err(RegistryError::AlreadyRegistered(entry.process.clone()));
            }
            entries.push(Entry { number, process: process.clone(), release: None, value });
        }
        let (registry, released) = (Arc::downgrade(&self.0), key.clone());
        let release = process.on_release(move || {
            if let Some(inner) = registry.upgrade() {
                drop(Self(inner).remove(&released, |entry| entry.number == number));
            }
        });
        // It may have ended meanwhile; what it registered is gone again then.
        let Some(release) = release else { return Err(RegistryError::Ended(process.clone())) };
        let mut shard = self.write(&key);
        let entry = shard.get_mut(&key).and_then(|entries| entries.iter_mut().find(|entry| entry.number == number));
        if let Some(entry) = entry {
            entry.release = Some(release);
        }
        Ok(())
    }

    /// Takes the caller's own entries of a key away.
    pub fn unregister(&self, key: &K) {
        if let Some(process) = Process::current() {
            self.unregister_for(&process, key);
        }
    }

    /// Takes a process's entries of a key away.
    pub fn unregister_for(&self, process: &Process, key: &K) {
        let gone = self.remove(key, |entry| entry.process == *process);
        for release in gone.iter().filter_map(|entry| entry.release) {
            process.forget(release);
        }
    }

    /// The value of a key; of the first entry, where there may be several.
    pub fn lookup(&self, key: &K) -> Option<V> {
        self.living(key, |entries| entries.next().map(|entry| entry.value.clone()))
    }

    /// The process that is registered under a key.
    pub fn whereis(&self, key: &K) -> Option<Process> {
        self.living(key, |entries| entries.next().map(|entry| entry.process.clone()))
    }

    /// All entries of a key, in the order in which they were made.
    pub fn lookup_all(&self, key: &K) -> Vec<(Process, V)> {
        self.living(key, |entries| entries.map(|entry| (entry.process.clone(), entry.value.clone())).collect())
    }

    /// Hands each entry of a key to `send`: to tell all of a group. Entries that come or go meanwhile are not minded; no lock is held. Returns how many
    /// there were.
    pub fn dispatch(&self, key: &K, mut send: impl FnMut(&Process, &V)) -> usize {
        let entries = self.lookup_all(key);
        for (process, value) in &entries {
            send(process, value);
        }
        entries.len()
    }

    /// Changes the value of the caller's own entry; `None` when it has none.
    pub fn update_value<T>(&self, key: &K, change: impl FnOnce(&mut V) -> T) -> Option<T> {
        let process = Process::current()?;
        let mut shard = self.write(key);
        let entry = shard.get_mut(key)?.iter_mut().find(|entry| entry.process == process)?;
        Some(change(&mut entry.value))
    }

    /// The keys of a process. Looks at all entries.
    pub fn keys(&self, process: &Process) -> Vec<K> {
        let mut keys = Vec::new();
        for shard in &self.0.shards {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            let own = shard.iter().filter(|(_, entries)| entries.iter().any(|entry| entry.process == *process));
            keys.extend(own.map(|(key, _)| key.clone()));
        }
        keys
    }

    /// How many entries there are.
    pub fn count(&self) -> usize {
        let shards = self.0.shards.iter().map(|shard| shard.read().unwrap_or_else(PoisonError::into_inner));
        shards.map(|shard| shard.values().map(Vec::len).sum::<usize>()).sum()
    }

    /// Keeps a value about the registry itself, under a name.
    pub fn put_meta<T: Any + Send + Sync>(&self, name: &str, value: T) {
        self.0.meta.write().unwrap_or_else(PoisonError::into_inner).insert(name.into(), Arc::new(value));
    }

    /// A value about the registry itself; `None` when there is none of this name and type.
    pub fn meta<T: Any + Send + Sync>(&self, name: &str) -> Option<Arc<T>> {
        let value = self.0.meta.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()?;
        value.downcast().ok()
    }

    fn living<T>(&self, key: &K, look: impl FnOnce(&mut dyn Iterator<Item = &Entry<V>>) -> T) -> T {
        let shard = self.read(key);
        let entries = shard.get(key).map(Vec::as_slice).unwrap_or_default();
        look(&mut entries.iter().filter(|entry| entry.process.is_alive()))
    }

    /// Those that are taken away: what a value does when it is dropped is its own affair, and not done under the lock.
    #[must_use]
    fn remove(&self, key: &K, is_it: impl Fn(&Entry<V>) -> bool) -> Vec<Entry<V>> {
        let mut shard = self.write(key);
        let Some(entries) = shard.remove(key) else { return Vec::new() };
        let (gone, staying): (Vec<_>, Vec<_>) = entries.into_iter().partition(is_it);
        if !staying.is_empty() {
            shard.insert(key.clone(), staying);
        }
        gone
    }

    // Every section leaves the map whole.

    fn read(&self, key: &K) -> RwLockReadGuard<'_, HashMap<K, Vec<Entry<V>>>> {
        self.shard(key).read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, key: &K) -> RwLockWriteGuard<'_, HashMap<K, Vec<Entry<V>>>> {
        self.shard(key).write().unwrap_or_else(PoisonError::into_inner)
    }

    fn shard(&self, key: &K) -> &Shard<K, V> {
        &self.0.shards[self.0.hasher.hash_one(key) as usize % SHARDS]
    }
}

impl<K, V> Clone for Registry<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V> fmt::Debug for Registry<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("keys", &self.0.keys).finish_non_exhaustive()
    }
}
