//! The words of SQLite's SQL, as far as one must know them to find one's way in a `create table`.

/// A word with its place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) start: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword, a bare name or a number.
    Word,
    /// A name in quotes of any kind.
    Quoted,
    /// Text in single quotes.
    Text,
    /// Anything else, one character.
    Mark,
}

impl Token<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this keyword. Quoted, it would be a name.
    pub(super) fn is(&self, keyword: &str) -> bool {
        self.kind != Kind::Quoted && self.kind != Kind::Text && self.text.eq_ignore_ascii_case(keyword)
    }

    /// The name it is, without quotes. SQLite takes text for a name where a name is wanted.
    pub(super) fn name(&self) -> Option<String> {
        let inner = || &self.text[1..self.text.len() - 1];
        match (self.kind, self.text.as_bytes().first()?) {
            (Kind::Word, _) => Some(self.text.into()),
            (Kind::Mark, _) => None,
            (_, b'[') => Some(inner().into()),
            (_, quote) => {
                let quote = char::from(*quote).to_string();
                Some(inner().replace(&quote.repeat(2), &quote))
            }
        }
    }
}

/// The words of `sql`, without comments. None where a quote or comment does not end.
pub(super) fn tokens(sql: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = sql[at..].chars().next() {
        let rest = &sql[at..];
        let (length, kind) = match first {
            _ if first.is_whitespace() => (first.len_utf8(), None),
            '-' if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), None),
            '/' if rest.starts_with("/*") => (rest[2..].find("*/")? + 4, None),
            '[' => (rest.find(']')? + 1, Some(Kind::Quoted)),
            '"' | '`' => (quoted(rest, first)?, Some(Kind::Quoted)),
            '\'' => (quoted(rest, first)?, Some(Kind::Text)),
            _ if is_word(first) => (rest.find(|next| !is_word(next)).unwrap_or(rest.len()), Some(Kind::Word)),
            _ => (first.len_utf8(), Some(Kind::Mark)),
        };
        if let Some(kind) = kind {
            tokens.push(Token { kind, text: &rest[..length], start: at });
        }
        at += length;
    }
    Some(tokens)
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$' | '.') || !letter.is_ascii()
}

/// How long the quoted text is at whose first quote `text` begins; a quote is doubled to be part of it.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut at = 1;
    loop {
        at += text[at..].find(quote)? + 1;
        if !text[at..].starts_with(quote) {
            return Some(at);
        }
        at += 1;
    }
}
