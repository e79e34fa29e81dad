//! Who listens to what, for the whole process.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use super::event::Event;

/// How many handlers there are. While it is zero, an event costs one load of it.
static ATTACHED: AtomicUsize = AtomicUsize::new(0);

/// By the event's type, a [`Handlers`] of that type.
static REGISTRY: LazyLock<RwLock<HashMap<TypeId, Box<dyn Any + Send + Sync>>>> = LazyLock::new(RwLock::default);

/// Copied when it changes, so that no lock is held while a handler runs.
type Handlers<E> = Arc<Vec<Arc<Handler<E>>>>;

struct Handler<E> {
    number: u64,
    call: Box<dyn Fn(&E) + Send + Sync>,
}

/// Calls the handler at each event of the type, until what this returns is dropped.
pub fn attach<E: Event>(handler: impl Fn(&E) + Send + Sync + 'static) -> Attached {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    let handler = Arc::new(Handler { number, call: Box::new(handler) });
    change::<E, _>(|handlers| handlers.push(handler));
    ATTACHED.fetch_add(1, Ordering::Release);
    Attached { number, detach: detach::<E> }
}

/// Calls the handlers of an event, in the order in which they were attached.
pub fn emit<E: Event>(event: &E) {
    let Some(handlers) = handlers::<E>() else {
        return;
    };
    for handler in handlers.iter() {
        // A handler that panicked is not called again, so nobody sees the state that it left behind.
        if catch_unwind(AssertUnwindSafe(|| (handler.call)(event))).is_err() {
            tracing::error!(event = E::NAME.join("."), "a telemetry handler panicked and is detached");
            detach::<E>(handler.number);
        }
    }
}

/// Whether anybody listens to an event: to ask before making an expensive one.
pub fn is_watched<E: Event>() -> bool {
    handlers::<E>().is_some()
}

fn handlers<E: Event>() -> Option<Handlers<E>> {
    if ATTACHED.load(Ordering::Acquire) == 0 {
        return None;
    }
    let registry = REGISTRY.read().unwrap_or_else(PoisonError::into_inner);
    let handlers: &Handlers<E> = registry.get(&TypeId::of::<E>())?.downcast_ref()?;
    (!handlers.is_empty()).then(|| Arc::clone(handlers))
}

/// Safe to call twice: by the guard, and when the handler panicked.
fn detach<E: Event>(number: u64) {
    let detached = change::<E, _>(|handlers| {
        let index = handlers.iter().position(|handler| handler.number == number)?;
        Some(handlers.remove(index))
    });
    // The handler itself is dropped here, when the lock is free: it is foreign code.
    if detached.flatten().is_some() {
        ATTACHED.fetch_sub(1, Ordering::Release);
    }
}

fn change<E: Event, R>(change: impl FnOnce(&mut Vec<Arc<Handler<E>>>) -> R) -> Option<R> {
    let mut registry = REGISTRY.write().unwrap_or_else(PoisonError::into_inner);
    let handlers = registry.entry(TypeId::of::<E>()).or_insert_with(|| Box::new(Handlers::<E>::default()));
    handlers.downcast_mut::<Handlers<E>>().map(|handlers| change(Arc::make_mut(handlers)))
}

/// A handler's place; dropping it detaches the handler.
#[must_use = "a handler is detached when this is dropped: keep it, or call `forever`"]
pub struct Attached {
    number: u64,
    detach: fn(u64),
}

impl Attached {
    /// Leaves the handler attached until the process ends.
    pub fn forever(self) {
        std::mem::forget(self);
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        (self.detach)(self.number);
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attached").field("number", &self.number).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::{Event, attach, emit, is_watched};

    // A type per test: handlers are the whole process's, and tests run side by side.
    macro_rules! event {
        ($name:ident) => {
            struct $name(u32);
            impl Event for $name {
                const NAME: &'static [&'static str] = &["test"];
            }
        };
    }

    fn sum() -> (Arc<AtomicU32>, impl Fn(u32) + Send + Sync + 'static) {
        let sum = Arc::new(AtomicU32::new(0));
        let adds = Arc::clone(&sum);
        let add = move |number| {
            adds.fetch_add(number, Ordering::Relaxed);
        };
        (sum, add)
    }

    #[test]
    fn a_handler_is_called_until_its_guard_is_dropped() {
        event!(Beat);
        let (total, add) = sum();
        assert!(!is_watched::<Beat>());
        let attached = attach(move |beat: &Beat| add(beat.0));
        assert!(is_watched::<Beat>());
        emit(&Beat(1));
        emit(&Beat(2));
        drop(attached);
        emit(&Beat(4));
        assert!(!is_watched::<Beat>());
        assert_eq!(total.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn a_handler_attached_forever_stays() {
        event!(Beat);
        let (total, add) = sum();
        attach(move |beat: &Beat| add(beat.0)).forever();
        emit(&Beat(5));
        assert_eq!(total.load(Ordering::Relaxed), 5);
    }

    #[test]
    fn a_handler_that_panics_is_detached_and_the_others_go_on() {
        event!(Beat);
        let (total, add) = sum();
        let (calls, called) = sum();
        let bad = attach(move |_: &Beat| {
            called(1);
            panic!("as this test wants");
        });
        let _good = attach(move |beat: &Beat| add(beat.0));
        emit(&Beat(1));
        emit(&Beat(2));
        assert_eq!(total.load(Ordering::Relaxed), 3);
        assert_eq!(calls.load(Ordering::Relaxed), 1);
        drop(bad);
        assert!(is_watched::<Beat>());
    }

    #[test]
    fn a_handler_may_emit_and_attach() {
        event!(Outer);
        event!(Inner);
        let (total, add) = sum();
        let _inner = attach(move |inner: &Inner| add(inner.0));
        let _outer = attach(|outer: &Outer| {
            drop(attach(|_: &Outer| ()));
            emit(&Inner(outer.0 + 1));
        });
        emit(&Outer(1));
        assert_eq!(total.load(Ordering::Relaxed), 2);
    }
}
