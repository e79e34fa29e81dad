//! The messages of a page, for components that show them.
//!
//! A component that reads them is rendered again when they change, and no other is.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dioxus_core::{ScopeId, VirtualDom, current_scope_id, try_consume_context};

use crate::Flash;

/// What a page's components find as a context.
#[derive(Clone, Default)]
pub(super) struct FlashSource(Rc<Shown>);

#[derive(Default)]
struct Shown {
    flash: RefCell<Flash>,
    readers: RefCell<Vec<ScopeId>>,
    is_provided: Cell<bool>,
}

impl FlashSource {
    /// Shows these messages from the next render on.
    pub(super) fn show(&self, dom: &mut VirtualDom, flash: &Flash) {
        if !self.0.is_provided.replace(true) {
            dom.provide_root_context(self.clone());
        }
        flash.clone_into(&mut self.0.flash.borrow_mut());
        // Readers sign in again when they are rendered. A scope that is gone meanwhile is nobody's, or somebody's who is rendered in vain.
        for reader in self.0.readers.take() {
            dom.mark_dirty(reader);
        }
    }

    fn read(&self) -> Flash {
        let (reader, mut readers) = (current_scope_id(), self.0.readers.borrow_mut());
        if !readers.contains(&reader) {
            readers.push(reader);
        }
        self.0.flash.borrow().clone()
    }
}

/// The messages of the page, in a component or in `render`. Whoever reads them is rendered again when they change. None outside of
/// pages of ours.
///
/// ```
/// use liveview_core::dioxus::prelude::*;
/// use liveview_core::{dioxus_elements, use_flash};
///
/// #[component]
/// fn Toast() -> Element {
///     let flash = use_flash();
///     rsx! { if let Some(text) = flash.get("info") { p { role: "status", "{text}" } } }
/// }
/// ```
pub fn use_flash() -> Flash {
    try_consume_context::<FlashSource>().map(|source| source.read()).unwrap_or_default()
}
