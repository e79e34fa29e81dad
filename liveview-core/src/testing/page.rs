//! The reference client: a page that adopts HTML and applies frames, exactly as the browser's client does.

use std::collections::HashMap;

use serde_json::Value;

use super::dom::{Dom, Element, Handle, Kind, parse};
use crate::protocol::op::{NodeId, Op, OpError, OpReader, Tree};
use crate::protocol::wire::WireError;

mod adopt;

/// Why a page could not follow the server. A browser's client would join afresh.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// The HTML is not well formed.
    #[error("a parser would repair this HTML")]
    BadHtml,
    /// The ops are not well formed.
    #[error(transparent)]
    Op(#[from] OpError),
    /// The adoption program is not well formed.
    #[error("malformed adoption program")]
    Program(#[from] WireError),
    /// The page is not the one that the program was made for.
    #[error("the page has another shape than the program's")]
    Changed,
    /// An op names a node that the page does not have, or one of the wrong kind.
    #[error("no such node: {0}")]
    NoNode(NodeId),
    /// An op loads a template that was not defined.
    #[error("no such template: {0}")]
    NoTemplate(u32),
    /// An op wants more nodes than the stack has.
    #[error("the stack has too few nodes")]
    EmptyStack,
    /// A path leads out of the tree.
    #[error("no node at the path {0:?}")]
    NoPath(Vec<u32>),
}

/// A live page. Node 0 is the container, whose content is what [`to_html`](Self::to_html) prints.
#[derive(Clone, Debug)]
pub struct Page {
    dom: Dom,
    container: Handle,
    nodes: HashMap<NodeId, Handle>,
    templates: HashMap<u32, Vec<Handle>>,
    stack: Vec<Handle>,
    title: Option<String>,
    left: Option<Left>,
    patched: Vec<(String, bool)>,
    events: Vec<(String, Value)>,
}

/// Where the server sent a page, with the flash token that goes along; empty: none.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Left {
    /// By a full page load.
    Redirect {
        /// A path, or the URL of another site.
        to: String,
        /// The token.
        flash: String,
    },
    /// To another view, over the same socket.
    Navigate {
        /// A path.
        to: String,
        /// In place of the present entry of the history.
        replace: bool,
        /// The token.
        flash: String,
    },
}

impl Default for Page {
    fn default() -> Self {
        let mut dom = Dom::default();
        let container = dom.create(Kind::Element(Element { tag: "div".to_owned(), ..Element::default() }));
        Self {
            dom,
            container,
            nodes: HashMap::from([(0, container)]),
            templates: HashMap::new(),
            stack: Vec::new(),
            title: None,
            left: None,
            patched: Vec::new(),
            events: Vec::new(),
        }
    }
}

impl Page {
    /// A page that shows this HTML and knows none of its nodes; [`adopt`](Self::adopt) it, or apply frames to an empty one.
    ///
    /// # Errors
    /// [`PageError::BadHtml`].
    pub fn from_html(html: &str) -> Result<Self, PageError> {
        let mut page = Self::default();
        parse(&mut page.dom, page.container, html).ok_or(PageError::BadHtml)?;
        Ok(page)
    }

    /// Empties the page for a fresh join: the next frame builds it. What is known of templates stays, for it is the socket's.
    pub fn begin_anew(&mut self) {
        let container = self.dom.create(Kind::Element(Element { tag: "div".to_owned(), ..Element::default() }));
        self.container = container;
        self.nodes = HashMap::from([(0, container)]);
        self.stack.clear();
    }

    /// Binds the ids of an adoption program to the nodes of the page. Nothing that shows is changed.
    ///
    /// # Errors
    /// [`PageError::Changed`] if this is not the page that the program speaks of, [`PageError::Program`].
    pub fn adopt(&mut self, program: &[u8], check: u32) -> Result<(), PageError> {
        adopt::adopt(self, program, check)
    }

    /// Applies a frame's body: definitions and ops.
    ///
    /// # Errors
    /// The first op that cannot be read or applied; those before it are applied.
    pub fn apply(&mut self, ops: &[u8]) -> Result<(), PageError> {
        for op in OpReader::new(ops) {
            self.apply_op(&op?)?;
        }
        Ok(())
    }

    /// The page as HTML, with attributes and style properties sorted: equal for pages that look the same.
    pub fn to_html(&self) -> String {
        self.dom.print(self.container, None)
    }

    /// The page as HTML with the ids and listeners of its nodes: equal for pages that any later frame changes alike.
    pub fn to_html_with_ids(&self) -> String {
        let mut ids: HashMap<Handle, Vec<NodeId>> = HashMap::new();
        for (id, node) in &self.nodes {
            ids.entry(*node).or_default().push(*id);
        }
        self.dom.print(self.container, Some(&ids))
    }

    /// The page that the server sent the browser to, if it did.
    pub fn redirect(&self) -> Option<&str> {
        match &self.left {
            Some(Left::Redirect { to, .. }) => Some(to),
            _ => None,
        }
    }

    /// Where the server sent the page, if it did, by whichever way.
    pub fn left(&self) -> Option<&Left> {
        self.left.as_ref()
    }

    /// The URLs that the view has moved to by itself since the last call, oldest first, and whether each replaces the present
    /// entry of the browser's history.
    pub fn take_patched(&mut self) -> Vec<(String, bool)> {
        std::mem::take(&mut self.patched)
    }

    /// The title that a frame set last.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The server events that came since the last call, oldest first.
    pub fn take_events(&mut self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.events)
    }

    /// The ids of the nodes that the server listens to `event` (without `on`) on, in no order.
    pub fn listening(&self, event: &str) -> Vec<NodeId> {
        let listens = |node: &Handle| match self.dom.kind(*node) {
            Kind::Element(element) => element.listeners.contains(event),
            _ => false,
        };
        self.nodes.iter().filter(|(_, node)| listens(node)).map(|(id, _)| *id).collect()
    }

    /// Applies one op.
    ///
    /// # Errors
    /// [`PageError`], by what the op lacks.
    pub fn apply_op(&mut self, op: &Op<'_>) -> Result<(), PageError> {
        match op {
            Op::Template { template, roots } => {
                let roots = roots.iter().map(|root| self.build(root)).collect();
                self.templates.insert(*template, roots);
            }
            Op::Load { template, root, node } => {
                let roots = self.templates.get(template).and_then(|roots| roots.get(*root as usize));
                let root = *roots.ok_or(PageError::NoTemplate(*template))?;
                let copy = self.dom.clone_deep(root);
                self.push(*node, copy);
            }
            Op::Assign { path, node } => {
                let found = self.at_path(path)?;
                self.nodes.insert(*node, found);
            }
            Op::CreateText { node, text } => {
                let text = self.dom.create(Kind::Text(text.to_string()));
                self.push(*node, text);
            }
            Op::Placeholder { node } => {
                let comment = self.dom.create(Kind::Comment);
                self.push(*node, comment);
            }
            Op::Append { node, m } => {
                let parent = self.node(*node)?;
                self.pop(*m)?.into_iter().for_each(|child| self.dom.append(parent, child));
            }
            Op::Replace { node, m } => {
                let (old, new) = (self.node(*node)?, self.pop(*m)?);
                self.replace(old, &new).ok_or(PageError::NoNode(*node))?;
            }
            Op::Fill { path, m } => {
                let new = self.pop(*m)?;
                let old = self.at_path(path)?;
                self.replace(old, &new).ok_or_else(|| PageError::NoPath(path.clone()))?;
            }
            Op::After { node, m } => {
                let (place, new) = (self.node(*node)?, self.pop(*m)?);
                let all = new.iter().rev().all(|new| self.dom.insert_after(place, *new));
                all.then_some(()).ok_or(PageError::NoNode(*node))?;
            }
            Op::Before { node, m } => {
                let (place, new) = (self.node(*node)?, self.pop(*m)?);
                let all = new.iter().all(|new| self.dom.insert_before(place, *new));
                all.then_some(()).ok_or(PageError::NoNode(*node))?;
            }
            Op::Set { node, name, namespace, value } => self.set(*node, name, namespace, Some(value))?,
            Op::Unset { node, name, namespace } => self.set(*node, name, namespace, None)?,
            Op::Text { node, text } => {
                let place = self.node(*node)?;
                *self.dom.text_mut(place).ok_or(PageError::NoNode(*node))? = text.to_string();
            }
            Op::Listen { node, event } => {
                self.element(*node)?.listeners.insert(event.to_string());
            }
            Op::Unlisten { node, event } => {
                self.element(*node)?.listeners.remove(&**event);
            }
            Op::Remove { node } => {
                let node = self.node(*node)?;
                self.dom.detach(node);
            }
            Op::Push { node } => {
                let node = self.node(*node)?;
                self.stack.push(node);
            }
            Op::Title { title } => self.title = Some(title.to_string()),
            Op::Redirect { to, flash } => {
                self.left = Some(Left::Redirect { to: to.to_string(), flash: flash.to_string() });
            }
            Op::Patched { to, replace } => self.patched.push((to.to_string(), *replace)),
            Op::Navigate { to, replace, flash } => {
                self.left = Some(Left::Navigate { to: to.to_string(), replace: *replace, flash: flash.to_string() });
            }
            Op::Event { name, payload } => self.events.push((name.to_string(), payload.clone())),
        }
        Ok(())
    }

    fn build(&mut self, tree: &Tree<'_>) -> Handle {
        match tree {
            Tree::Text(text) => self.dom.create(Kind::Text(text.to_string())),
            Tree::Dynamic => self.dom.create(Kind::Comment),
            Tree::Element { tag, namespace, attributes, children } => {
                let is_foreign = !namespace.is_empty();
                let element = Element { tag: tag.to_string(), is_foreign, ..Element::default() };
                let node = self.dom.create(Kind::Element(element));
                for child in children {
                    let child = self.build(child);
                    self.dom.append(node, child);
                }
                for [name, namespace, value] in attributes {
                    self.set_attribute(node, name, namespace, Some(value));
                }
                node
            }
        }
    }

    fn set(&mut self, id: NodeId, name: &str, namespace: &str, value: Option<&str>) -> Result<(), PageError> {
        let node = self.node(id)?;
        self.set_attribute(node, name, namespace, value).ok_or(PageError::NoNode(id))
    }

    /// `None` if the node is no element.
    fn set_attribute(&mut self, node: Handle, name: &str, namespace: &str, value: Option<&str>) -> Option<()> {
        let element = self.dom.element_mut(node)?;
        match (name, namespace, value) {
            ("dangerous_inner_html", _, html) => {
                self.dom.clear(node);
                parse(&mut self.dom, node, html.unwrap_or_default())?;
            }
            (_, "style", Some(value)) => {
                element.style.insert(name.to_owned(), value.to_owned());
            }
            (_, "style", None) => {
                element.style.remove(name);
            }
            (_, _, Some(value)) => element.set(name, value),
            (_, _, None) => element.unset(name),
        }
        Some(())
    }

    /// Puts nodes in place of another; `None` if that stands nowhere.
    fn replace(&mut self, old: Handle, new: &[Handle]) -> Option<()> {
        let all = new.iter().all(|new| self.dom.insert_before(old, *new));
        self.dom.detach(old);
        all.then_some(())
    }

    fn push(&mut self, id: NodeId, node: Handle) {
        self.nodes.insert(id, node);
        self.stack.push(node);
    }

    fn pop(&mut self, m: u32) -> Result<Vec<Handle>, PageError> {
        let rest = self.stack.len().checked_sub(m as usize).ok_or(PageError::EmptyStack)?;
        Ok(self.stack.split_off(rest))
    }

    fn at_path(&self, path: &[u32]) -> Result<Handle, PageError> {
        let top = *self.stack.last().ok_or(PageError::EmptyStack)?;
        self.dom.at(top, path).ok_or_else(|| PageError::NoPath(path.to_vec()))
    }

    fn node(&self, id: NodeId) -> Result<Handle, PageError> {
        self.nodes.get(&id).copied().ok_or(PageError::NoNode(id))
    }

    fn element(&mut self, id: NodeId) -> Result<&mut Element, PageError> {
        let node = self.node(id)?;
        self.dom.element_mut(node).ok_or(PageError::NoNode(id))
    }
}
