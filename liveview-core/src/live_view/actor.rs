//! The actor behind a view: it alone owns the view's state and its page.
//!
//! Messages are handled one at a time, in arrival order; their callbacks run outside `select!` and are never cancelled. A
//! change marks the page dirty. It is rendered when a socket can take a frame, and not more often than `max_fps`; an event
//! of the browser is rendered at once, for its reply carries the patch. The actor ends when the browser leaves, when nobody
//! comes (back) in time, when a callback fails, or when the endpoint wants it to.

mod attach;
mod dispatch;
mod paint;
mod patch;
mod start;

use std::cell::RefCell;
use std::future::{Future as _, pending, poll_fn};
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use super::LiveView;
use super::context::{Cx, PageRequest};
use super::effects::Leave;
use super::line::Line;
use super::message::{Attach, Message, Terminate};
use super::nested::Children;
use super::registry::Registered;
use super::watchdog::{Label, watch_sync};
use crate::Flash;
use crate::host::Host;
use crate::link::SocketLink;
use crate::mailbox::{Mail, Mailbox};
use crate::render::{RenderError, Renderer};
use crate::router::Layout;

/// So many messages are handled before a due render is no longer put off.
const MESSAGES_PER_RENDER: u32 = 64;

/// What a view is begun with.
pub(crate) struct Start {
    pub(crate) id: Arc<str>,
    pub(crate) host: Arc<Host>,
    pub(crate) request: PageRequest,
    pub(crate) first: First,
}

/// Who waits for the view's first page.
pub(crate) enum First {
    /// A page load.
    Page(oneshot::Sender<Result<FirstPage, StartError>>),
    /// A socket that found no actor to take. The sender gets the error; the page goes to the socket itself.
    Socket(Box<Attach>, oneshot::Sender<StartError>),
}

/// The page of a page load.
#[derive(Debug)]
pub(crate) struct FirstPage {
    pub(crate) html: String,
    pub(crate) title: Option<String>,
    /// The document around it, if hooks or `mount` have chosen one.
    pub(crate) layout: Option<Layout>,
}

/// Why there is no first page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// `mount` or `handle_params` returned this.
    #[error("mount failed")]
    Failed(crate::Error),
    /// A hook, `mount` or `handle_params` sends the browser elsewhere, with these messages for that page.
    #[error("the view leads to {}", leave.to())]
    Left { leave: Leave, flash: Flash },
    /// A callback or the render panicked.
    #[error("the view crashed while it was mounted: {0}")]
    Crashed(String),
    /// `mount` and `handle_params` took too long.
    #[error("mount took longer than {0:?}")]
    TimedOut(Duration),
    /// The endpoint has as many views as its limits allow.
    #[error("the server has no room for another view")]
    Full,
}

/// Why a living view must end.
enum Fault {
    Failed(crate::Error),
    Panicked(String),
}

/// How it ended.
enum Exit {
    /// In order, with a word to the browser if there is one.
    Orderly(Terminate),
    /// A callback failed: the browser may join again.
    Crash(Fault),
}

/// Runs a view from mount to its end.
pub(crate) async fn run<V: LiveView>(start: Start) {
    // The future of a beginning is large and soon over; an idle view should not go on carrying its room.
    let actor = Box::pin(start::begin::<V>(start)).await;
    if let Some(mut actor) = actor {
        let exit = actor.run().await;
        actor.end(exit);
    }
}

struct Actor<V: LiveView> {
    view: Rc<RefCell<V>>,
    page: Renderer,
    /// The views in the page.
    children: Children,
    cx: Cx,
    mailbox: Mailbox<Message>,
    registered: Registered,
    host: Arc<Host>,
    line: Line,
    socket: Option<SocketLink>,
    stale: Stale,
    last_render: Option<Instant>,
    frame_time: Duration,
    /// When the view ends unless a socket takes it. `None` while one has it.
    expires: Option<(Instant, Terminate)>,
    /// No socket has ever had it.
    untouched: bool,
}

/// What changed since the page was rendered last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stale {
    Nothing,
    /// Signals or tasks of components.
    Components,
    /// The view's state.
    View,
}

enum Wake {
    Mail(Option<Mail<Message>>),
    Render,
    Page(Result<(), RenderError>),
    Expired,
    Shutdown,
}

impl<V: LiveView> Actor<V> {
    async fn run(&mut self) -> Exit {
        let mut handled = 0;
        loop {
            if handled >= MESSAGES_PER_RENDER && self.render_is_due() {
                handled = 0;
                if let ControlFlow::Break(exit) = self.paint() {
                    return exit;
                }
            }
            let step = match self.wake().await {
                Wake::Mail(Some(mail)) => {
                    handled += 1;
                    // Boxed for as long as it lasts: the futures of callbacks are large, and most views are idle.
                    Box::pin(self.receive(mail)).await
                }
                Wake::Render => {
                    handled = 0;
                    self.paint()
                }
                Wake::Page(Ok(())) => {
                    self.stale = Stale::Components;
                    ControlFlow::Continue(())
                }
                Wake::Page(Err(error)) => ControlFlow::Break(Exit::Crash(Fault::Panicked(error.to_string()))),
                Wake::Expired => {
                    let reason = self.expires.take().map_or(Terminate::Closed, |(_, reason)| reason);
                    ControlFlow::Break(Exit::Orderly(reason))
                }
                // The registry's address is gone only when the endpoint is.
                Wake::Mail(None) | Wake::Shutdown => ControlFlow::Break(Exit::Orderly(Terminate::Shutdown)),
            };
            if let ControlFlow::Break(exit) = step {
                return exit;
            }
        }
    }

    async fn wake(&mut self) -> Wake {
        let render_at = self.render_at();
        let expires = self.expires.as_ref().map(|(at, _)| *at);
        // A dirty page needs no more work from its own tasks until it is rendered.
        let page_may_work = !self.wants_render();
        let page = &mut self.page;
        let socket = self.socket.as_ref();
        // Every arm may be dropped: `recv` loses no message, the page's tasks keep their place, sleeps and the token hold
        // nothing. `biased`, so that a flood of messages cannot delay a shutdown and messages come before the render.
        tokio::select! {
            biased;
            () = self.host.shutdown.cancelled() => Wake::Shutdown,
            mail = self.mailbox.recv() => Wake::Mail(mail),
            () = turn_to_render(render_at, socket) => Wake::Render,
            worked = work_of_page::<V>(page), if page_may_work => Wake::Page(worked),
            () = sleep_or_never(expires) => Wake::Expired,
        }
    }

    fn end(self: Box<Self>, exit: Exit) {
        let Self { view, cx, registered, socket, .. } = *self;
        match exit {
            Exit::Orderly(reason) => {
                if let Some(socket) = socket {
                    socket.close("ended");
                }
                terminate(&view, &reason);
            }
            Exit::Crash(fault) => {
                fault.log(V::NAME, cx.id());
                // Out of the registry first: the browser's next join must not find this view.
                drop(registered);
                if let Some(socket) = socket {
                    socket.error("crashed");
                }
                if let Fault::Failed(error) = fault {
                    terminate(&view, &Terminate::Error(error));
                }
            }
        }
    }
}

impl Fault {
    fn log(&self, view: &str, id: &str) {
        match self {
            Self::Failed(error) => tracing::error!(view, id, ?error, "a callback failed; the view ends"),
            Self::Panicked(message) => tracing::error!(view, id, message, "a callback panicked; the view ends"),
        }
    }
}

fn terminate<V: LiveView>(view: &RefCell<V>, reason: &Terminate) {
    let last_words = AssertUnwindSafe(|| view.borrow_mut().terminate(reason));
    if let Err(panic) = std::panic::catch_unwind(last_words) {
        tracing::error!(view = V::NAME, message = crate::panic_message(&*panic), "terminate panicked");
    }
}

/// The tasks of the page's components, under watch: they may hold the thread as callbacks may.
async fn work_of_page<V: LiveView>(page: &mut Renderer) -> Result<(), RenderError> {
    let mut work = pin!(page.wait_for_work());
    let label = Label { view: V::NAME, callback: "a component's task" };
    poll_fn(|context| watch_sync(label, || work.as_mut().poll(context))).await
}

/// Waits until a render is due and the socket has written everything.
async fn turn_to_render(at: Option<Instant>, socket: Option<&SocketLink>) {
    sleep_or_never(at).await;
    match socket {
        Some(socket) => socket.outbox.idle().await,
        None => pending().await,
    }
}

async fn sleep_or_never(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}
