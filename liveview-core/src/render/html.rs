//! The living page as HTML.
//!
//! Not `dioxus-ssr`, for the HTML must be the very page that the patches and the adoption program speak of: the
//! same normalised attributes as the encoder's, no markers, and text that comes out of a browser's parser
//! as it went in. Hence: a newline at the start of `pre` and `textarea` is doubled (the parser drops one),
//! carriage returns are references (it would make newlines of them), style properties are one `style`
//! attribute, a text area's `value` is its text, and scripts and style sheets are raw text that cannot end early.

use dioxus_core::{TemplateAttribute, TemplateNode, VNode, VirtualDom};

use super::attribute::{self, Attribute, INNER_HTML, STYLE};
use super::walk::{self, Content, Dynamic, Special, Surroundings};

mod escape;

pub(super) use self::escape::raw_text;
use self::escape::{is_css_value, is_name, push_attribute, push_text};

/// The page, without anything around it.
pub(super) fn page(dom: &VirtualDom) -> String {
    let mut writer = Writer { dom, out: String::new(), guard_newline: false };
    writer.nodes(walk::root(dom), Surroundings::BODY);
    writer.out
}

struct Writer<'a> {
    dom: &'a VirtualDom,
    out: String,
    /// The next character comes right after a start tag behind which the parser drops a newline.
    guard_newline: bool,
}

impl<'a> Writer<'a> {
    fn nodes(&mut self, nodes: &'a [VNode], around: Surroundings) {
        for vnode in nodes {
            for node in vnode.template.roots {
                self.node(vnode, node, around);
            }
        }
    }

    fn node(&mut self, vnode: &'a VNode, node: &'a TemplateNode, around: Surroundings) {
        match node {
            TemplateNode::Text { text } => self.text(text, around),
            TemplateNode::Dynamic { id } => match walk::dynamic(self.dom, vnode, *id) {
                Dynamic::Text(_, text) => self.text(text, around),
                Dynamic::Placeholder(_) => {}
                Dynamic::Nodes(nodes) => self.nodes(nodes, around),
            },
            TemplateNode::Element { tag, attrs, children, .. } => self.element(vnode, tag, attrs, children, around),
        }
    }

    fn element(
        &mut self,
        vnode: &'a VNode,
        tag: &'static str,
        attrs: &'a [TemplateAttribute],
        children: &'a [TemplateNode],
        around: Surroundings,
    ) {
        let attributes = attribute::of_element(vnode, attrs);
        let special = walk::special(tag, &attributes, children.is_empty());
        self.guard_newline = false;
        self.out.push('<');
        self.out.push_str(tag);
        self.attributes(&attributes, matches!(special, Some(Special::Text(_))));
        self.out.push('>');
        if around.is_void(tag) {
            return;
        }
        self.guard_newline = !around.foreign && matches!(tag, "pre" | "textarea" | "listing");
        match special {
            Some(Special::Html(html)) => self.html(html),
            Some(Special::Text(text)) => self.text(text, around.inside(tag)),
            Some(Special::Unparsed) | None => {
                for child in children {
                    self.node(vnode, child, around.inside(tag));
                }
            }
        }
        self.guard_newline = false;
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push('>');
    }

    fn attributes(&mut self, attributes: &[Attribute<'_>], value_is_text: bool) {
        for Attribute { name, namespace, value } in attributes {
            let is_printed = *namespace != Some(STYLE)
                && !matches!(*name, STYLE | INNER_HTML)
                && !(value_is_text && *name == "value")
                && is_name(name);
            if is_printed {
                self.attribute(name, value);
            }
        }
        self.styles(attributes);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        push_attribute(&mut self.out, value);
        self.out.push('"');
    }

    /// The `style` attribute and every property of the style namespace, as one attribute.
    fn styles(&mut self, attributes: &[Attribute<'_>]) {
        let mut style = String::new();
        for Attribute { name, namespace, value } in attributes {
            if namespace.is_none() && *name == STYLE {
                style.push_str(value.trim_end());
                if !style.is_empty() && !style.ends_with(';') {
                    style.push(';');
                }
            } else if *namespace == Some(STYLE) && is_css_value(value) {
                style.extend([name, ":", value.trim(), ";"]);
            }
        }
        if !style.is_empty() {
            self.attribute(STYLE, &style);
        }
    }

    fn html(&mut self, html: &str) {
        if self.guard_newline && html.starts_with('\n') {
            self.out.push('\n');
        }
        self.out.push_str(html);
    }

    fn text(&mut self, text: &str, around: Surroundings) {
        if text.is_empty() {
            return;
        }
        if self.guard_newline && text.starts_with('\n') {
            self.out.push('\n');
        }
        self.guard_newline = false;
        match around.content {
            Content::Markup => push_text(&mut self.out, text),
            content => self.out.push_str(&raw_text(text, content)),
        }
    }
}
