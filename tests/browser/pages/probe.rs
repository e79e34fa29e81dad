//! What tests see and do beside the page: counters, a gate that holds handlers, broadcasts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use axum::Json;
use bennu::prelude::*;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::counter::Tick;

static MOUNTS: LazyLock<Mutex<BTreeMap<&'static str, u64>>> = LazyLock::new(Mutex::default);
static ALIVE: LazyLock<Mutex<BTreeMap<&'static str, u64>>> = LazyLock::new(Mutex::default);
static WAITING: AtomicI64 = AtomicI64::new(0);
static GATE: Semaphore = Semaphore::const_new(0);
static FRAGILE_MOUNTS_FAIL: AtomicBool = AtomicBool::new(false);
static PUBSUB: OnceLock<PubSub> = OnceLock::new();

/// Lets `/probe/tick` broadcast.
pub(crate) fn install(pubsub: PubSub) {
    PUBSUB.get_or_init(|| pubsub);
}

/// Counts a mount of the named view.
pub(crate) fn mounted(view: &'static str) {
    *MOUNTS.lock().unwrap_or_else(PoisonError::into_inner).entry(view).or_default() += 1;
}

/// One live view of this name, for as long as it is not dropped.
pub(crate) struct Alive(&'static str);

/// Counts a mount of the named view, and the view itself while it lives.
pub(crate) fn alive(view: &'static str) -> Alive {
    mounted(view);
    *ALIVE.lock().unwrap_or_else(PoisonError::into_inner).entry(view).or_default() += 1;
    Alive(view)
}

impl Drop for Alive {
    fn drop(&mut self) {
        if let Some(count) = ALIVE.lock().unwrap_or_else(PoisonError::into_inner).get_mut(self.0) {
            *count = count.saturating_sub(1);
        }
    }
}

/// Waits until a test releases one waiter.
pub(crate) async fn gate() {
    WAITING.fetch_add(1, Ordering::SeqCst);
    let _leaves = Leaves;
    // The gate is never closed, so this cannot be an error.
    if let Ok(permit) = GATE.acquire().await {
        permit.forget();
    }
}

/// Whether [`crate::failures::FragileLive`] refuses to mount now.
pub(crate) fn fragile_mounts_fail() -> bool {
    FRAGILE_MOUNTS_FAIL.load(Ordering::SeqCst)
}

/// A waiter that is dropped (its view ended) no longer waits.
struct Leaves;

impl Drop for Leaves {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// `GET /probe`
pub(crate) async fn read() -> Json<Value> {
    let mounts = MOUNTS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let alive = ALIVE.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Json(json!({ "mounts": mounts, "alive": alive, "waiting": WAITING.load(Ordering::SeqCst) }))
}

/// `POST /probe/tick`: every counter counts one up.
pub(crate) async fn tick() -> &'static str {
    if let Some(pubsub) = PUBSUB.get() {
        pubsub.broadcast(&topic::<Tick>("ticks"), Tick);
    }
    "ok"
}

/// `POST /probe/release`: one handler that waits at the gate goes on.
pub(crate) async fn release() -> &'static str {
    GATE.add_permits(1);
    "ok"
}

/// `POST /probe/fragile`: turns the failing of that view's mounts on or off, and answers which.
pub(crate) async fn fragile() -> Json<bool> {
    Json(!FRAGILE_MOUNTS_FAIL.fetch_xor(true, Ordering::SeqCst))
}
