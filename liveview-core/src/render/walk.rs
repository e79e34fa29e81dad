//! The living page, as HTML, adoption program and snapshot all see it.
//!
//! Reads a `VirtualDom` through the public API of dioxus-core 0.7.10. What is not mounted (the content of a
//! suspended boundary) is not part of the page and is not seen.

use dioxus_core::{DynamicNode, ElementId, TemplateAttribute, VNode, VirtualDom};

use super::attribute::{self, Attribute, INNER_HTML};
use crate::protocol::op::NodeId;

/// What stands at a dynamic place of a template.
pub(super) enum Dynamic<'a> {
    Text(NodeId, &'a str),
    Placeholder(NodeId),
    Nodes(&'a [VNode]),
}

/// The page's root.
pub(super) fn root(dom: &VirtualDom) -> &[VNode] {
    dom.base_scope().try_root_node().map_or(&[], std::slice::from_ref)
}

/// What stands at the dynamic place `index` of this node's template.
pub(super) fn dynamic<'a>(dom: &'a VirtualDom, vnode: &'a VNode, index: usize) -> Dynamic<'a> {
    let id = || number(vnode.mounted_dynamic_node(index, dom)).unwrap_or_default();
    match &vnode.dynamic_nodes[index] {
        DynamicNode::Text(text) => Dynamic::Text(id(), &text.value),
        DynamicNode::Placeholder(_) => Dynamic::Placeholder(id()),
        DynamicNode::Fragment(nodes) => Dynamic::Nodes(nodes),
        DynamicNode::Component(component) => {
            let node = component.mounted_scope(index, vnode, dom).and_then(|scope| scope.try_root_node());
            Dynamic::Nodes(node.map_or(&[], std::slice::from_ref))
        }
    }
}

/// The id of a template's root, if it is an element or a text.
pub(super) fn root_id(dom: &VirtualDom, vnode: &VNode, root: Option<usize>) -> Option<NodeId> {
    number(vnode.mounted_root(root?, dom))
}

/// The id of an element: roots have one, and elements with dynamic attributes.
pub(super) fn element_id(
    dom: &VirtualDom,
    vnode: &VNode,
    attrs: &[TemplateAttribute],
    root: Option<usize>,
) -> Option<NodeId> {
    let dynamic = attrs.iter().find_map(|attr| match attr {
        TemplateAttribute::Dynamic { id } => number(vnode.mounted_dynamic_attribute(*id, dom)),
        TemplateAttribute::Static { .. } => None,
    });
    dynamic.or_else(|| root_id(dom, vnode, root))
}

/// The events that an element has listeners for in the DOM.
pub(super) fn listeners<'a>(
    vnode: &'a VNode,
    attrs: &'a [TemplateAttribute],
) -> impl Iterator<Item = &'static str> + 'a {
    attrs.iter().flat_map(|attr| match attr {
        TemplateAttribute::Dynamic { id } => vnode.dynamic_attrs[*id].iter().filter_map(attribute::dom_event),
        TemplateAttribute::Static { .. } => [].iter().filter_map(attribute::dom_event),
    })
}

/// Ids that were never given out are 0 or `usize::MAX` in Dioxus.
fn number(id: Option<ElementId>) -> Option<NodeId> {
    id.filter(|id| id.0 != 0).and_then(|id| NodeId::try_from(id.0).ok())
}

/// How the HTML parser reads what is inside an element.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Content {
    /// Elements and text with character references.
    Markup,
    /// Text as it is, up to the end tag: a script.
    Script,
    /// Text as it is, up to the end tag: a style sheet.
    Style,
}

/// Where in the page a node stands, as far as the parser cares.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings {
    pub(super) content: Content,
    /// Inside SVG or `MathML`, where HTML's special elements are ordinary ones.
    pub(super) foreign: bool,
}

impl Surroundings {
    pub(super) const BODY: Self = Self { content: Content::Markup, foreign: false };

    /// What surrounds the children of an element that stands here.
    pub(super) fn inside(self, tag: &str) -> Self {
        let foreign = match tag {
            "svg" | "math" => true,
            "foreignObject" | "desc" | "title" => false,
            _ => self.foreign,
        };
        let content = match tag {
            "script" if !foreign => Content::Script,
            "style" if !foreign => Content::Style,
            _ => Content::Markup,
        };
        Self { content, foreign }
    }

    /// Whether an element that stands here has no content and no end tag.
    pub(super) fn is_void(self, tag: &str) -> bool {
        !self.foreign
            && matches!(
                tag,
                "area"
                    | "base"
                    | "br"
                    | "col"
                    | "embed"
                    | "hr"
                    | "img"
                    | "input"
                    | "link"
                    | "meta"
                    | "param"
                    | "source"
                    | "track"
                    | "wbr"
            )
    }
}

/// What an element contains, where that is not simply its children.
pub(super) enum Special<'a> {
    /// HTML that the application gave; nobody knows its nodes.
    Html(&'a str),
    /// A text area's `value`, which HTML has as its text.
    Text(&'a str),
    /// A parser that may run scripts makes text, or a document of its own, of what is inside.
    Unparsed,
}

/// What is special about the content of an element with these attributes.
pub(super) fn special<'a>(tag: &str, attributes: &'a [Attribute<'a>], is_empty: bool) -> Option<Special<'a>> {
    let find = |name| attributes.iter().find(|found| found.name == name && found.namespace.is_none());
    if let Some(html) = find(INNER_HTML) {
        return Some(Special::Html(&html.value));
    }
    match tag {
        "textarea" if is_empty => find("value").map(|value| Special::Text(&value.value)),
        "iframe" | "noembed" | "noframes" | "noscript" | "xmp" => Some(Special::Unparsed),
        _ => None,
    }
}
