//! The context of callbacks: what a view can ask of the server and of its browser.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::async_task::AsyncTasks;
use super::effects::Effects;
use super::handle::LiveHandle;
use super::message::Message;
use super::navigation::ViewType;
use super::nested::sticky::Stickies;
use super::timer::{TimerRef, Timers};
use crate::endpoint::LayoutProps;
use crate::host::{Bearer, Host};
use crate::mailbox::Address;
use crate::pubsub::{Subscription, Topic};
use crate::router::{Hooks, Layout, NavigationType};
use crate::{Assigns, Element, Flash, Params, PubSub, Result, Session, Uri};

/// What every callback of a view may be given as `cx: &mut Cx`.
pub struct Cx {
    id: Arc<str>,
    pub(super) view: ViewType,
    pub(super) host: Arc<Host>,
    mailbox: Address<Message>,
    pub(super) request: PageRequest,
    pub(super) connected: bool,
    pub(super) flash: Flash,
    pub(super) effects: Effects,
    pub(super) tasks: AsyncTasks,
    pub(super) timers: Timers,
    subscriptions: HashMap<Box<str>, Subscription>,
}

/// The request that a view is mounted for.
#[derive(Debug, Clone)]
pub(crate) struct PageRequest {
    pub(crate) uri: Uri,
    pub(crate) params: Params,
    pub(crate) live_action: Option<&'static str>,
    /// Between whose routes a socket may navigate, and what runs before `mount`.
    pub(crate) live_session: Arc<Hooks>,
    pub(crate) session: Arc<Session>,
    /// What the request's plugs have assigned, or views of the same socket before this one.
    pub(crate) assigns: Assigns,
    /// What the request before, or the request's plugs, have to say.
    pub(crate) flash: Flash,
    /// What the view has handed over at a server that stopped.
    pub(crate) handed_over: Option<Value>,
    /// The view that this one is nested in.
    pub(crate) parent: Option<LiveHandle>,
}

impl Cx {
    pub(super) fn new(
        id: Arc<str>,
        view: ViewType,
        host: Arc<Host>,
        mailbox: Address<Message>,
        mut request: PageRequest,
    ) -> Self {
        Self {
            id,
            view,
            flash: std::mem::take(&mut request.flash),
            host,
            mailbox,
            request,
            connected: false,
            effects: Effects::default(),
            tasks: AsyncTasks::default(),
            timers: Timers::default(),
            subscriptions: HashMap::new(),
        }
    }

    pub(super) fn shared_id(&self) -> Arc<str> {
        self.id.clone()
    }

    /// The id of the view's actor. It stays the same while the state lives: over reconnects, too.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether a browser's socket has this view now. `false` in `mount` when a page is loaded.
    pub fn is_connected(&self) -> bool {
        self.connected
    }

    /// The URL of the page. Only its path and query are known on a page load.
    pub fn uri(&self) -> &Uri {
        &self.request.uri
    }

    /// Parameters of the path (`:id`) and the query.
    pub fn params(&self) -> &Params {
        &self.request.params
    }

    /// The name that the route has in the router (`as show`).
    pub fn live_action(&self) -> Option<&'static str> {
        self.request.live_action
    }

    /// How a link of this page leads to `to`: within this view, to another one of its live session, or by a page load.
    pub fn navigation_type(&self, to: impl AsRef<str>) -> NavigationType {
        self.host.live_routes.navigation_type(self.uri(), to.as_ref())
    }

    /// The absolute URL of a path of this server (`https://fleet.example/robots/7`), as [`crate::Endpoint::public_url`] says.
    pub fn url(&self, path: impl AsRef<str>) -> String {
        self.host.public_url.url(path)
    }

    /// The browser's session, as it was when the page was loaded or the socket connected.
    pub fn session(&self) -> &Session {
        &self.request.session
    }

    /// The view that this one is nested in, if it is ([`crate::live_render`]).
    pub fn parent(&self) -> Option<&LiveHandle> {
        self.request.parent.as_ref()
    }

    /// Whom a token for this view vouches for.
    pub(crate) fn bearer<'a>(&'a self, topic: &'a str) -> Bearer<'a> {
        Bearer {
            id: &self.id,
            topic,
            view: self.view.name,
            live_session: self.request.live_session.name,
            parent: self.parent().map(LiveHandle::id),
            session: &self.request.session,
        }
    }

    pub(crate) fn live_session(&self) -> &Arc<Hooks> {
        &self.request.live_session
    }

    /// Sets the value of type `T` in place of the one before: for this view, and for those that its socket navigates to.
    pub fn assign<T: Any + Send + Sync>(&self, value: T) -> Arc<T> {
        self.assigns().assign(value)
    }

    /// The value of type `T` that a plug of the page's request, a hook, or a view of this socket has assigned.
    pub fn assigned<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.assigns().assigned()
    }

    /// The value of type `T`, loaded only if nobody has assigned one yet (`assign_new`): a plug has done so on a page load, and the view before after a
    /// navigation.
    ///
    /// # Errors
    /// What `load` fails with; nothing is assigned then.
    pub async fn assign_new<T, F>(&self, load: F) -> Result<Arc<T>>
    where
        T: Any + Send + Sync,
        F: AsyncFnOnce() -> Result<T>,
    {
        match self.assigned() {
            Some(value) => Ok(value),
            None => Ok(self.assign(load().await?)),
        }
    }

    /// Forgets all assigns, so that the next [`assign_new`](Self::assign_new) loads: after a change of what they were loaded from.
    pub fn reload_assigns(&self) {
        self.assigns().clear_but::<Stickies>();
    }

    /// All assigns.
    pub fn assigns(&self) -> &Assigns {
        &self.request.assigns
    }

    /// What [`crate::Endpoint::state`] was given.
    ///
    /// # Panics
    /// When the endpoint was given no `T`.
    #[track_caller]
    pub fn state<T: Any + Send + Sync>(&self) -> &T {
        self.host.states.expect()
    }

    /// A handle by which any task can reach this view.
    pub fn handle(&self) -> LiveHandle {
        LiveHandle::new(self.id.clone(), self.mailbox.clone())
    }

    /// The endpoint's pubsub.
    pub fn pubsub(&self) -> &PubSub {
        &self.host.pubsub
    }

    /// From now on broadcasts on `topic` reach the `#[info]` function that takes a `T`. Twice is once.
    pub fn subscribe<T: Any + Send + Sync>(&mut self, topic: impl std::borrow::Borrow<Topic<T>>) {
        let topic = topic.borrow();
        if !self.subscriptions.contains_key(topic.name()) {
            let subscription = self.host.pubsub.subscribe(topic, self.mailbox.sink());
            self.subscriptions.insert(topic.name().into(), subscription);
        }
    }

    /// No more broadcasts on `topic`; those that are queued already still arrive.
    pub fn unsubscribe<T: Any + Send + Sync>(&mut self, topic: impl std::borrow::Borrow<Topic<T>>) {
        self.subscriptions.remove(topic.borrow().name());
    }

    /// Sends `message` to all subscribers of `topic`, this view included if it is one.
    pub fn broadcast<T: Any + Send + Sync>(&self, topic: &Topic<T>, message: T) {
        self.host.pubsub.broadcast(topic, message);
    }

    /// Sends `message` to all subscribers of `topic` but this view.
    pub fn broadcast_from<T: Any + Send + Sync>(&self, topic: &Topic<T>, message: T) {
        self.host.pubsub.broadcast_from(self.mailbox.id(), topic, message);
    }

    /// Sends `message` to this view after `delay`: it reaches the `#[info]` function that takes a `T`.
    pub fn send_after<T: Any + Send>(&mut self, message: T, delay: Duration) -> TimerRef {
        self.timers.after(&self.host.runtime, self.mailbox.clone(), message, delay)
    }

    /// Sends `message` to this view every `period`, first after one `period`. A view that is busy misses ticks.
    ///
    /// # Panics
    /// When `period` is zero.
    #[track_caller]
    pub fn interval<T: Any + Send + Clone>(&mut self, message: T, period: Duration) -> TimerRef {
        assert!(!period.is_zero(), "the period of an interval is longer than zero");
        self.timers.every(&self.host.runtime, self.mailbox.clone(), message, period)
    }

    /// Ends a timer. `false` when it has ended already.
    pub fn cancel_timer(&mut self, timer: TimerRef) -> bool {
        self.timers.cancel(timer)
    }

    /// Runs `task` beside the view; its end reaches the `#[handle_async]` function called `name`. A task that had the name
    /// is aborted and never reported. Tasks end with the view.
    pub fn start_async<T: Any + Send>(&mut self, name: &str, task: impl Future<Output = T> + Send + 'static) {
        self.tasks.start(name, &self.host.runtime, self.mailbox.clone(), task);
    }

    /// Ends the task called `name`: its `#[handle_async]` function gets [`super::AsyncError::Cancelled`].
    pub fn cancel_async(&mut self, name: &str) {
        self.tasks.cancel(name, &self.mailbox);
    }

    /// Logs out everywhere: see [`crate::session::disconnect`]. This view ends too if it is one of them, after this callback.
    pub fn disconnect(&self, live_socket_id: &str) {
        crate::session::disconnect(&self.host.pubsub, live_socket_id);
    }

    /// Does work that blocks its thread (files, long computation) where that hurts no other view.
    ///
    /// # Errors
    /// When `work` panics.
    ///
    /// # Cancel safety
    /// The work goes on when this future is dropped.
    pub async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        Ok(self.host.runtime.spawn_blocking(work).await?)
    }

    /// Sends an event to the browser: `phx:<name>` on `window`, and hooks, after the patch that goes with it.
    ///
    /// # Errors
    /// When `payload` cannot be written as JSON.
    pub fn push_event(&mut self, name: impl Into<String>, payload: impl Serialize) -> Result<()> {
        self.effects.events.push((name.into(), serde_json::to_value(payload)?));
        Ok(())
    }

    /// Sets the page's title, between the prefix and the suffix that the layout gives it.
    pub fn page_title(&mut self, title: impl Into<String>) {
        self.effects.title = Some(title.into());
    }
}

/// The context of `mount` and of the hooks before it: everything that [`Cx`] has, and what can only be said at the beginning.
pub struct Mount {
    cx: Cx,
    options: MountOptions,
}

/// What hooks and `mount` decide for the view's whole life. The last word counts.
#[derive(Default)]
pub(crate) struct MountOptions {
    pub(crate) layout: Option<Layout>,
    pub(crate) max_fps: Option<u32>,
}

impl Mount {
    pub(super) fn new(cx: Cx) -> Self {
        Self { cx, options: MountOptions::default() }
    }

    pub(super) fn into_inner(self) -> (Cx, MountOptions) {
        (self.cx, self.options)
    }

    /// What the view [handed over](crate::LiveView::hand_over) when its server stopped, if this one takes its place: at most once. `None` also for what is
    /// older than five minutes, or has another form than `T`, as after a deploy that has changed it.
    pub fn handed_over<T: DeserializeOwned>(&mut self) -> Option<T> {
        let state = self.cx.request.handed_over.take()?;
        match serde_json::from_value(state) {
            Ok(state) => Some(state),
            Err(error) => {
                tracing::warn!(view = self.cx.view.name, %error, "what the view has handed over is of another form, and is not used");
                None
            }
        }
    }

    /// The document around the view, in place of its route's: [`Router::layout`](crate::Router::layout). Counts when a page is loaded; a navigation
    /// over the socket leaves the document as it is.
    pub fn layout(&mut self, layout: fn(LayoutProps) -> Element) {
        self.options.layout = Some(layout);
    }

    /// At most so many frames a second are rendered for this view, in place of what its `MAX_FPS` and [`Limits::max_fps`](crate::Limits::max_fps) say. At least one.
    pub fn max_fps(&mut self, frames: u32) {
        self.options.max_fps = Some(frames);
    }
}

impl Deref for Mount {
    type Target = Cx;

    fn deref(&self) -> &Cx {
        &self.cx
    }
}

impl DerefMut for Mount {
    fn deref_mut(&mut self) -> &mut Cx {
        &mut self.cx
    }
}
