//! Markup without a server: what a component or the `render` of a view shows, and the frames that follow its state.

use crate::Element;
use crate::render::{Adoption, KnownTemplates, RenderError, Renderer, write_definitions};

/// A rendered page, for tests and benches of markup. There is no actor and no socket: it renders when it is told to.
///
/// ```
/// use std::cell::Cell;
/// use std::rc::Rc;
///
/// use liveview_core::testing::{Page, Rendered};
/// use dioxus::prelude::*;
///
/// let count = Rc::new(Cell::new(0));
/// let state = count.clone();
/// let mut rendered = Rendered::new(move || rsx! { p { "Count: {state.get()}" } })?;
/// assert_eq!(rendered.html(), "<p>Count: 0</p>");
///
/// let mut page = Page::from_html(&rendered.html())?;
/// let adoption = rendered.adoption();
/// page.adopt(&adoption.program, adoption.check)?;
/// count.set(1);
/// if let Some(frame) = rendered.update()? {
///     page.apply(&frame)?;
/// }
/// assert_eq!(page.to_html(), "<p>Count: 1</p>");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Rendered {
    renderer: Renderer,
    known: KnownTemplates,
}

impl Rendered {
    /// Renders what `root` returns. `root` is called again at every [`update`](Self::update).
    ///
    /// # Errors
    /// [`RenderError`], when `root` or a component panics or fails.
    pub fn new(root: impl Fn() -> Element + 'static) -> Result<Self, RenderError> {
        let mut renderer = Renderer::new(root);
        renderer.rebuild()?;
        Ok(Self { renderer, known: KnownTemplates::default() })
    }

    /// What it shows, as a page load is given it.
    pub fn html(&self) -> String {
        self.renderer.html()
    }

    /// How a page that shows [`html`](Self::html) finds the nodes that frames speak of.
    pub fn adoption(&self) -> Adoption {
        self.renderer.adoption()
    }

    /// Renders again. The body of the frame that takes a page here, with the templates that no frame before had: what
    /// [`Page::apply`](super::Page::apply) takes. `None` if nothing that shows has changed.
    ///
    /// # Errors
    /// [`RenderError`], when `root` or a component panics or fails; the page is of no use then.
    pub fn update(&mut self) -> Result<Option<Vec<u8>>, RenderError> {
        self.renderer.mark_dirty();
        let Some(edits) = self.renderer.render()? else { return Ok(None) };
        let mut body = Vec::with_capacity(edits.ops.len());
        write_definitions(&edits.templates, &mut self.known, &mut body);
        body.extend_from_slice(&edits.ops);
        Ok(Some(body))
    }
}
