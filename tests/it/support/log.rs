//! What is logged on a test's thread.

use std::cell::RefCell;
use std::io;
use std::marker::PhantomData;
use std::sync::Once;

use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::prelude::*;

thread_local! {
    static WRITTEN: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// The log of this thread, of all levels, as long as it lives.
pub struct Log {
    /// It stays on its thread.
    _thread: PhantomData<*const ()>,
}

impl Log {
    /// One subscriber serves all threads: those of single threads decide together, and not always right, which spans there are.
    pub fn start() -> Self {
        static SUBSCRIBER: Once = Once::new();
        SUBSCRIBER.call_once(|| {
            let here = dynamic_filter_fn(|_, _| WRITTEN.with_borrow(Option::is_some));
            let lines = tracing_subscriber::fmt::layer().with_ansi(false).without_time().with_writer(|| Writer);
            tracing_subscriber::registry().with(lines.with_filter(here)).init();
        });
        WRITTEN.set(Some(Vec::new()));
        Self { _thread: PhantomData }
    }

    pub fn text(&self) -> String {
        String::from_utf8(WRITTEN.with_borrow(|written| written.clone().unwrap_or_default())).expect("a text")
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        WRITTEN.set(None);
    }
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.with_borrow_mut(|written| written.as_mut().map_or(Ok(bytes.len()), |written| written.write(bytes)))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
