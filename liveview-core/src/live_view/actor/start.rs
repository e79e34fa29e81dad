//! From a request to a living view: mount, `handle_params`, the first render, and a place in the registry.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use tokio::time::{Instant, timeout};

use super::patch::{Followed, endless, follow_patches, read_params};
use super::{Actor, First, FirstPage, Stale, Start, StartError};
use crate::error::is_local_path;
use crate::form::CsrfToken;
use crate::host::Host;
use crate::live_view::context::{Cx, Mount, MountOptions, PageRequest};
use crate::live_view::effects::Leave;
use crate::live_view::line::Line;
use crate::live_view::message::{Attach, Terminate};
use crate::live_view::navigation::ViewType;
use crate::live_view::nested::{Begun, Children, Tended};
use crate::live_view::registry::Refused;
use crate::live_view::watchdog::{Label, watch, watch_sync};
use crate::live_view::{LiveHandle, LiveView};
use crate::mailbox::Mailbox;
use crate::render::Renderer;
use crate::router::Layout;
use crate::telemetry;
use crate::{Flash, Uri};

/// Mounts the view and answers whoever waits for its first page. `None` when there is nothing to keep alive.
pub(super) async fn begin<V: LiveView>(start: Start) -> Option<Box<Actor<V>>> {
    let Start { id, host, request, first } = start;
    match prepare::<V>(id, host, request, first.is_page()).await {
        Ok((actor, layout)) => actor.introduce(first, layout).await,
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
    is_page: bool,
) -> Result<(Box<Actor<V>>, Option<Layout>), StartError> {
    let (address, mailbox) = Mailbox::new(host.limits.mailbox);
    let parent = request.parent.as_ref().map(LiveHandle::shared_id);
    let registered = host.registry.enter(id.clone(), V::NAME, address.clone(), &request.session, parent);
    let registered = registered.map_err(|refused| StartError::refused(refused, &request.uri))?;
    let cx = Cx::new(id, ViewType::of::<V>(), host.clone(), address, request);
    let (view, cx, options) = mount::<V>(cx, host.limits.mount_timeout, is_page).await?;
    let view = Rc::new(RefCell::new(view));
    let mut children = Children::default();
    let mut page = first_render::<V>(&view, &cx, &host, &children)?;
    furnish(&mut page, &mut children, &cx).await?;
    let max_fps = options.max_fps.or(V::MAX_FPS).unwrap_or(host.limits.max_fps);
    let expires = Some((Instant::now() + host.limits.adopt_within, Terminate::NeverConnected));
    let actor = Actor {
        view,
        page,
        children,
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
    };
    Ok((Box::new(actor), options.layout))
}

impl StartError {
    /// Whoever was disconnected meanwhile asks for the page again, with the session that is good then.
    fn refused(refused: Refused, uri: &Uri) -> Self {
        let again = uri
            .path_and_query()
            .map(axum::http::uri::PathAndQuery::as_str)
            .filter(|path| is_local_path(path))
            .unwrap_or("/");
        match refused {
            Refused::Full => Self::Full,
            Refused::Disconnected => {
                Self::Left { leave: Leave::Redirect { to: again.to_owned() }, flash: Flash::default() }
            }
        }
    }
}

impl First {
    fn is_page(&self) -> bool {
        matches!(self, Self::Page(_))
    }

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
    async fn introduce(mut self: Box<Self>, first: First, layout: Option<Layout>) -> Option<Box<Self>> {
        match first {
            First::Page(waiting) => {
                let page = FirstPage { html: self.page.html(), title: self.cx.effects.title.clone(), layout };
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

async fn mount<V: LiveView>(cx: Cx, limit: Duration, is_page: bool) -> Result<(V, Cx, MountOptions), StartError> {
    let mut mount = Mount::new(cx);
    let mounting = async {
        if !run_hooks(&mut mount).await? {
            return Ok(None);
        }
        let span = telemetry::span(|| {
            let (id, uri, params) = (mount.shared_id(), mount.uri().to_string(), mount.params().clone());
            telemetry::Mount { view: V::NAME, id, uri, params }
        });
        let mounted = V::mount(&mut mount).await;
        span.end(&mounted);
        let mut state = mounted?;
        read_url(&mut state, &mut mount, is_page).await?;
        Ok(Some(state))
    };
    let guarded = AssertUnwindSafe(watch(Label { view: V::NAME, callback: "mount" }, mounting)).catch_unwind();
    match timeout(limit, guarded).await {
        Err(_) => Err(StartError::TimedOut(limit)),
        Ok(Err(panic)) => Err(StartError::Crashed(crate::panic_message(&*panic))),
        Ok(Ok(outcome)) => {
            let (cx, options) = mount.into_inner();
            arrived(outcome, cx).map(|(view, cx)| (view, cx, options))
        }
    }
}

/// Runs what the live session has before each mount. Whether the view is to be mounted: a hook may have sent the browser elsewhere.
async fn run_hooks(mount: &mut Mount) -> crate::Result<bool> {
    // Those of the view around it have run already, and it has their assigns.
    if mount.parent().is_some() {
        return Ok(true);
    }
    let session = mount.live_session().clone();
    for hook in &session.on_mount {
        hook.run(mount).await?;
        if mount.effects.leave.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The first `handle_params`, unless `mount` sends the browser elsewhere, and those for the URLs that it asks for. The browser of a page
/// load has to be sent to such a URL itself.
async fn read_url<V: LiveView>(view: &mut V, cx: &mut Cx, is_page: bool) -> crate::Result<()> {
    // A nested view has no URL.
    if cx.effects.leave.is_some() || cx.parent().is_some() {
        return Ok(());
    }
    read_params(view, cx).await?;
    if let Some(patch) = cx.effects.patch.take_if(|_| is_page) {
        cx.effects.leave.get_or_insert(Leave::Redirect { to: patch.as_written.to });
    }
    match follow_patches(view, cx).await? {
        Followed::All => Ok(()),
        Followed::Endless => Err(endless(cx)),
    }
}

/// A view that wants the browser elsewhere is not begun; what it has to say goes along.
fn arrived<V>(outcome: crate::Result<Option<V>>, mut cx: Cx) -> Result<(V, Cx), StartError> {
    let redirect = |error: &crate::Error| Some(Leave::Redirect { to: error.redirect_to()?.to_owned() });
    let leave = match &outcome {
        Ok(_) => cx.effects.leave.take(),
        Err(error) => redirect(error),
    };
    if let Some(leave) = leave {
        return Err(StartError::Left { leave, flash: cx.effects.flash });
    }
    match outcome {
        Ok(Some(view)) => Ok((view, cx)),
        Ok(None) => Err(StartError::Failed(crate::Error::msg("the view was halted"))),
        Err(error) => Err(StartError::Failed(error)),
    }
}

/// Mounts the views that are nested in the first page, and puts their first HTML into it.
async fn furnish(page: &mut Renderer, children: &mut Children, cx: &Cx) -> Result<(), StartError> {
    loop {
        let Tended { begun, filled } = children.tend(page, cx);
        if begun.is_empty() && !filled {
            return Ok(());
        }
        for (lodger, mounted) in join_all(begun.into_iter().map(Begun::ended)).await {
            children.mounted(&lodger, mounted, page, cx)?;
        }
        // Whoever gets this page gets it whole: the edits are nobody's.
        page.render().map_err(|error| StartError::Crashed(error.to_string()))?;
    }
}

fn first_render<V: LiveView>(
    view: &Rc<RefCell<V>>,
    cx: &Cx,
    host: &Host,
    children: &Children,
) -> Result<Renderer, StartError> {
    let state = view.clone();
    let mut page = Renderer::new(move || state.borrow().render());
    children.watch(&page);
    if let Some(token) = CsrfToken::of(cx.session()) {
        page.provide_context(token);
    }
    if !host.static_paths.is_empty() {
        page.provide_context(host.static_paths.clone());
    }
    page.show_flash(cx.flash());
    let span = telemetry::span(|| telemetry::Render { view: V::NAME, id: cx.shared_id(), whole: true });
    let built = watch_sync(Label { view: V::NAME, callback: "render" }, || page.rebuild());
    span.end(&built);
    built.map(|()| page).map_err(|error| StartError::Crashed(error.to_string()))
}
