//! Which topics a channel is for: one by its name, or all that begin so.

/// `room:lobby`, or `room:*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TopicPattern {
    text: &'static str,
}

impl TopicPattern {
    /// # Errors
    /// A sentence, when it is none.
    pub(crate) fn new(text: &'static str) -> Result<Self, String> {
        let stem = text.strip_suffix('*').unwrap_or(text);
        if text.is_empty() {
            return Err("a channel's topic is empty: write one such as `room:lobby` or `room:*`".to_owned());
        }
        if stem.contains('*') {
            return Err(format!("the topic `{text}` has a `*` that is not at its end: `room:*` is all that begin so"));
        }
        if text == "phoenix" {
            return Err("the topic `phoenix` is the socket's own".to_owned());
        }
        Ok(Self { text })
    }

    pub(crate) fn text(self) -> &'static str {
        self.text
    }

    /// The beginning of the topics, where there are many.
    fn stem(self) -> Option<&'static str> {
        self.text.strip_suffix('*')
    }

    /// Where the part behind the wildcard begins, if the topic is one of these.
    pub(crate) fn matches(self, topic: &str) -> Option<usize> {
        match self.stem() {
            Some(stem) => topic.starts_with(stem).then_some(stem.len()),
            None => (topic == self.text).then_some(topic.len()),
        }
    }

    /// Whether every topic of `other` is one of these.
    pub(crate) fn covers(self, other: Self) -> bool {
        match (self.stem(), other.stem()) {
            (Some(stem), _) => other.stem().unwrap_or(other.text).starts_with(stem),
            (None, Some(_)) => false,
            (None, None) => self.text == other.text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TopicPattern;

    fn pattern(text: &'static str) -> TopicPattern {
        TopicPattern::new(text).expect("a pattern")
    }

    #[test]
    fn a_wildcard_takes_all_that_begin_so_and_knows_the_rest() {
        assert_eq!(pattern("room:*").matches("room:7"), Some(5));
        assert_eq!(pattern("room:*").matches("room:"), Some(5));
        assert_eq!(pattern("room:*").matches("rooms"), None);
        assert_eq!(pattern("*").matches("anything"), Some(0));
        assert_eq!(pattern("room:lobby").matches("room:lobby"), Some(10));
        assert_eq!(pattern("room:lobby").matches("room:lobby2"), None);
    }

    #[test]
    fn what_is_never_reached_is_known() {
        assert!(pattern("room:*").covers(pattern("room:lobby")));
        assert!(pattern("room:*").covers(pattern("room:a:*")));
        assert!(pattern("room:*").covers(pattern("room:*")));
        assert!(!pattern("room:lobby").covers(pattern("room:*")));
        assert!(!pattern("room:a:*").covers(pattern("room:*")));
    }

    #[test]
    fn a_wildcard_stands_at_the_end() {
        for text in ["room:*:x", "**", "*room", "", "phoenix"] {
            assert!(TopicPattern::new(text).is_err(), "{text}");
        }
    }
}
