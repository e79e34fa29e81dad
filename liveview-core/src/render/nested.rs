//! Containers of nested views: the Dioxus side of [`live_render`](crate::live_render).
//!
//! The view around it owns the container and what it is said to hold at first: the nested view's token and first HTML. What is in it after
//! that is the nested view's own; nothing here ever renders into it again.

use std::cell::RefCell;
use std::rc::Rc;

use dioxus::prelude::rsx;
#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::{dioxus_core, dioxus_signals};
use dioxus_core::{
    DynamicNode, Element, Properties, ScopeId, VComponent, current_scope_id, try_consume_context, use_hook,
};

use crate::dioxus_elements;

/// What a container says of itself, and what is to live in it: `W`, which decides whether it is still the same one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Container<W> {
    /// The element's id.
    pub(crate) id: Rc<str>,
    pub(crate) class: Option<Rc<str>>,
    /// It outlives the view around it.
    pub(crate) sticky: bool,
    pub(crate) what: W,
}

/// A container in a page. Clones are the same one.
pub(crate) struct Place<W>(Rc<Inner<W>>);

struct Inner<W> {
    container: Container<W>,
    scope: ScopeId,
    content: RefCell<Content>,
}

/// What a container holds at first.
#[derive(Debug, Clone, Default)]
struct Content {
    token: Option<String>,
    html: Option<String>,
}

/// The containers that came into a page or left it since somebody asked.
pub(crate) struct Places<W>(Rc<RefCell<Changes<W>>>);

/// See [`Places`].
pub(crate) struct Changes<W> {
    pub(crate) came: Vec<Place<W>>,
    pub(crate) left: Vec<Place<W>>,
}

impl<W> Clone for Place<W> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<W> Clone for Places<W> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<W> Default for Places<W> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<W> Default for Changes<W> {
    fn default() -> Self {
        Self { came: Vec::new(), left: Vec::new() }
    }
}

impl<W> PartialEq for Place<W> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<W> Place<W> {
    pub(crate) fn container(&self) -> &Container<W> {
        &self.0.container
    }

    pub(super) fn scope(&self) -> ScopeId {
        self.0.scope
    }

    /// What the container holds from its next render on.
    pub(super) fn fill(&self, token: String, html: Option<String>) {
        self.0.content.replace(Content { token: Some(token), html });
    }
}

impl<W> Places<W> {
    pub(crate) fn take(&self) -> Changes<W> {
        self.0.take()
    }
}

/// A container's place in the page, for as long as its scope shows it.
struct Stay<W> {
    places: Places<W>,
    place: Place<W>,
}

impl<W> Stay<W> {
    fn begin(container: &Container<W>) -> Option<Self>
    where
        W: Clone + 'static,
    {
        let Some(places) = try_consume_context::<Places<W>>() else {
            tracing::error!(id = &*container.id, "a nested view is rendered outside of a view, and stays empty");
            return None;
        };
        let (container, scope) = (container.clone(), current_scope_id());
        let place = Place(Rc::new(Inner { container, scope, content: RefCell::default() }));
        places.0.borrow_mut().came.push(place.clone());
        Some(Self { places, place })
    }
}

impl<W> Drop for Stay<W> {
    fn drop(&mut self) {
        self.places.0.borrow_mut().left.push(self.place.clone());
    }
}

#[derive(Clone)]
struct Props<W>(Container<W>);

impl<W: Clone + PartialEq + 'static> Properties for Props<W> {
    type Builder = ();

    fn builder() {}

    fn memoize(&mut self, new: &Self) -> bool {
        let is_same = self.0 == new.0;
        if !is_same {
            self.clone_from(new);
        }
        is_same
    }
}

/// The container, to be put into `rsx!`.
pub(crate) fn container<W: Clone + PartialEq + 'static>(container: Container<W>) -> DynamicNode {
    DynamicNode::Component(VComponent::new(render_container::<W>, Props(container), "LiveRender"))
}

#[allow(clippy::needless_pass_by_value, reason = "Dioxus passes props by value")]
fn render_container<W: Clone + PartialEq + 'static>(props: Props<W>) -> Element {
    let stay = use_hook(|| Rc::new(RefCell::new(None::<Stay<W>>)));
    // A scope may come to show another container.
    let stays = stay.borrow().as_ref().is_some_and(|stay| *stay.place.container() == props.0);
    if !stays {
        let begun = Stay::begin(&props.0);
        stay.replace(begun);
    }
    let Container { id, class, sticky, .. } = props.0;
    let Content { token, html } =
        stay.borrow().as_ref().map(|stay| stay.place.0.content.borrow().clone()).unwrap_or_default();
    rsx! {
        div {
            id: "{id}",
            class: class.as_deref(),
            "data-phx-session": token,
            "data-phx-sticky": sticky,
            dangerous_inner_html: html,
        }
    }
}
