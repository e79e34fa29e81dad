//! Panics of user code, as errors with their message.
//!
//! dioxus-core catches a panic in a component and keeps nothing of it that can be printed, so the message is
//! taken where it is still known: in a panic hook, installed once, which notes it on threads that are just
//! running user code here and then calls the hook that was there before.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static WATCHING: Cell<bool> = const { Cell::new(false) };
    static FIRST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What became of a piece of user code.
pub(super) struct Watched<R> {
    /// What it returned; an error if it panicked.
    pub(super) result: Result<R, String>,
    /// The message of the first panic in it, also of one that somebody below has caught.
    pub(super) first_panic: Option<String>,
}

/// Runs user code and survives its panics.
pub(super) fn watch<R>(run: impl FnOnce() -> R) -> Watched<R> {
    install();
    let outer = WATCHING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    WATCHING.set(outer);
    let first_panic = FIRST.take();
    // Without a note somebody has replaced the hook; the payload has the message, though not the place.
    let result = result.map_err(|payload| first_panic.clone().unwrap_or_else(|| crate::panic_message(&*payload)));
    Watched { result, first_panic }
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
    let place = info.location().map(|location| format!(" ({}:{})", location.file(), location.line()));
    let message = crate::panic_message(info.payload()) + &place.unwrap_or_default();
    let _ = FIRST.try_with(|first| {
        if let Ok(mut first) = first.try_borrow_mut() {
            first.get_or_insert(message);
        }
    });
}
