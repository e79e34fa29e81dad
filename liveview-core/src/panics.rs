//! Panics of user code, as values with their message and place.
//!
//! Whoever catches a panic gets a payload, and dioxus-core keeps not even that. So what is known where it happens, its
//! place and, with `RUST_BACKTRACE`, the backtrace, is noted in a panic hook, installed once, on threads that are just running
//! user code here. The hook that was there before runs as well.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::pin::Pin;
use std::sync::{Arc, Once};
use std::task::Poll;

thread_local! {
    static WATCHING: Cell<bool> = const { Cell::new(false) };
    static FIRST: RefCell<Option<Panic>> = const { RefCell::new(None) };
}

/// A panic. `Display` is its message with its place: `out of order (src/fleet.rs:12)`.
#[derive(Clone, Debug)]
pub(crate) struct Panic {
    pub(crate) message: String,
    /// File and line.
    pub(crate) place: Option<(String, u32)>,
    pub(crate) backtrace: Option<Arc<Backtrace>>,
}

/// What became of a piece of user code.
pub(crate) struct Watched<R> {
    /// What it returned; an error if it panicked.
    pub(crate) result: Result<R, Panic>,
    /// The first panic in it, also one that somebody below has caught.
    pub(crate) first_panic: Option<Panic>,
}

/// Runs user code and survives its panics.
pub(crate) fn watch<R>(run: impl FnOnce() -> R) -> Watched<R> {
    install();
    let outer = WATCHING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    WATCHING.set(outer);
    let first_panic = FIRST.take();
    // Without a note somebody has replaced the hook; the payload has the message, though not the place.
    let result = result.map_err(|payload| first_panic.clone().unwrap_or_else(|| Panic::bare(&*payload)));
    Watched { result, first_panic }
}

/// The same for a future, which is not polled again after a panic. By reference: an `async fn` has room for what it is given twice.
pub(crate) async fn watch_future<F: Future>(mut future: Pin<&mut F>) -> Result<F::Output, Panic> {
    std::future::poll_fn(|cx| match watch(|| future.as_mut().poll(cx)).result {
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

impl Panic {
    fn bare(payload: &(dyn std::any::Any + Send)) -> Self {
        Self { message: crate::panic_message(payload), place: None, backtrace: None }
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.place {
            Some((file, line)) => write!(f, " ({file}:{line})"),
            None => Ok(()),
        }
    }
}

fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = take_hook();
        set_hook(Box::new(move |info| {
            note(info);
            previous(info);
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) {
    // `try_with`: a thread may panic while its locals are being destroyed.
    if !WATCHING.try_with(Cell::get).unwrap_or(false) {
        return;
    }
    let backtrace = Backtrace::capture();
    let panic = Panic {
        message: crate::panic_message(info.payload()),
        place: info.location().map(|location| (location.file().to_owned(), location.line())),
        backtrace: (backtrace.status() == BacktraceStatus::Captured).then(|| Arc::new(backtrace)),
    };
    let _ = FIRST.try_with(|first| {
        if let Ok(mut first) = first.try_borrow_mut() {
            first.get_or_insert(panic);
        }
    });
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::watch_future;

    #[tokio::test]
    async fn a_future_s_panic_is_known_with_its_place_whichever_poll_it_comes_in() {
        let panic = watch_future(pin!(async {
            tokio::task::yield_now().await;
            panic!("out of order");
        }))
        .await
        .expect_err("it panics");
        assert_eq!(panic.message, "out of order");
        assert!(panic.to_string().starts_with("out of order (") && panic.to_string().contains("panics.rs:"), "{panic}");
        assert_eq!(watch_future(pin!(async { 7 })).await.expect("no panic"), 7);
    }
}
