//! HTML to nodes: what a browser's parser does with a page that is well formed.
//!
//! Neighbouring text is one node, a newline at the start of `pre`, `textarea` and `listing` is dropped, void elements have no end, scripts
//! and style sheets are raw text, newlines are normalised. It repairs nothing: HTML that a browser would
//! repair is an error.

use super::{Dom, Element, Handle, Kind};

/// Parses `html` into the children of `parent`. `None` where it is not well formed.
pub(in super::super) fn parse(dom: &mut Dom, parent: Handle, html: &str) -> Option<()> {
    let html = html.replace("\r\n", "\n").replace('\r', "\n");
    let mut parser = Parser { dom, rest: &html, open: vec![(parent, String::new())] };
    while !parser.rest.is_empty() {
        parser.step()?;
    }
    (parser.open.len() == 1).then_some(())
}

struct Parser<'a> {
    dom: &'a mut Dom,
    rest: &'a str,
    /// The elements whose end tag is to come, with their tags.
    open: Vec<(Handle, String)>,
}

impl<'a> Parser<'a> {
    fn step(&mut self) -> Option<()> {
        let (parent, tag) = self.open.last()?.clone();
        let is_foreign = self.is_foreign(parent);
        if !is_foreign && matches!(&*tag, "script" | "style") {
            let end = self.rest.find(&format!("</{tag}"))?;
            let text = self.take(end).to_owned();
            self.text(parent, text);
            return self.end_tag();
        }
        if !is_foreign && tag == "textarea" {
            let end = self.rest.find("</textarea")?;
            let content = decode(self.take(end))?;
            self.text(parent, content);
            return self.end_tag();
        }
        if self.rest.starts_with("</") {
            self.end_tag()
        } else if let Some(comment) = self.rest.strip_prefix("<!--") {
            self.rest = &comment[comment.find("-->")? + 3..];
            let comment = self.dom.create(Kind::Comment);
            self.dom.append(parent, comment);
            Some(())
        } else if self.rest.starts_with('<') {
            self.start_tag(parent, is_foreign)
        } else {
            let end = self.rest.find('<').unwrap_or(self.rest.len());
            let text = decode(self.take(end))?;
            self.text(parent, text);
            Some(())
        }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn is_foreign(&self, node: Handle) -> bool {
        match self.dom.kind(node) {
            Kind::Element(Element { is_foreign, tag, .. }) => *is_foreign && tag != "foreignObject",
            _ => false,
        }
    }

    fn text(&mut self, parent: Handle, text: String) {
        if text.is_empty() {
            return;
        }
        if let Some(last) = self.dom.children(parent).last().copied()
            && let Some(before) = self.dom.text_mut(last)
        {
            before.push_str(&text);
            return;
        }
        let text = self.dom.create(Kind::Text(text));
        self.dom.append(parent, text);
    }

    fn end_tag(&mut self) -> Option<()> {
        let (_, tag) = self.open.pop().filter(|_| !self.open.is_empty())?;
        self.rest = self.rest.strip_prefix("</")?.strip_prefix(&*tag)?.strip_prefix('>')?;
        Some(())
    }

    fn start_tag(&mut self, parent: Handle, around_foreign: bool) -> Option<()> {
        self.rest = self.rest.strip_prefix('<')?;
        let end = self.rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'))?;
        let tag = self.take(end).to_owned();
        if !tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let is_foreign = around_foreign || matches!(&*tag, "svg" | "math");
        let mut element = Element { tag: tag.clone(), is_foreign, ..Element::default() };
        while let Some(attributes) = self.rest.strip_prefix(' ') {
            self.rest = attributes;
            let (name, value) = self.attribute()?;
            if !element.attributes.contains_key(&name) {
                element.set(&name, &value);
            }
        }
        self.rest = self.rest.strip_prefix('>')?;
        let node = self.dom.create(Kind::Element(element));
        self.dom.append(parent, node);
        if !is_foreign && super::print::is_void(&tag) {
            return Some(());
        }
        if super::print::drops_newline(&tag) && !is_foreign {
            self.rest = self.rest.strip_prefix('\n').unwrap_or(self.rest);
        }
        self.open.push((node, tag));
        Some(())
    }

    fn attribute(&mut self) -> Option<(String, String)> {
        let end = self.rest.find('=')?;
        let name = self.take(end).to_owned();
        self.rest = self.rest.strip_prefix("=\"")?;
        let end = self.rest.find('"')?;
        let value = decode(self.take(end))?;
        self.rest = self.rest.strip_prefix('"')?;
        Some((name, value))
    }
}

/// Text with its character references resolved.
fn decode(text: &str) -> Option<String> {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, reference)) = rest.split_once('&') {
        decoded.push_str(before);
        let (name, after) = reference.split_once(';')?;
        decoded.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            number => char::from_u32(number.strip_prefix('#')?.parse().ok()?)?,
        });
        rest = after;
    }
    decoded.push_str(rest);
    Some(decoded)
}
