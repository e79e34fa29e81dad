//! Limits how often something may be tried by key: log-ins by account and by address, mails by recipient, calls by API key.
//!
//! The generic cell rate algorithm (ITU-T I.371; the leaky bucket as a meter): a key may use its whole allowance at once, and gets it back evenly. It keeps
//! one number for each key, and never more than a bound of them: behind it, the keys that were not tried for the longest are forgotten. Keys
//! are kept as hashes under a random key of the process, so what people send is not kept.
//!
//! Lives in this process: behind a load balancer, each node has its own counts.
//!
//! ```
//! use std::time::Duration;
//! use liveview_core::throttle::Throttle;
//!
//! let by_account = Throttle::new(2, Duration::from_secs(60));
//! assert!(by_account.check("ada@example.com").is_ok());
//! assert!(by_account.check("ada@example.com").is_ok());
//! let throttled = by_account.check("ada@example.com").unwrap_err();
//! assert_eq!(throttled.retry_after_seconds(), 30);
//! assert!(by_account.check("bob@example.com").is_ok());
//! ```

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

/// So many keys are remembered, unless [`Throttle::max_keys`] says otherwise: about 4 MB.
const MAX_KEYS: usize = 100_000;

/// Counts tries by key. Clones count together; give one to the endpoint as state, or keep it in a `static` with `LazyLock`.
#[derive(Clone, Debug)]
pub struct Throttle {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// A whole allowance is back after so long.
    per: Duration,
    /// One try is back after so long.
    interval: Duration,
    max_keys: usize,
    hasher: RandomState,
    began: Instant,
    keys: Mutex<Keys>,
}

/// When each key will have its whole allowance again, in nanoseconds since the beginning. Two generations: when the younger is full, the older
/// is dropped. A key that is tried moves into the younger one.
#[derive(Debug, Default)]
struct Keys {
    young: HashMap<u64, u64>,
    old: HashMap<u64, u64>,
}

/// Too often. As a response: 429 with `Retry-After`; as an [`Error`](crate::Error), 429.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many tries: again in {} seconds", self.retry_after_seconds())]
pub struct Throttled {
    /// When the next try is let through.
    pub retry_after: Duration,
}

impl Throttle {
    /// Lets `limit` tries of each key through in `per`, all at once if they come so.
    ///
    /// # Panics
    ///
    /// When `limit` or `per` is 0: that would let nothing, or everything, through.
    #[track_caller]
    pub fn new(limit: u32, per: Duration) -> Self {
        assert!(limit > 0 && !per.is_zero(), "a throttle lets at least one try through in some time");
        let shared = Shared {
            per,
            interval: per / limit,
            max_keys: MAX_KEYS,
            hasher: RandomState::new(),
            began: Instant::now(),
            keys: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// How many keys are remembered at least; at most it is twice as many, of 40 bytes each. Default 100,000. Who tries with more than that many
    /// other keys in between is counted from the beginning. Set it before the throttle is used: the counts so far are forgotten.
    #[must_use]
    pub fn max_keys(self, max_keys: usize) -> Self {
        let Shared { per, interval, .. } = *self.shared;
        let (hasher, began, keys) = (RandomState::new(), Instant::now(), Mutex::default());
        Self { shared: Arc::new(Shared { per, interval, max_keys: max_keys.max(1), hasher, began, keys }) }
    }

    /// Counts a try, unless there are too many.
    ///
    /// # Errors
    ///
    /// [`Throttled`], with the time until the next one. A try that was refused does not count: who keeps trying is let through at that time.
    pub fn check<K: Hash + ?Sized>(&self, key: &K) -> Result<(), Throttled> {
        let shared = &*self.shared;
        let key = shared.hasher.hash_one(key);
        let now = nanoseconds(shared.began.elapsed());
        let mut keys = shared.lock();
        let whole_at = keys.find(key).unwrap_or_default().max(now).saturating_add(nanoseconds(shared.interval));
        let early = whole_at.saturating_sub(now.saturating_add(nanoseconds(shared.per)));
        if early > 0 {
            return Err(Throttled { retry_after: Duration::from_nanos(early) });
        }
        keys.keep(key, whole_at, shared.max_keys);
        Ok(())
    }

    /// Forgets the tries of a key, as after a log-in that succeeded.
    pub fn forget<K: Hash + ?Sized>(&self, key: &K) {
        let key = self.shared.hasher.hash_one(key);
        let mut keys = self.shared.lock();
        keys.young.remove(&key);
        keys.old.remove(&key);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Keys> {
        // Every section leaves the maps whole.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keys {
    fn find(&self, key: u64) -> Option<u64> {
        self.young.get(&key).or_else(|| self.old.get(&key)).copied()
    }

    fn keep(&mut self, key: u64, whole_at: u64, max: usize) {
        if self.young.len() >= max && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, whole_at);
    }
}

impl Throttled {
    /// The time until the next try in whole seconds, rounded up: what `Retry-After` says, and what to tell a person.
    pub fn retry_after_seconds(self) -> u64 {
        self.retry_after.as_secs() + u64::from(self.retry_after.subsec_nanos() > 0)
    }
}

impl IntoResponse for Throttled {
    fn into_response(self) -> Response {
        let seconds = HeaderValue::from(self.retry_after_seconds());
        (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, seconds)], self.to_string()).into_response()
    }
}

/// Durations of more than 584 years are as good as endless.
fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::response::IntoResponse as _;
    use tokio::time::advance;

    use super::{Throttle, Throttled};

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn an_allowance_may_be_used_at_once_and_comes_back_evenly() {
        let throttle = Throttle::new(3, 60 * SECOND);
        let passes = |count: usize| (0..count).filter(|_| throttle.check("ada").is_ok()).count();
        assert_eq!(passes(10), 3);
        assert_eq!(throttle.check("ada"), Err(Throttled { retry_after: 20 * SECOND }));
        advance(19 * SECOND).await;
        assert_eq!(throttle.check("ada"), Err(Throttled { retry_after: SECOND }));
        advance(SECOND).await;
        assert_eq!(passes(10), 1);
        advance(3600 * SECOND).await;
        assert_eq!(passes(10), 3, "what was not used does not add up");
    }

    #[tokio::test(start_paused = true)]
    async fn keys_are_counted_apart_and_clones_together() {
        let throttle = Throttle::new(1, 60 * SECOND);
        assert!(throttle.check(&("ada", 1)).is_ok());
        assert!(throttle.check(&("ada", 2)).is_ok());
        assert!(throttle.clone().check(&("ada", 1)).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_success_forgets_the_failures() {
        let throttle = Throttle::new(1, 60 * SECOND);
        assert!(throttle.check("ada").is_ok());
        throttle.forget("ada");
        assert!(throttle.check("ada").is_ok());
        assert!(throttle.check("ada").is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_of_keys_takes_no_more_room_and_does_not_forget_who_is_still_trying() {
        let throttle = Throttle::new(1, 60 * SECOND).max_keys(100);
        assert!(throttle.check("ada").is_ok());
        for n in 0..99 {
            assert!(throttle.check(&n).is_ok());
        }
        assert!(throttle.check("ada").is_err(), "fewer keys than the bound came between");
        for n in 99..10_000 {
            assert!(throttle.check(&n).is_ok());
        }
        let keys = throttle.shared.lock();
        assert!(keys.young.len() + keys.old.len() <= 200);
    }

    #[tokio::test(start_paused = true)]
    async fn the_answer_says_when_to_come_back_in_whole_seconds() {
        let throttle = Throttle::new(2, 3 * SECOND);
        assert!(throttle.check("ada").is_ok() && throttle.check("ada").is_ok());
        let throttled = throttle.check("ada").expect_err("too often");
        assert_eq!(throttled.to_string(), "too many tries: again in 2 seconds");
        let response = throttled.into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "2");
        assert_eq!(crate::Error::from(throttled).status(), 429);
    }

    #[test]
    #[should_panic(expected = "at least one try")]
    fn a_throttle_that_lets_nothing_through_is_a_mistake() {
        drop(Throttle::new(0, SECOND));
    }
}
