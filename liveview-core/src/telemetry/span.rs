//! The measuring of something that takes time.

use std::fmt::{self, Display};
use std::time::{Instant, SystemTime};

use super::event::{Exception, ExceptionKind, SpanKind, Start, Stop};
use super::registry::{emit, is_watched};

/// Emits [`Start`] and begins to measure. The metadata is made only if anybody listens to one of the span's events by now.
///
/// ```
/// # use liveview_core::telemetry::{self, Render};
/// let span = telemetry::span(|| Render { view: "FleetLive", id: "1".into(), whole: false });
/// let frame: Result<Vec<u8>, std::fmt::Error> = Ok(vec![1, 2, 3]);
/// span.end(&frame);
/// ```
pub fn span<S: SpanKind>(metadata: impl FnOnce() -> S) -> Span<S> {
    if !(is_watched::<Start<S>>() || is_watched::<Stop<S>>() || is_watched::<Exception<S>>()) {
        return Span { running: None };
    }
    let start = Start { system_time: SystemTime::now(), metadata: metadata() };
    let begin = Instant::now();
    emit(&start);
    Span { running: Some((begin, start.metadata)) }
}

/// A span that has begun. One that is dropped without an end counts as a panic or as cancelled, whichever it was.
#[must_use = "a span that is dropped at once measures nothing: end it with `stop`, `fail` or `end`"]
pub struct Span<S: SpanKind> {
    running: Option<(Instant, S)>,
}

impl<S: SpanKind> Span<S> {
    /// Ends it well.
    pub fn stop(mut self) {
        if let Some((begin, metadata)) = self.running.take() {
            emit(&Stop { duration: begin.elapsed(), metadata });
        }
    }

    /// Ends it otherwise.
    pub fn fail(mut self, kind: ExceptionKind, reason: impl Display) {
        self.except(kind, || reason.to_string());
    }

    /// Ends it as the result says.
    pub fn end<T, E: Display>(self, result: &Result<T, E>) {
        match result {
            Ok(_) => self.stop(),
            Err(error) => self.fail(ExceptionKind::Error, error),
        }
    }

    fn except(&mut self, kind: ExceptionKind, reason: impl FnOnce() -> String) {
        if let Some((begin, metadata)) = self.running.take() {
            emit(&Exception { duration: begin.elapsed(), kind, reason: reason(), metadata });
        }
    }
}

impl<S: SpanKind> Drop for Span<S> {
    fn drop(&mut self) {
        let kind = if std::thread::panicking() { ExceptionKind::Panic } else { ExceptionKind::Cancelled };
        self.except(kind, String::new);
    }
}

impl<S: SpanKind> fmt::Debug for Span<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Span").field("is_watched", &self.running.is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;
    use std::sync::{Arc, Mutex};

    use super::{Exception, ExceptionKind, SpanKind, Start, Stop, span};
    use crate::telemetry::{Attached, Event, Mount, attach};

    // A type per test: handlers are the whole process's, and tests run side by side.
    macro_rules! work {
        () => {
            struct Work(u32);
            impl SpanKind for Work {
                const GROUP: &'static str = "test";
                const NAME: &'static str = "work";
            }
        };
    }

    type Log = Arc<Mutex<Vec<String>>>;

    fn logged<E: Event>(log: &Log, line: impl Fn(&E) -> String + Send + Sync + 'static) -> Attached {
        let log = Arc::clone(log);
        attach(move |event: &E| log.lock().expect("whole").push(line(event)))
    }

    #[test]
    fn names_are_those_of_phoenix() {
        assert_eq!(Start::<Mount>::NAME.join("."), "bennu.live_view.mount.start");
        assert_eq!(Stop::<Mount>::NAME.join("."), "bennu.live_view.mount.stop");
        assert_eq!(Exception::<Mount>::NAME.join("."), "bennu.live_view.mount.exception");
    }

    #[test]
    fn a_span_starts_once_and_ends_once() {
        work!();
        let log = Log::default();
        let _attached = [
            logged(&log, |start: &Start<Work>| format!("start {}", start.metadata.0)),
            logged(&log, |stop: &Stop<Work>| format!("stop {}", stop.metadata.0)),
            logged(&log, |e: &Exception<Work>| format!("{:?} {} {}", e.kind, e.reason, e.metadata.0)),
        ];
        span(|| Work(1)).stop();
        span(|| Work(2)).end::<_, String>(&Ok(()));
        span(|| Work(3)).end::<(), _>(&Err("broken"));
        drop(span(|| Work(4)));
        let panicked = catch_unwind(|| {
            let _span = span(|| Work(5));
            panic!("as this test wants");
        });
        assert!(panicked.is_err());
        span(|| Work(6)).fail(ExceptionKind::Panic, "caught");
        let expected = [
            "start 1",
            "stop 1",
            "start 2",
            "stop 2",
            "start 3",
            "Error broken 3",
            "start 4",
            "Cancelled  4",
            "start 5",
            "Panic  5",
            "start 6",
            "Panic caught 6",
        ];
        assert_eq!(*log.lock().expect("whole"), expected);
    }

    #[test]
    fn a_span_nobody_listens_to_makes_no_metadata() {
        work!();
        span(|| -> Work { panic!("nobody asked for it") }).stop();
        let log = Log::default();
        let _attached = logged(&log, |stop: &Stop<Work>| format!("stop {}", stop.metadata.0));
        span(|| Work(1)).stop();
        assert_eq!(*log.lock().expect("whole"), ["stop 1"]);
    }
}
