//! Topics as keys and back. A key expression has no `*`, `$`, `?` and `#`, no empty chunk, and gives `/` and a leading `@` a meaning of their own; a topic is any text.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The keys of all topics: each is one chunk.
pub(crate) const ALL_TOPICS: &str = "bennu/pubsub/*";
const PREFIX: &str = "bennu/pubsub/";

/// What RFC 3986 calls unreserved stays readable.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A chunk is not empty, and no encoded topic is a lone percent sign.
const EMPTY: &str = "%";

pub(crate) fn of_topic(topic: &str) -> String {
    if topic.is_empty() {
        return format!("{PREFIX}{EMPTY}");
    }
    format!("{PREFIX}{}", utf8_percent_encode(topic, ENCODED))
}

/// `None` for what no topic is written as.
pub(crate) fn topic(key: &str) -> Option<Cow<'_, str>> {
    match key.strip_prefix(PREFIX)? {
        EMPTY => Some(Cow::Borrowed("")),
        chunk => percent_decode_str(chunk).decode_utf8().ok(),
    }
}

#[cfg(test)]
mod tests {
    use zenoh::key_expr::keyexpr;

    use super::{ALL_TOPICS, of_topic, topic};

    const ODD: [&str; 12] =
        ["", "%", "%25", "/", "//", "a/b", "@", "@/*", "**", "$*", "robot #7?", "“Bennu” 🦜 \u{0}\n\u{301}"];

    #[test]
    fn every_topic_is_one_key_and_comes_back_from_it() {
        for odd in ODD {
            let key = of_topic(odd);
            let expression = keyexpr::new(&key).unwrap_or_else(|error| panic!("{odd:?}: {error}"));
            assert!(!expression.is_wild(), "{key}");
            assert!(keyexpr::new(ALL_TOPICS).expect("a key").includes(expression), "{key}");
            assert_eq!(topic(&key).as_deref(), Some(odd));
        }
    }

    #[test]
    fn two_topics_are_never_one_key() {
        let mut keys: Vec<_> = ODD.iter().map(|odd| of_topic(odd)).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), ODD.len());
    }

    #[test]
    fn the_usual_topics_stay_readable() {
        assert_eq!(of_topic("robot-7.telemetry"), "bennu/pubsub/robot-7.telemetry");
        assert_eq!(of_topic("robot:7"), "bennu/pubsub/robot%3A7");
    }

    #[test]
    fn what_is_no_topic_is_none() {
        assert_eq!(topic("bennu/nodes/1"), None);
        assert_eq!(topic("bennu/pubsub/%FF"), None);
    }
}
