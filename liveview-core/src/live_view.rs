//! Live views: the trait that `#[live_view]` implements, and what its callbacks are given.
//!
//! A view is a struct whose value lives in an actor on the server ([`actor`]). The struct needs to be neither `Send` nor
//! `Clone`. Callbacks run one at a time, in the order in which their messages arrived; after them the view is rendered, and
//! what changed goes to the browser.

pub(crate) mod actor;
pub(crate) mod async_task;
pub(crate) mod connect;
pub(crate) mod context;
pub(crate) mod effects;
mod event;
mod extract;
mod flash;
mod handle;
mod js;
pub(crate) mod line;
pub(crate) mod message;
pub(crate) mod navigation;
pub(crate) mod nested;
pub(crate) mod pool;
pub(crate) mod push;
pub(crate) mod registry;
pub(crate) mod reply;
mod timer;
pub(crate) mod watchdog;

use std::future::{Future, ready};

pub use async_task::{AsyncDone, AsyncError, AsyncResult};
pub use connect::Connect;
pub use context::{Cx, Mount};
pub use event::{ClientEvent, EventError, EventKind, EventValue};
pub use extract::{Click, Fields, FromEvent, Key, Target, Values};
pub use handle::{CallError, LiveHandle, SendError};
pub use js::Js;
pub use message::{Call, CallReply, Handled, Info, Terminate};
pub use nested::{LiveRender, live_render};
pub use push::Push;
pub use registry::{ViewCounts, ViewInfo};
pub use reply::{IntoOutcome, IntoReply, Reply};
pub use timer::TimerRef;

use serde_json::Value;

use crate::{Element, Params, Result, Uri};

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the state of a view",
    note = "add `#[derive(LiveView)]` to it"
)]
/// What `#[derive(LiveView)]` implements: the struct is the state of a view.
pub trait LiveViewState {
    /// The type's name, for logs and tokens.
    const NAME: &'static str;
}

#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a live view",
    note = "add `#[live_view]` to its `impl` block"
)]
/// A view: its state, what changes it, and its markup. Implemented by `#[live_view]`, not by hand.
///
/// `Phoenix.LiveView`'s callbacks under the same names; `connected` and `disconnected` take the place of its second mount.
pub trait LiveView: LiveViewState + Sized + 'static {
    /// The names of all events, for messages to developers.
    const EVENTS: &'static [&'static str] = &[];

    /// Frames a second at most, where the endpoint's limit is not right for this view: `#[live_view(max_fps = 20)]`.
    const MAX_FPS: Option<u32> = None;

    /// Makes the state, once for each page load, or for a join that finds no actor to adopt.
    fn mount(cx: &mut Mount) -> impl Future<Output = Result<Self>>;

    /// Reads the URL: after `mount`, and after each change of the URL that stays in this view.
    fn handle_params(&mut self, _cx: &mut Cx, _params: &Params, _uri: &Uri) -> impl Future<Output = Result<()>> {
        ready(Ok(()))
    }

    /// A browser's socket took this view: for the first time, after a drop, or by a fresh join.
    fn connected(&mut self, _cx: &mut Cx, _connect: &Connect) -> impl Future<Output = Result<()>> {
        ready(Ok(()))
    }

    /// The socket is gone. The state waits for the time that the endpoint's limits give.
    fn disconnected(&mut self, _cx: &mut Cx) -> impl Future<Output = Result<()>> {
        ready(Ok(()))
    }

    /// An event from the browser.
    fn handle_event(&mut self, cx: &mut Cx, event: &ClientEvent) -> impl Future<Output = Result<Reply, EventError>>;

    /// A message: a broadcast, a timer, or one sent to the view's [`LiveHandle`].
    fn handle_info(&mut self, cx: &mut Cx, info: &Info) -> impl Future<Output = Result<Handled>>;

    /// A question to the view's [`LiveHandle`] whose asker waits for the answer.
    fn handle_call(&mut self, _cx: &mut Cx, _call: Call) -> impl Future<Output = Result<Handled>> {
        ready(Ok(Handled::No))
    }

    /// The end of a task that [`Cx::start_async`] began.
    fn handle_async(&mut self, _cx: &mut Cx, _done: AsyncDone) -> impl Future<Output = Result<Handled>> {
        ready(Ok(Handled::No))
    }

    /// The markup of the present state.
    fn render(&self) -> Element;

    /// What a view of the same page at another server may go on with, when this server stops. `None`: nothing. It is encrypted, kept by the browser
    /// alone, and good for five minutes; [`Mount::handed_over`] has it.
    ///
    /// # Errors
    /// When the state has no form in JSON.
    fn hand_over(&self) -> Result<Option<Value>> {
        Ok(None)
    }

    /// The view ends. Not called when a callback panicked: the state may be half changed then.
    fn terminate(&mut self, _reason: &Terminate) {}
}
