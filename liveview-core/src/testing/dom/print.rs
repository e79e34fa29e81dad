//! Nodes to HTML: always the same for pages that a user could not tell apart.

use std::collections::HashMap;

use super::{Dom, Element, Handle, Kind};

/// What [`Dom::print`] notes beside the nodes: the ids that a page knows them by.
pub(in super::super) type Ids = HashMap<Handle, Vec<u32>>;

impl Dom {
    /// The content of a node. Without `ids` comments and the boundaries between texts do not show; with them, every node
    /// that has one shows its ids, and elements their listeners.
    pub(in super::super) fn print(&self, node: Handle, ids: Option<&Ids>) -> String {
        let mut printer = Printer { dom: self, ids, out: String::new() };
        printer.children(node, false);
        printer.out
    }
}

struct Printer<'a> {
    dom: &'a Dom,
    ids: Option<&'a Ids>,
    out: String,
}

impl Printer<'_> {
    fn children(&mut self, node: Handle, is_raw: bool) {
        for child in self.dom.children(node) {
            self.node(*child, is_raw);
        }
    }

    fn node(&mut self, node: Handle, is_raw: bool) {
        let ids = self.ids.and_then(|ids| ids.get(&node)).map(|ids| format!("{ids:?}"));
        match self.dom.kind(node) {
            Kind::Comment => self.out.push_str(&ids.map(|ids| format!("<!--{ids}-->")).unwrap_or_default()),
            Kind::Text(text) => {
                let text = if is_raw { text.clone() } else { escape(text) };
                match ids {
                    Some(ids) => self.out.extend(["{", &ids, text.as_str(), "}"]),
                    None => self.out.push_str(&text),
                }
            }
            Kind::Element(element) => self.element(node, element, ids),
        }
    }

    fn element(&mut self, node: Handle, element: &Element, ids: Option<String>) {
        let Element { tag, is_foreign, attributes, style, listeners } = element;
        // A text area shows its value, whether it came as text or by a patch.
        let value = attributes.get("value").filter(|_| tag == "textarea");
        self.out.extend(["<", tag]);
        if let Some(ids) = ids {
            self.out.extend([" ", &ids, &format!(" {listeners:?}")]);
        }
        for (name, text) in attributes {
            if value.is_none() || name != "value" {
                self.attribute(name, text);
            }
        }
        if !style.is_empty() {
            let declarations = style.iter().flat_map(|(name, value)| [name, ":", value, ";"]);
            self.attribute("style", &declarations.collect::<String>());
        }
        self.out.push('>');
        if !is_foreign && is_void(tag) {
            return;
        }
        let start = self.out.len();
        match value {
            Some(value) => self.out.push_str(&escape(value)),
            None => self.children(node, !is_foreign && matches!(&**tag, "script" | "style")),
        }
        if drops_newline(tag) && self.out[start..].starts_with('\n') {
            self.out.insert(start, '\n');
        }
        self.out.extend(["</", tag, ">"]);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.extend([" ", name, "=\"", &escape(value), "\""]);
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\r', "&#13;")
        .replace('\0', "\u{fffd}")
}

/// Elements without content and end tag.
pub(super) fn is_void(tag: &str) -> bool {
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
        .contains(&tag)
}

/// Elements behind whose start tag the parser drops a newline.
pub(super) fn drops_newline(tag: &str) -> bool {
    ["pre", "textarea", "listing"].contains(&tag)
}
