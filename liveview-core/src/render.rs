//! From a view's markup to what is sent: the first HTML, the adoption program, and the edits of every render.
//!
//! A [`Renderer`] owns the Dioxus `VirtualDom` of one view. All of Dioxus's own types stay in here, but for the
//! `Element` that a view returns. It does no I/O, knows no socket and never decides when to render: the actor
//! that owns the view does.

use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use dioxus_core::{Element, ElementId, ErrorContext, ScopeId, VirtualDom};
use serde_json::Value;

mod adoption;
mod attribute;
mod encoder;
mod flash;
mod html;
pub(crate) mod list;
mod listener;
pub(crate) mod nested;
mod snapshot;
pub(crate) mod static_page;
mod template;
mod walk;

#[cfg(test)]
mod tests;

pub use self::adoption::Adoption;
pub use self::encoder::Edits;
use self::encoder::Encoder;
use self::flash::FlashSource;
pub use self::flash::use_flash;
pub use self::listener::ListenerError;
#[cfg(feature = "dioxus-liveview")]
pub(crate) use self::listener::strike_out_files;
use self::nested::Place;
pub use self::template::{KnownTemplates, write_definitions};
use crate::Flash;
use crate::panics::watch;
use crate::protocol::op::NodeId;

/// Why a page could not be rendered. The view is broken then: its actor ends and the client joins anew.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// `render`, a component or a task of one panicked.
    #[error("panicked while rendering: {0}")]
    Panicked(String),
    /// `render` or a component returned an error that no `ErrorBoundary` of the view's own took.
    #[error("rendering failed: {0}")]
    Failed(String),
}

/// One view's page, on the server.
///
/// Its HTML, [adoption program](Self::adoption) and [snapshot](Self::snapshot) all speak of the page as the last
/// [`rebuild`](Self::rebuild) or [`render`](Self::render) left it, so a client that got any of them can apply the edits that follow.
pub struct Renderer {
    dom: VirtualDom,
    encoder: Encoder,
    /// Server events and titles for the next edits.
    pending: Vec<Pending>,
    title: Option<String>,
    flash: FlashSource,
    is_dirty: bool,
}

enum Pending {
    Title(String),
    Event(String, Value),
    Patched { to: String, replace: bool },
    Navigate { to: String, replace: bool, flash: String },
    Redirect { to: String, flash: String },
}

/// The view's root, as the props of the root component.
#[derive(Clone)]
struct Root(Rc<dyn Fn() -> Element>);

#[allow(clippy::needless_pass_by_value, reason = "Dioxus passes props by value")]
fn render_root(root: Root) -> Element {
    (root.0)()
}

impl Renderer {
    /// A page that shows what `root` returns. `root` is called again whenever the view is [dirty](Self::mark_dirty).
    pub fn new(root: impl Fn() -> Element + 'static) -> Self {
        Self {
            dom: VirtualDom::new_with_props(render_root, Root(Rc::new(root))),
            encoder: Encoder::default(),
            pending: Vec::new(),
            title: None,
            flash: FlashSource::default(),
            is_dirty: false,
        }
    }

    /// Gives every component a context (`use_context`). Before [`rebuild`](Self::rebuild).
    pub fn provide_context<T: Clone + 'static>(&self, context: T) {
        self.dom.provide_root_context(context);
    }

    /// The first render. No edits come of it: clients begin with the HTML or a snapshot.
    ///
    /// # Errors
    /// [`RenderError`]; the renderer is of no use then.
    pub fn rebuild(&mut self) -> Result<(), RenderError> {
        self.run(|dom, encoder| {
            dom.rebuild(encoder);
            // Once more for what the first render itself made dirty: error boundaries, first polls of tasks.
            dom.render_immediate(encoder);
        })?;
        self.encoder.take();
        Ok(())
    }

    /// The page as HTML, without markers and without anything around it.
    pub fn html(&self) -> String {
        html::page(&self.dom)
    }

    /// How a client finds the nodes in [`html`](Self::html) of the same moment.
    pub fn adoption(&self) -> Adoption {
        adoption::adoption(&self.dom)
    }

    /// The edits that build the page in an empty container, with the title if one was set.
    pub fn snapshot(&self) -> Edits {
        snapshot::snapshot(&self.dom, self.title.as_deref())
    }

    /// Says that the view's state changed, so that the next [`render`](Self::render) calls the root again.
    pub fn mark_dirty(&mut self) {
        self.is_dirty = true;
        self.dom.mark_dirty(ScopeId::APP);
    }

    /// Whether a [`render`](Self::render) may have something to send: the view is dirty, a component or a row is, or an
    /// event or title waits. Replaces the waker of an earlier [`wait_for_work`](Self::wait_for_work): poll that again afterwards.
    ///
    /// # Errors
    /// As [`wait_for_work`](Self::wait_for_work).
    pub fn has_work(&mut self) -> Result<bool, RenderError> {
        if self.is_dirty || !self.pending.is_empty() {
            return Ok(true);
        }
        match self.poll_work(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => done.map(|()| true),
            Poll::Pending => Ok(false),
        }
    }

    /// Renders what is dirty, and only that. `None`: the page did not change and nothing waits.
    ///
    /// # Errors
    /// [`RenderError`]; the page is then in no state that a client could follow, and the renderer of no use.
    pub fn render(&mut self) -> Result<Option<Edits>, RenderError> {
        self.is_dirty = false;
        self.run(VirtualDom::render_immediate)?;
        for pending in self.pending.drain(..) {
            match pending {
                Pending::Title(title) => self.encoder.ops.title(&title),
                Pending::Event(name, payload) => self.encoder.ops.event(&name, &payload),
                Pending::Patched { to, replace } => self.encoder.ops.patched(&to, replace),
                Pending::Navigate { to, replace, flash } => self.encoder.ops.navigate(&to, replace, &flash),
                Pending::Redirect { to, flash } => self.encoder.ops.redirect(&to, &flash),
            }
        }
        Ok(self.encoder.take())
    }

    /// Runs the listener for `event` (named without `on`) on a node, with `json` as the event's data in the form of
    /// dioxus-html. What it changed is in the next [`render`](Self::render). Files in the data are struck out.
    ///
    /// # Errors
    /// [`ListenerError`]; the view lives on.
    pub fn handle_listener(&mut self, node: NodeId, event: &str, json: &str) -> Result<(), ListenerError> {
        if !self.encoder.is_listening(node, event) {
            return Err(ListenerError::NotListening { node, event: event.to_owned() });
        }
        let data = listener::decode(event, json)?;
        let runtime = self.dom.runtime();
        watch(|| runtime.handle_event(event, data, ElementId(node as usize)))
            .result
            .map_err(|panic| ListenerError::Panicked(panic.to_string()))?;
        take_error(&self.dom).map_or(Ok(()), |message| Err(ListenerError::Failed(message)))
    }

    /// Waits until a component, a row or a task needs a [`render`](Self::render), and runs the components' tasks meanwhile.
    ///
    /// # Errors
    /// [`RenderError::Panicked`] where a task panicked.
    ///
    /// # Cancel safety
    /// Cancel safe: work that was found stays until it is rendered, and tasks keep their progress.
    pub async fn wait_for_work(&mut self) -> Result<(), RenderError> {
        std::future::poll_fn(|cx| self.poll_work(cx)).await
    }

    /// Sets the page's title, without prefix and suffix.
    pub fn page_title(&mut self, title: &str) {
        self.title = Some(title.to_owned());
        self.pending.retain(|pending| !matches!(pending, Pending::Title(_)));
        self.pending.push(Pending::Title(title.to_owned()));
    }

    /// Shows these messages, by the components that [`use_flash`] reads for. They see none before the first call.
    pub fn show_flash(&mut self, flash: &Flash) {
        self.flash.show(&mut self.dom, flash);
    }

    /// Puts a nested view into its container, with the next edits. `html` is what the container holds at first; one that holds something already
    /// is the nested view's own.
    pub(crate) fn fill<W>(&mut self, place: &Place<W>, token: String, html: Option<String>) {
        place.fill(token, html);
        self.dom.mark_dirty(place.scope());
    }

    /// The title that was set last.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Sends a server event to the page, with the next edits.
    pub fn push_event(&mut self, name: &str, payload: &Value) {
        self.pending.push(Pending::Event(name.to_owned(), payload.clone()));
    }

    /// Tells the browser which URL the view is at now, with the next edits.
    pub fn patched(&mut self, to: String, replace: bool) {
        self.pending.push(Pending::Patched { to, replace });
    }

    /// Has the browser put another view in place of this one, with the next edits. `flash` is a token for it; empty: none.
    pub fn navigate(&mut self, to: String, replace: bool, flash: String) {
        self.pending.push(Pending::Navigate { to, replace, flash });
    }

    /// Sends the browser to another page by a full load, with the next edits. `flash` as for [`navigate`](Self::navigate).
    pub fn redirect(&mut self, to: String, flash: String) {
        self.pending.push(Pending::Redirect { to, flash });
    }

    /// Polls a new `wait_for_work` each time: the future of dioxus-core holds a guard of the thread's current
    /// runtime for as long as it lives, and the guards of several views on one thread would be dropped in
    /// the wrong order. That method is cancel safe, so nothing is lost.
    fn poll_work(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), RenderError>> {
        let dom = &mut self.dom;
        match watch(|| pin!(dom.wait_for_work()).poll(cx)).result {
            Ok(Poll::Ready(())) => Poll::Ready(Ok(())),
            Ok(Poll::Pending) => Poll::Pending,
            Err(panic) => Poll::Ready(Err(RenderError::Panicked(panic.to_string()))),
        }
    }

    fn run(&mut self, work: impl FnOnce(&mut VirtualDom, &mut Encoder)) -> Result<(), RenderError> {
        let (dom, encoder) = (&mut self.dom, &mut self.encoder);
        let watched = watch(|| work(dom, encoder));
        watched.result.map_err(|panic| RenderError::Panicked(panic.to_string()))?;
        match take_error(&self.dom) {
            None => Ok(()),
            Some(message) => Err(match watched.first_panic {
                Some(panic) => RenderError::Panicked(panic.to_string()),
                None => RenderError::Failed(message),
            }),
        }
    }
}

/// The error that reached Dioxus's own boundary around the page, if one did.
fn take_error(dom: &VirtualDom) -> Option<String> {
    let boundary: ErrorContext = dom.runtime().consume_context_from_scope(ScopeId::ROOT_ERROR_BOUNDARY)?;
    let error = boundary.error()?;
    boundary.clear_errors();
    Some(error.to_string())
}
