//! What a browser would make of a page: its elements with their attributes, read by the rules of the HTML standard (13.2.5) and not by ours.

/// An element.
#[derive(Debug)]
pub struct Found {
    pub name: String,
    pub attributes: Vec<(String, String)>,
}

impl Found {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }
}

/// Every start tag of a document, in order.
pub fn elements(html: &str) -> Vec<Found> {
    let (mut found, mut rest) = (Vec::new(), html);
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (element, behind) = start_tag(rest);
            // The content of these is text up to their end tag, whatever it looks like.
            rest = if ["script", "style", "title", "textarea"].contains(&&*element.name) {
                let end = format!("</{}", element.name);
                behind.to_ascii_lowercase().find(&end).map_or("", |at| &behind[at..])
            } else {
                behind
            };
            found.push(element);
        }
    }
    found
}

fn start_tag(text: &str) -> (Found, &str) {
    let end = text.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(text.len());
    let mut element = Found { name: text[..end].to_ascii_lowercase(), attributes: Vec::new() };
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() || rest.starts_with('>') {
            return (element, rest.strip_prefix('>').unwrap_or(rest));
        }
        let skip = usize::from(rest.starts_with('='));
        let end = rest[skip..].find(|c: char| c.is_ascii_whitespace() || "/>=".contains(c));
        let end = end.map_or(rest.len(), |end| end + skip);
        let name = rest[..end].to_ascii_lowercase();
        let behind = rest[end..].trim_start();
        let (value, behind) = behind.strip_prefix('=').map_or(("", behind), |value| value_of(value.trim_start()));
        element.attributes.push((name, unescape(value)));
        rest = behind;
    }
}

fn value_of(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    text.split_at(text.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(text.len()))
}

fn unescape(text: &str) -> String {
    let mut plain = text.to_owned();
    for (entity, c) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(entity, c);
    }
    plain
}

#[test]
fn a_page_is_read_as_browsers_read_it() {
    let html =
        "<!DOCTYPE html><title><b></title><!-- <i> --><a href=\"x&quot;>\" b='c' d=e f/>1 < 2</A><IMG/src=x onerror=y>";
    let found = elements(html);
    let names: Vec<_> = found.iter().map(|element| &*element.name).collect();
    assert_eq!(names, ["title", "a", "img"]);
    assert_eq!(found[1].attribute("href"), Some("x\">"));
    assert_eq!(
        (found[1].attribute("b"), found[1].attribute("d"), found[1].attribute("f")),
        (Some("c"), Some("e"), Some(""))
    );
    assert_eq!(found[2].attribute("onerror"), Some("y"));
}
