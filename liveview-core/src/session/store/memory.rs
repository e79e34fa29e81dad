//! Sessions in the memory of this process (`Plug.Session.ETS`, with bounds).

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{SessionStore, StoreError};
use crate::session::SessionValues;

const MAX_SESSIONS: usize = 100_000;
const MAX_AGE: Duration = Duration::from_hours(14 * 24);

/// Keeps sessions in this process: other nodes do not know them, and they end with it. Clones are the same store.
///
/// It never holds more than a bound of them, whoever comes: behind it, the session goes that was not used, read or written, for the longest time. Every
/// browser that is shown a form has a session, so a flood of strangers ends those that nobody used meanwhile, and no others.
///
/// ```
/// use std::time::Duration;
/// use liveview_core::session::{MemoryStore, SessionOptions};
///
/// let store = MemoryStore::new().max_sessions(10_000).max_age(Duration::from_secs(24 * 3600));
/// let options = SessionOptions::default().store(store.clone());
/// assert_eq!(store.len(), 0);
/// ```
#[derive(Clone)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

struct Shared {
    max_sessions: usize,
    max_age: Duration,
    sessions: Mutex<Sessions>,
}

#[derive(Default)]
struct Sessions {
    by_id: HashMap<Arc<str>, Entry>,
    /// The ids by when they were last used, the longest ago first.
    by_use: BTreeMap<u64, Arc<str>>,
    uses: u64,
}

struct Entry {
    // Shared, so that it is copied without the lock.
    values: Arc<SessionValues>,
    used_at: Instant,
    /// Its key in `by_use`.
    used: u64,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::bounded(MAX_SESSIONS, MAX_AGE)
    }

    /// How many sessions it holds at most, at least 1. Default 100,000. Set it before the store is used: this one is empty.
    #[must_use]
    pub fn max_sessions(self, max_sessions: usize) -> Self {
        Self::bounded(max_sessions.max(1), self.shared.max_age)
    }

    /// After how long without use, reading or writing, a session is gone. Default 14 days. How old one may get that is in use is said by
    /// [`SessionOptions::max_age`](crate::session::SessionOptions::max_age). Set it before the store is used: this one is empty.
    #[must_use]
    pub fn max_age(self, max_age: Duration) -> Self {
        Self::bounded(self.shared.max_sessions, max_age)
    }

    /// How many sessions it holds.
    pub fn len(&self) -> usize {
        self.sessions().by_id.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn bounded(max_sessions: usize, max_age: Duration) -> Self {
        Self { shared: Arc::new(Shared { max_sessions, max_age, sessions: Mutex::default() }) }
    }

    /// Those that are not too old.
    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        let mut sessions = self.shared.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.forget_unused_for(self.shared.max_age);
        sessions
    }
}

impl SessionStore for MemoryStore {
    fn get(&self, id: &str) -> Result<Option<SessionValues>, StoreError> {
        let values = self.sessions().touch(id).map(|entry| entry.values.clone());
        Ok(values.map(Arc::unwrap_or_clone))
    }

    fn insert(&self, id: &str, values: &SessionValues) -> Result<(), StoreError> {
        let values = Arc::new(values.clone());
        let mut sessions = self.sessions();
        sessions.remove(id);
        while sessions.by_id.len() >= self.shared.max_sessions && sessions.forget_first() {}
        sessions.insert(id.into(), values);
        Ok(())
    }

    fn update(&self, id: &str, values: &SessionValues) -> Result<bool, StoreError> {
        let mut values = Arc::new(values.clone());
        // What was there is dropped without the lock.
        Ok(self.sessions().touch(id).map(|entry| std::mem::swap(&mut entry.values, &mut values)).is_some())
    }

    fn delete(&self, id: &str) -> Result<(), StoreError> {
        let removed = self.sessions().remove(id);
        drop(removed);
        Ok(())
    }
}

impl Sessions {
    fn insert(&mut self, id: Arc<str>, values: Arc<SessionValues>) {
        self.uses += 1;
        self.by_use.insert(self.uses, id.clone());
        self.by_id.insert(id, Entry { values, used_at: Instant::now(), used: self.uses });
    }

    /// The session, which is the one used last from now on.
    fn touch(&mut self, id: &str) -> Option<&mut Entry> {
        let entry = self.by_id.get_mut(id)?;
        let id = self.by_use.remove(&entry.used)?;
        self.uses += 1;
        self.by_use.insert(self.uses, id);
        (entry.used_at, entry.used) = (Instant::now(), self.uses);
        Some(entry)
    }

    fn remove(&mut self, id: &str) -> Option<Entry> {
        let entry = self.by_id.remove(id)?;
        self.by_use.remove(&entry.used);
        Some(entry)
    }

    fn forget_unused_for(&mut self, max_age: Duration) {
        let is_too_old = |entry: &Entry| entry.used_at.elapsed() >= max_age;
        while self.first().is_some_and(is_too_old) && self.forget_first() {}
    }

    fn first(&self) -> Option<&Entry> {
        self.by_id.get(self.by_use.first_key_value()?.1)
    }

    /// Whether there was one.
    fn forget_first(&mut self) -> bool {
        let first = self.by_use.pop_first();
        first.is_some_and(|(_, id)| self.by_id.remove(&id).is_some())
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { max_sessions, max_age, .. } = &*self.shared;
        let mut debug = f.debug_struct("MemoryStore");
        debug.field("len", &self.len()).field("max_sessions", max_sessions).field("max_age", max_age).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use tokio::time::advance;

    use super::MemoryStore;
    use crate::session::{SessionStore as _, SessionValues};

    const SECOND: Duration = Duration::from_secs(1);

    fn values(user: i64) -> SessionValues {
        serde_json::from_value(json!({ "user": user })).expect("an object")
    }

    fn user(store: &MemoryStore, id: &str) -> Option<i64> {
        store.get(id).expect("memory")?.get("user")?.as_i64()
    }

    fn insert(store: &MemoryStore, id: &str, user: i64) {
        store.insert(id, &values(user)).expect("memory");
    }

    #[test]
    fn what_is_kept_is_read_changed_and_forgotten_in_every_clone() {
        let store = MemoryStore::new();
        insert(&store, "a", 1);
        let clone = store.clone();
        assert_eq!((user(&clone, "a"), user(&clone, "b")), (Some(1), None));
        assert!(clone.update("a", &values(2)).expect("memory"));
        assert_eq!(user(&store, "a"), Some(2));
        store.delete("a").expect("memory");
        assert!(clone.is_empty() && user(&clone, "a").is_none());
    }

    #[test]
    fn an_update_brings_nothing_back() {
        let store = MemoryStore::new();
        insert(&store, "a", 1);
        store.delete("a").expect("memory");
        assert!(!store.update("a", &values(2)).expect("memory"));
        assert!(store.is_empty());
    }

    #[test]
    fn there_are_never_more_than_the_bound_and_the_one_unused_longest_goes() {
        let store = MemoryStore::new().max_sessions(3);
        for (id, user) in [("a", 1), ("b", 2), ("c", 3)] {
            insert(&store, id, user);
        }
        assert_eq!(user(&store, "a"), Some(1), "which uses it");
        assert!(store.update("b", &values(4)).expect("memory"));
        insert(&store, "d", 5);
        assert_eq!([user(&store, "a"), user(&store, "b"), user(&store, "c")], [Some(1), Some(4), None]);
        for stranger in 0..10_000 {
            insert(&store, &stranger.to_string(), 0);
            assert_eq!(user(&store, "a"), Some(1), "a session in use survives a flood");
        }
        assert_eq!(store.len(), 3);
        let sessions = store.sessions();
        assert_eq!(sessions.by_id.len(), sessions.by_use.len());
    }

    #[test]
    fn a_bound_of_none_is_one() {
        let store = MemoryStore::new().max_sessions(0);
        insert(&store, "a", 1);
        assert_eq!(user(&store, "a"), Some(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_that_nobody_uses_is_gone_after_its_age() {
        let store = MemoryStore::new().max_age(10 * SECOND);
        for (id, user) in [("idle", 1), ("read", 2), ("written", 3)] {
            insert(&store, id, user);
        }
        advance(9 * SECOND).await;
        assert_eq!(user(&store, "read"), Some(2));
        assert!(store.update("written", &values(4)).expect("memory"));
        advance(SECOND).await;
        assert_eq!(store.len(), 2);
        assert!(!store.update("idle", &values(5)).expect("memory"), "it does not come back");
        assert_eq!([user(&store, "idle"), user(&store, "read"), user(&store, "written")], [None, Some(2), Some(4)]);
        advance(10 * SECOND).await;
        assert!(store.is_empty());
    }

    #[test]
    fn a_store_in_a_log_shows_no_sessions() {
        let store = MemoryStore::new();
        insert(&store, "secret", 1);
        assert_eq!(format!("{store:?}"), "MemoryStore { len: 1, max_sessions: 100000, max_age: 1209600s }");
    }
}
