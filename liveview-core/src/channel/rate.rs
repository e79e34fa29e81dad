//! How many messages a second a client may send: a bucket of tokens that is filled evenly.

use tokio::time::Instant;

/// The tokens of one connection.
#[derive(Debug)]
pub(super) struct Rate {
    per_second: f64,
    tokens: f64,
    at: Instant,
}

impl Rate {
    /// `per_second` messages at once, and as many in each second from then on.
    pub(super) fn new(per_second: u32) -> Self {
        let per_second = f64::from(per_second.max(1));
        Self { per_second, tokens: per_second, at: Instant::now() }
    }

    /// Takes a token; `false` when there is none.
    pub(super) fn take(&mut self) -> bool {
        let now = Instant::now();
        let gained = now.duration_since(self.at).as_secs_f64() * self.per_second;
        self.tokens = (self.tokens + gained).min(self.per_second);
        self.at = now;
        let is_there = self.tokens >= 1.0;
        if is_there {
            self.tokens -= 1.0;
        }
        is_there
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::Rate;

    #[tokio::test(start_paused = true)]
    async fn a_second_s_messages_may_come_at_once_and_no_more() {
        let mut rate = Rate::new(10);
        assert_eq!((0..100).filter(|_| rate.take()).count(), 10);
        advance(Duration::from_millis(500)).await;
        assert_eq!((0..100).filter(|_| rate.take()).count(), 5);
        advance(Duration::from_mins(1)).await;
        assert_eq!((0..100).filter(|_| rate.take()).count(), 10);
    }
}
