//! The Dioxus side of [`Rows`](crate::rows::Rows): a component for the list, and one for each row.
//!
//! Each row renders in a scope of its own and is watched by it, so that a changed row renders alone. The list's
//! own component renders when rows come, go or move, or when what all rows depend on has changed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dioxus_core::{
    DynamicNode, Element, Properties, ReactiveContext, Template, TemplateNode, VComponent, VNode, use_hook,
};

/// A row, shared by the view's state and the scopes that show it.
pub(crate) struct Slot<T> {
    pub(crate) key: Rc<str>,
    pub(crate) value: RefCell<T>,
    /// The scopes that show this row; mostly one.
    watchers: RefCell<Vec<ReactiveContext>>,
    /// The watchers have been told of a change and did not render since.
    is_told: Cell<bool>,
}

impl<T> Slot<T> {
    pub(crate) fn new(key: Rc<str>, value: T) -> Self {
        Self { key, value: RefCell::new(value), watchers: RefCell::default(), is_told: Cell::new(false) }
    }

    /// Makes the scopes that show this row render.
    pub(crate) fn changed(&self) {
        if !self.is_told.replace(true) {
            self.watchers.borrow().iter().for_each(|watcher| {
                watcher.mark_dirty();
            });
        }
    }
}

/// The registration of one scope with the row that it shows; ends with the scope.
struct Watch<T> {
    slot: Rc<Slot<T>>,
    watcher: ReactiveContext,
}

impl<T> Watch<T> {
    fn new(slot: &Rc<Slot<T>>, watcher: ReactiveContext) -> Self {
        let mut watchers = slot.watchers.borrow_mut();
        // Most rows are shown once, and there are many rows.
        watchers.reserve_exact(1);
        watchers.push(watcher);
        drop(watchers);
        Self { slot: Rc::clone(slot), watcher }
    }
}

impl<T> Drop for Watch<T> {
    fn drop(&mut self) {
        self.slot.watchers.borrow_mut().retain(|watcher| *watcher != self.watcher);
        self.slot.is_told.set(false);
    }
}

/// How a row is shown. Plain functions, which a closure that captures nothing is too: so that it can be told
/// whether a list is shown as before.
pub(crate) enum Show<T, D> {
    Row(fn(&T) -> Element),
    With(fn(&T, &D) -> Element, Rc<D>),
}

impl<T, D> Clone for Show<T, D> {
    fn clone(&self) -> Self {
        match self {
            Self::Row(row) => Self::Row(*row),
            Self::With(row, shared) => Self::With(*row, Rc::clone(shared)),
        }
    }
}

impl<T, D: PartialEq> PartialEq for Show<T, D> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Row(a), Self::Row(b)) => std::ptr::fn_addr_eq(*a, *b),
            (Self::With(a, x), Self::With(b, y)) => std::ptr::fn_addr_eq(*a, *b) && (Rc::ptr_eq(x, y) || x == y),
            _ => false,
        }
    }
}

/// The rows in their order. A new `Rc` for every new order.
pub(crate) type Order<T> = Rc<Vec<Rc<Slot<T>>>>;

struct ListProps<T, D> {
    order: Order<T>,
    show: Show<T, D>,
}

struct RowProps<T, D> {
    slot: Rc<Slot<T>>,
    show: Show<T, D>,
}

impl<T, D> Clone for ListProps<T, D> {
    fn clone(&self) -> Self {
        Self { order: Rc::clone(&self.order), show: self.show.clone() }
    }
}

impl<T, D> Clone for RowProps<T, D> {
    fn clone(&self) -> Self {
        Self { slot: Rc::clone(&self.slot), show: self.show.clone() }
    }
}

impl<T: 'static, D: PartialEq + 'static> Properties for ListProps<T, D> {
    type Builder = ();

    fn builder() {}

    fn memoize(&mut self, new: &Self) -> bool {
        let is_same = Rc::ptr_eq(&self.order, &new.order) && self.show == new.show;
        // The old ones stay where the new ones are equal: the rows have them too.
        if !is_same {
            self.clone_from(new);
        }
        is_same
    }
}

impl<T: 'static, D: PartialEq + 'static> Properties for RowProps<T, D> {
    type Builder = ();

    fn builder() {}

    fn memoize(&mut self, new: &Self) -> bool {
        let is_same = Rc::ptr_eq(&self.slot, &new.slot) && self.show == new.show;
        if !is_same {
            self.clone_from(new);
        }
        is_same
    }
}

/// One component, in place of a whole `rsx!`.
static TEMPLATE: Template =
    Template { roots: &[TemplateNode::Dynamic { id: 0 }], node_paths: &[&[0]], attr_paths: &[] };

fn node(key: Option<String>, content: DynamicNode) -> VNode {
    VNode::new(key, TEMPLATE, Box::new([content]), Box::new([]))
}

/// The list, to be put into `rsx!`.
pub(crate) fn list<T: 'static, D: PartialEq + 'static>(order: &Order<T>, show: Show<T, D>) -> VNode {
    let props = ListProps { order: Rc::clone(order), show };
    let component = VComponent::new(render_list::<T, D>, props, "Rows");
    node(None, DynamicNode::Component(component))
}

#[allow(clippy::needless_pass_by_value, clippy::unnecessary_wraps, reason = "what Dioxus calls")]
fn render_list<T: 'static, D: PartialEq + 'static>(props: ListProps<T, D>) -> Element {
    let row = |slot: &Rc<Slot<T>>| {
        let props = RowProps { slot: Rc::clone(slot), show: props.show.clone() };
        node(Some(slot.key.to_string()), DynamicNode::Component(VComponent::new(render_row::<T, D>, props, "Row")))
    };
    let rows: Vec<_> = props.order.iter().map(row).collect();
    // A fragment of no nodes would leave Dioxus nothing to insert the first row at.
    let content = if rows.is_empty() { DynamicNode::default() } else { DynamicNode::Fragment(rows) };
    Ok(node(None, content))
}

#[allow(clippy::needless_pass_by_value, reason = "Dioxus passes props by value")]
fn render_row<T: 'static, D: 'static>(props: RowProps<T, D>) -> Element {
    watch(&props.slot);
    let row = props.slot.value.borrow();
    match &props.show {
        Show::Row(show) => show(&row),
        Show::With(show, shared) => show(&row, shared),
    }
}

/// Has this scope render when the row changes. A scope may come to show another row with the same key.
fn watch<T: 'static>(slot: &Rc<Slot<T>>) {
    let watch = use_hook(|| Rc::new(RefCell::new(None::<Watch<T>>)));
    let Some(scope) = ReactiveContext::current() else {
        return;
    };
    let is_watched = watch.borrow().as_ref().is_some_and(|watch| Rc::ptr_eq(&watch.slot, slot));
    if !is_watched {
        watch.replace(Some(Watch::new(slot, scope)));
    }
    slot.is_told.set(false);
}
