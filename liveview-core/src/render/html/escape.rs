//! Text, attribute values and raw text that a parser reads back as they were.

use std::borrow::Cow;

use super::super::walk::Content;

/// Appends text of ordinary elements.
pub(super) fn push_text(out: &mut String, text: &str) {
    push(out, text, |character| match character {
        '"' | '\'' => None,
        other => reference(other),
    });
}

/// Appends an attribute's value, for double quotes around it.
pub(super) fn push_attribute(out: &mut String, value: &str) {
    push(out, value, reference);
}

/// What stands for a character that means something to the parser.
fn reference(character: char) -> Option<&'static str> {
    Some(match character {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        '\r' => "&#13;",
        // There is no way to write this one; parsers make the replacement character of it, or drop it.
        '\0' => "\u{fffd}",
        _ => return None,
    })
}

fn push(out: &mut String, text: &str, reference: impl Fn(char) -> Option<&'static str>) {
    let mut clean = 0;
    // All of them are ASCII, so the bytes can be looked at.
    for (at, byte) in text.bytes().enumerate() {
        if let Some(reference) = reference(char::from(byte)) {
            out.push_str(&text[clean..at]);
            out.push_str(reference);
            clean = at + 1;
        }
    }
    out.push_str(&text[clean..]);
}

/// The text of a script or style sheet, for which there are no character references: newlines as the parser
/// makes them, and `<` escaped in the language itself where it could begin the end tag (or, in scripts, a comment). What
/// looks like the beginning of one at the end of this text counts, for the next text may complete it.
pub(in super::super) fn raw_text(text: &str, content: Content) -> Cow<'_, str> {
    let (dangers, escape): (&[&str], &str) = match content {
        Content::Markup => return Cow::Borrowed(text),
        Content::Script => (&["/script", "!--"], "\\u003c"),
        Content::Style => (&["/style"], "\\3c "),
    };
    if !text.contains(['<', '\r', '\0']) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '<' if dangers.iter().any(|danger| may_be(rest.as_str(), danger)) => {
                safe.push_str(escape);
            }
            '\r' if rest.as_str().starts_with('\n') => {}
            '\r' => safe.push('\n'),
            '\0' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    Cow::Owned(safe)
}

/// Whether `text` begins with `danger`, or ends before one can tell.
fn may_be(text: &str, danger: &str) -> bool {
    let length = text.len().min(danger.len());
    text.as_bytes()[..length].eq_ignore_ascii_case(&danger.as_bytes()[..length])
}

/// Whether the parser takes this for one attribute's name.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name
            .contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '/' | '='))
}

/// Whether a CSS value ends where it seems to: `setProperty` ignores one with a `;` outside strings and
/// parentheses, and in an attribute it would begin another property.
pub(super) fn is_css_value(value: &str) -> bool {
    let (mut depth, mut quote) = (0_u32, None);
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (_, '\\') => drop(characters.next()),
            (Some(open), close) if open == close => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') if depth > 0 => depth -= 1,
            (None, ')' | '{' | '}') => return false,
            (None, ';') if depth == 0 => return false,
            _ => {}
        }
    }
    depth == 0 && quote.is_none() && !value.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::{Content, is_css_value, is_name, push_attribute, push_text, raw_text};

    #[test]
    fn every_special_character_becomes_a_reference() {
        let (mut text, mut value) = (String::new(), String::new());
        push_text(&mut text, "a<b>&'\"\r\0ü");
        push_attribute(&mut value, "a<b>&'\"\r\0ü");
        assert_eq!(text, "a&lt;b&gt;&amp;'\"&#13;\u{fffd}ü");
        assert_eq!(value, "a&lt;b&gt;&amp;&#39;&quot;&#13;\u{fffd}ü");
    }

    #[test]
    fn raw_text_cannot_end_its_element() {
        assert_eq!(raw_text("x = '</ScRipt>'", Content::Script), "x = '\\u003c/ScRipt>'");
        assert_eq!(raw_text("a<!-- b", Content::Script), "a\\u003c!-- b");
        assert_eq!(raw_text("a::after{content:'</style'}", Content::Style), "a::after{content:'\\3c /style'}");
        assert_eq!(raw_text("if (a < b) c <", Content::Script), "if (a < b) c \\u003c");
        assert_eq!(raw_text("'</scr", Content::Script), "'\\u003c/scr");
        assert_eq!(raw_text("a\r\nb\rc", Content::Style), "a\nb\nc");
    }

    #[test]
    fn a_css_value_ends_no_property() {
        assert!(is_css_value("url(data:image/png;base64,AA==)"));
        assert!(is_css_value("'a;b'"));
        for bad in ["red;color:blue", "red}", "url(", "'red", "  "] {
            assert!(!is_css_value(bad), "{bad}");
        }
    }

    #[test]
    fn a_name_is_one_name() {
        assert!(is_name("phx-click") && is_name("xlink:href"));
        assert!(!is_name("a b") && !is_name("onclick=x") && !is_name("") && !is_name("a>"));
    }
}
