//! A request's body that may not be slow for ever.
//!
//! Its sender has a time-out, and a second more for each kibibyte that has come. Only the time in which a reader waited counts, so a handler that
//! works between two reads takes nothing from it. After Apache's `mod_reqtimeout` (`body=…,MinRate=…`): a time-out between two pieces alone would let
//! one byte a minute through.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::HttpBody;
use bytes::{Buf as _, Bytes};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::endpoint::body::BodyError;

/// The least that a sender has to keep up once its time-out is used up.
const BYTES_PER_SECOND: u64 = 1024;

/// A body whose reading fails when it is too slow.
pub(crate) struct SlowBody<B> {
    body: B,
    timeout: Duration,
    /// How long readers have waited so far.
    waited: Duration,
    received: u64,
    waiting: Option<Waiting>,
}

struct Waiting {
    since: Instant,
    until: Pin<Box<Sleep>>,
}

impl<B> SlowBody<B> {
    pub(crate) fn new(body: B, timeout: Duration) -> Self {
        Self { body, timeout, waited: Duration::ZERO, received: 0, waiting: None }
    }

    fn begin_waiting(&mut self) -> &mut Waiting {
        let bonus = Duration::from_secs(self.received / BYTES_PER_SECOND);
        let left = (self.timeout + bonus).saturating_sub(self.waited);
        self.waiting.get_or_insert_with(|| {
            let since = Instant::now();
            Waiting { since, until: Box::pin(sleep_until(since + left)) }
        })
    }
}

impl<B: HttpBody<Data = Bytes, Error: Into<axum::BoxError>> + Unpin> HttpBody for SlowBody<B> {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            if let Some(Waiting { since, .. }) = this.waiting.take() {
                this.waited += since.elapsed();
            }
            if let Some(data) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()) {
                this.received += data.remaining() as u64;
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        ready!(this.begin_waiting().until.as_mut().poll(cx));
        let error = BodyError::TooSlow { limit: this.timeout };
        Poll::Ready(Some(Err(error.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::time::Duration;

    use axum::body::{Body, HttpBody, to_bytes};
    use bytes::Bytes;
    use futures_util::StreamExt as _;
    use futures_util::stream::unfold;
    use tokio::time::{Instant, sleep};

    use super::SlowBody;

    const SECOND: Duration = Duration::from_secs(1);

    /// Sends a piece of so many bytes after each pause.
    fn body(pieces: usize, size: usize, pause: Duration) -> impl HttpBody<Data = Bytes, Error = axum::Error> + Unpin {
        let pieces = unfold(pieces, move |left| async move {
            sleep(pause).await;
            (left > 0).then(|| (Ok::<_, Infallible>(Bytes::from(vec![b'x'; size])), left - 1))
        });
        Body::from_stream(pieces.boxed())
    }

    async fn read(body: impl HttpBody<Data = Bytes, Error = axum::Error> + Unpin + Send + 'static) -> Option<usize> {
        let body = Body::new(SlowBody::new(body, 10 * SECOND));
        to_bytes(body, usize::MAX).await.ok().map(|bytes| bytes.len())
    }

    #[tokio::test(start_paused = true)]
    async fn a_sender_that_drips_is_cut_off_at_its_time_out() {
        let began = Instant::now();
        assert_eq!(read(body(1000, 1, SECOND)).await, None);
        assert_eq!(began.elapsed(), 10 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_sender_of_much_may_take_longer_than_its_time_out() {
        let began = Instant::now();
        assert_eq!(read(body(100, 2048, SECOND)).await, Some(204_800));
        assert!(began.elapsed() > 100 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_s_own_pauses_do_not_count() {
        let slow_reader = Body::new(SlowBody::new(body(20, 1, Duration::from_millis(100)), 10 * SECOND));
        let mut pieces = slow_reader.into_data_stream();
        let mut count = 0;
        while let Some(piece) = pieces.next().await {
            assert!(piece.is_ok());
            sleep(5 * SECOND).await;
            count += 1;
        }
        assert_eq!(count, 20);
    }
}
