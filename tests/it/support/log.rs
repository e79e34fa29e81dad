//! What is logged: on a test's thread, or as a warning anywhere.
//!
//! One subscriber serves all threads: those of single threads decide together, and not always right, which spans there are.

use std::cell::RefCell;
use std::io;
use std::marker::PhantomData;
use std::sync::{Mutex, Once};

use tracing_subscriber::filter::{LevelFilter, dynamic_filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

thread_local! {
    static HERE: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

static WARNINGS: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// The log of this thread, of all levels, as long as it lives.
pub struct Log {
    /// It stays on its thread.
    _thread: PhantomData<*const ()>,
}

impl Log {
    pub fn start() -> Self {
        subscribe();
        HERE.set(Some(Vec::new()));
        Self { _thread: PhantomData }
    }

    #[allow(clippy::unused_self, reason = "only while it lives is there a log")]
    pub fn text(&self) -> String {
        text(&HERE.with_borrow(|written| written.clone().unwrap_or_default()))
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        HERE.set(None);
    }
}

/// Warnings and errors of all threads, those of other tests too, since the first call of this or of [`Log::start`].
pub fn warnings() -> String {
    subscribe();
    text(&WARNINGS.lock().expect("unpoisoned"))
}

fn subscribe() {
    static SUBSCRIBER: Once = Once::new();
    SUBSCRIBER.call_once(|| {
        let here = dynamic_filter_fn(|_, _| HERE.with_borrow(Option::is_some));
        tracing_subscriber::registry()
            .with(fmt::layer().with_ansi(false).without_time().with_writer(|| Here).with_filter(here))
            .with(fmt::layer().with_ansi(false).with_writer(|| Warnings).with_filter(LevelFilter::WARN))
            .init();
    });
}

fn text(written: &[u8]) -> String {
    String::from_utf8(written.to_vec()).expect("a text")
}

struct Here;

impl io::Write for Here {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        HERE.with_borrow_mut(|written| written.as_mut().map_or(Ok(bytes.len()), |written| written.write(bytes)))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Warnings;

impl io::Write for Warnings {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WARNINGS.lock().expect("unpoisoned").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
