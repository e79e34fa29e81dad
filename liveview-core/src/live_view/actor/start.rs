//! From a request to a living view: mount, `handle_params`, the first render, and a place in the registry.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::{Instant, timeout};

use super::{Actor, First, FirstPage, Stale, Start, StartError};
use crate::Uri;
use crate::error::is_local_path;
use crate::host::Host;
use crate::live_view::LiveView;
use crate::live_view::context::{Cx, Mount, PageRequest};
use crate::live_view::line::Line;
use crate::live_view::message::{Attach, Terminate};
use crate::live_view::registry::Refused;
use crate::live_view::watchdog::{Label, watch, watch_sync};
use crate::mailbox::Mailbox;
use crate::render::Renderer;
use crate::telemetry;

/// Mounts the view and answers whoever waits for its first page. `None` when there is nothing to keep alive.
pub(super) async fn begin<V: LiveView>(start: Start) -> Option<Box<Actor<V>>> {
    let Start { id, host, request, first } = start;
    match prepare::<V>(id, host, request).await {
        Ok(actor) => actor.introduce(first).await,
        Err(error) => {
            first.fail(error);
            None
        }
    }
}

async fn prepare<V: LiveView>(
    id: Arc<str>,
    host: Arc<Host>,
    request: PageRequest,
) -> Result<Box<Actor<V>>, StartError> {
    let (address, mailbox) = Mailbox::new(host.limits.mailbox);
    let registered = host.registry.enter(id.clone(), V::NAME, address.clone(), &request.session);
    let registered = registered.map_err(|refused| StartError::refused(refused, &request.uri))?;
    let cx = Cx::new(id, host.clone(), address, request);
    let (view, cx) = mount::<V>(cx, host.limits.mount_timeout).await?;
    let view = Rc::new(RefCell::new(view));
    let page = first_render::<V>(&view, cx.shared_id(), &host)?;
    let max_fps = V::MAX_FPS.unwrap_or(host.limits.max_fps);
    let expires = Some((Instant::now() + host.limits.adopt_within, Terminate::NeverConnected));
    Ok(Box::new(Actor {
        view,
        page,
        cx,
        mailbox,
        registered,
        host,
        line: Line::default(),
        socket: None,
        stale: Stale::Nothing,
        last_render: None,
        frame_time: Duration::from_secs(1) / max_fps.max(1),
        expires,
        untouched: true,
    }))
}

impl StartError {
    /// Whoever was disconnected meanwhile asks for the page again, with the session that is good then.
    fn refused(refused: Refused, uri: &Uri) -> Self {
        let again = uri.path_and_query().map_or("/", |path| path.as_str());
        match refused {
            Refused::Full => Self::Full,
            Refused::Disconnected if is_local_path(again) => Self::Failed(crate::Error::redirect(again)),
            Refused::Disconnected => Self::Failed(crate::Error::redirect("/")),
        }
    }
}

impl First {
    fn fail(self, error: StartError) {
        // A receiver that is gone (the browser closed the connection) wants no answer.
        match self {
            Self::Page(waiting) => drop(waiting.send(Err(error))),
            Self::Socket(_, waiting) => drop(waiting.send(error)),
        }
    }
}

impl<V: LiveView> Actor<V> {
    /// Gives the first page to whoever waits for it.
    async fn introduce(mut self: Box<Self>, first: First) -> Option<Box<Self>> {
        match first {
            First::Page(waiting) => {
                let page = FirstPage { html: self.page.html(), title: self.cx.effects.title.clone() };
                // Nobody waits: the request was given up, and nobody has the token either.
                waiting.send(Ok(page)).is_ok().then_some(self)
            }
            First::Socket(attach, _waiting) => {
                let Attach { link, connect, taken, .. } = *attach;
                self.build_anew(link, taken, true);
                match self.connected(&connect).await {
                    ControlFlow::Continue(()) => Some(self),
                    ControlFlow::Break(exit) => {
                        self.end(exit);
                        None
                    }
                }
            }
        }
    }
}

async fn mount<V: LiveView>(cx: Cx, limit: Duration) -> Result<(V, Cx), StartError> {
    let mut mount = Mount::new(cx);
    let mounting = async {
        let (id, params, uri) = (mount.shared_id(), mount.params().clone(), mount.uri().clone());
        let view = V::NAME;
        let session = mount.live_session().clone();
        for hook in &session.on_mount {
            hook.run(&mut mount).await?;
        }
        let span = telemetry::span(|| {
            let (id, uri, params) = (id.clone(), uri.to_string(), params.clone());
            telemetry::Mount { view, id, uri, params }
        });
        let mounted = V::mount(&mut mount).await;
        span.end(&mounted);
        let mut state = mounted?;
        let span = telemetry::span(|| {
            let (uri, params) = (uri.to_string(), params.clone());
            telemetry::HandleParams { view, id, uri, params }
        });
        let read = state.handle_params(&mut mount, &params, &uri).await;
        span.end(&read);
        read.map(|()| state)
    };
    let guarded = AssertUnwindSafe(watch(Label { view: V::NAME, callback: "mount" }, mounting)).catch_unwind();
    match timeout(limit, guarded).await {
        Err(_) => Err(StartError::TimedOut(limit)),
        Ok(Err(panic)) => Err(StartError::Crashed(crate::panic_message(&*panic))),
        Ok(Ok(Err(error))) => Err(StartError::Failed(error)),
        Ok(Ok(Ok(view))) => Ok((view, mount.into_inner())),
    }
}

fn first_render<V: LiveView>(view: &Rc<RefCell<V>>, id: Arc<str>, host: &Host) -> Result<Renderer, StartError> {
    let state = view.clone();
    let mut page = Renderer::new(move || state.borrow().render());
    if !host.static_paths.is_empty() {
        page.provide_context(host.static_paths.clone());
    }
    let span = telemetry::span(|| telemetry::Render { view: V::NAME, id, whole: true });
    let built = watch_sync(Label { view: V::NAME, callback: "render" }, || page.rebuild());
    span.end(&built);
    built.map(|()| page).map_err(|error| StartError::Crashed(error.to_string()))
}
