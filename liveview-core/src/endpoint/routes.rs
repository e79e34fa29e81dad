//! The routes of a running endpoint: the table, and for each route its plugs and what answers.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::{OriginalUri, Request};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use futures_util::future::BoxFuture;
use tower_service::Service;

use super::assets::{CLIENT, CLIENT_MODULE, CLIENT_MODULE_PATH, CLIENT_PATH, CLIENT_POLLS, CLIENT_POLLS_PATH};
use super::carrier::Carrier;
use super::error_page::{ACTION_PATH, run_action};
use super::http;
use super::live::connect::{self, PATH, POLL_PATH};
use super::static_files::{StaticFile, StaticFiles, StaticPaths, digested_path};
use crate::Conn;
use crate::plug::{Plug, Step};
use crate::router::{
    Assign, FilesBelow, Hooks, Layout, LiveRoute, LiveRoutes, LogLevel, Pattern, RouteDef, RouteInfo, RouteKind,
    Router, Row, Table, Target, axum_path,
};

/// All routes, the endpoint's own before the application's.
pub(crate) struct Routes {
    pub(super) table: Arc<Table>,
    entries: Vec<Entry>,
}

/// One route.
pub(super) struct Entry {
    said: Said,
    pub(super) chain: Chain,
}

/// What the router says of a route.
#[derive(Clone)]
struct Said {
    info: RouteInfo,
    /// The document around its pages.
    layout: Option<Layout>,
    assigns: Vec<Assign>,
    log: LogLevel,
}

/// Plugs in order, and what answers behind them.
#[derive(Clone)]
pub(super) struct Chain {
    plugs: Arc<[Arc<dyn Plug>]>,
    answer: Answer,
}

/// What answers a request that all plugs let through.
#[derive(Clone)]
enum Answer {
    Live(Arc<LiveRoute>),
    Handler(Carrier),
    Files(Arc<FilesBelow>),
    /// Another router, below the pattern.
    Forward(axum::Router, Arc<Pattern>),
    /// The rest of the chain within a layer.
    Router(axum::Router),
}

impl Routes {
    /// # Errors
    /// A sentence, when the router holds something that cannot be.
    pub(super) fn new(router: Router) -> Result<(Self, LiveRoutes, StaticPaths), String> {
        router.check()?;
        let mut builder = Builder::default();
        for route in own().into_routes().into_iter().chain(router.into_routes()) {
            builder.add(route)?;
        }
        let table = Arc::new(Table::new(builder.rows)?);
        let live_routes = LiveRoutes::new(table.clone(), builder.live);
        let static_paths = StaticPaths::new(
            builder.assets,
            builder.folders.iter().map(|(prefix, files)| (&**prefix, files.folder())),
        )?;
        Ok((Self { table, entries: builder.entries }, live_routes, static_paths))
    }

    pub(crate) fn info(&self, index: usize) -> &RouteInfo {
        &self.entries[index].said.info
    }

    /// The root layout of a route's pages, if it names one.
    pub(crate) fn layout(&self, index: usize) -> Option<Layout> {
        self.entries[index].said.layout
    }

    pub(crate) fn pattern(&self, index: usize) -> &Pattern {
        self.table.pattern(index)
    }

    pub(super) fn entry(&self, index: usize) -> &Entry {
        &self.entries[index]
    }
}

/// What every endpoint has.
fn own() -> Router {
    use axum::http::HeaderMap;

    Router::new()
        .get(CLIENT_PATH, async |headers: HeaderMap, uri: Uri| CLIENT.respond(&headers, &uri))
        .get(CLIENT_MODULE_PATH, async |headers: HeaderMap, uri: Uri| CLIENT_MODULE.respond(&headers, &uri))
        .get(CLIENT_POLLS_PATH, async |headers: HeaderMap, uri: Uri| CLIENT_POLLS.respond(&headers, &uri))
        .get(PATH, connect::upgrade)
        .any(POLL_PATH, connect::poll)
        .post(ACTION_PATH, run_action)
}

#[derive(Default)]
struct Builder {
    rows: Vec<Row>,
    entries: Vec<Entry>,
    live: Vec<Option<Arc<LiveRoute>>>,
    no_session: Option<Arc<Hooks>>,
    /// Files of the program: their paths, and those with their digests.
    assets: Vec<(String, StaticFile)>,
    folders: Vec<(String, Arc<StaticFiles>)>,
    /// One for all Dioxus applications.
    #[cfg(feature = "dioxus-liveview")]
    dioxus: Option<dioxus_liveview::LiveViewPool>,
}

impl Builder {
    fn add(&mut self, route: RouteDef) -> Result<(), String> {
        let (row, info) = (route.row()?, route.info());
        let RouteDef { path, pipelines, target, live_session, layout, assigns, log, .. } = route;
        let is_file = matches!(info.kind, RouteKind::Asset | RouteKind::Static);
        let log = log.unwrap_or(if is_file { LogLevel::Debug } else { LogLevel::Info });
        let said = Said { info, layout, assigns, log };
        let steps: Vec<Step> = pipelines.iter().flat_map(|pipeline| pipeline.steps().to_vec()).collect();
        let answer = match target {
            Target::Live(mut live) => {
                live.live_session = live_session
                    .unwrap_or_else(|| self.no_session.get_or_insert_with(|| Arc::new(Hooks::none())).clone());
                live.layout = layout;
                Answer::Live(Arc::new(live))
            }
            Target::Handler(handler) | Target::Socket(handler) => Answer::Handler(Carrier::new(&row.pattern, handler)),
            Target::Asset(handler, asset) => {
                // The same file by the name of its content.
                let digested = digested_path(&path, &asset.version);
                let pattern = Pattern::parse(&digested)?;
                let answer = Answer::Handler(Carrier::new(&pattern, handler.clone()));
                self.push(Row { pattern, ..row.clone() }, said.clone(), &steps, answer);
                self.assets.push((path, StaticFile::new(&digested, Some(asset.sha512))));
                Answer::Handler(Carrier::new(&row.pattern, handler))
            }
            Target::Files(below) => {
                if below.top.is_none() {
                    self.folders.push((path, below.files.clone()));
                }
                Answer::Files(Arc::new(below))
            }
            Target::Forward(router) => {
                let router = axum::Router::new().nest(&axum_path(&path), router).with_state(());
                Answer::Forward(router, Arc::new(row.pattern.clone()))
            }
            #[cfg(feature = "dioxus-liveview")]
            Target::DioxusApp(app) => {
                let pool = self.dioxus.get_or_insert_with(dioxus_liveview::LiveViewPool::new).clone();
                let app = super::dioxus_app::DioxusRoutes::new(&path, app, pool);
                let socket = Pattern::parse(&app.socket_path)?;
                // Through the same pipelines: whoever may not load the page may not open its socket.
                self.push(
                    Row { pattern: socket.clone(), ..row.clone() },
                    said.clone(),
                    &steps,
                    Answer::Handler(Carrier::new(&socket, app.socket)),
                );
                Answer::Handler(Carrier::new(&row.pattern, app.page))
            }
        };
        self.push(row, said, &steps, answer);
        Ok(())
    }

    fn push(&mut self, row: Row, said: Said, steps: &[Step], answer: Answer) {
        self.live.push(if let Answer::Live(route) = &answer { Some(route.clone()) } else { None });
        self.entries.push(Entry { said, chain: Chain::new(steps, answer) });
        self.rows.push(row);
    }
}

impl Entry {
    pub(super) fn log(&self) -> LogLevel {
        self.said.log
    }

    /// Gives a request what the route's scopes assign.
    pub(super) fn assign(&self, conn: &Conn) {
        for assign in &self.said.assigns {
            assign.to(conn.assigns());
        }
    }

    /// Whether the route has a session although no pipeline says so: live pages need one, and whoever writes no pipelines is to
    /// find things in place.
    pub(super) fn has_session(&self) -> bool {
        self.said.info.pipelines.is_empty() || self.said.info.kind == RouteKind::Live
    }

    /// Whether anybody may ask for the parameters of the query. Files are often asked for with a version that nobody reads.
    pub(super) fn reads_query(&self) -> bool {
        !self.said.info.pipelines.is_empty() || !matches!(self.said.info.kind, RouteKind::Asset | RouteKind::Static)
    }
}

impl Chain {
    /// From the inside out: a layer wraps the plugs behind it.
    fn new(steps: &[Step], mut answer: Answer) -> Self {
        let mut plugs = Vec::new();
        for step in steps.iter().rev() {
            match step {
                Step::Plug(plug) => plugs.push(plug.clone()),
                Step::Layer(wrap) => {
                    let rest = Self::reversed(std::mem::take(&mut plugs), answer);
                    answer = Answer::Router(wrap(axum::Router::new().fallback_service(rest)).with_state(()));
                }
            }
        }
        Self::reversed(plugs, answer)
    }

    fn reversed(mut plugs: Vec<Arc<dyn Plug>>, answer: Answer) -> Self {
        plugs.reverse();
        Self { plugs: plugs.into(), answer }
    }

    /// Through the plugs to the answer, or to the response of a plug that halts.
    pub(super) async fn run(self, conn: Conn, request: Request) -> Response {
        if !self.plugs.is_empty() || matches!(self.answer, Answer::Live(_)) {
            conn.keep_headers(request.headers());
        }
        for plug in &*self.plugs {
            if let ControlFlow::Break(response) = plug.call(conn.clone()).await {
                return response;
            }
        }
        self.answer.call(conn, request).await
    }
}

impl Answer {
    fn call(self, conn: Conn, request: Request) -> BoxFuture<'static, Response> {
        match self {
            Self::Live(route) => Box::pin(http::live_page(conn, route)),
            Self::Handler(carrier) => carrier.call(&conn, request),
            Self::Files(below) => Box::pin(async move {
                let segments: Vec<String> = below.top.iter().chain(conn.rest()).cloned().collect();
                below.files.respond(&segments, request).await
            }),
            Self::Forward(router, prefix) => Self::Router(router).call(conn, below(&prefix, request)),
            Self::Router(mut router) => Box::pin(async move {
                let Ok(response) = router.call(request).await;
                response
            }),
        }
    }
}

/// The request for a router below a prefix. What was asked for is still in its `OriginalUri`.
fn below(prefix: &Pattern, mut request: Request) -> Request {
    let uri = request.uri();
    if prefix.is_plain(uri.path()) {
        return request;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    if let Ok(plain) = Uri::try_from(prefix.plain(uri.path()) + &query) {
        let original = OriginalUri(std::mem::replace(request.uri_mut(), plain));
        request.extensions_mut().insert(original);
    }
    request
}

/// The rest of a chain, within a layer.
impl Service<Request> for Chain {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Some(conn) = request.extensions().get::<Conn>().cloned() else {
            tracing::error!("a layer has taken the request's extensions away, which plugs and handlers need");
            return Box::pin(async { Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response()) });
        };
        let chain = self.clone();
        Box::pin(async move { Ok(chain.run(conn, request).await) })
    }
}
