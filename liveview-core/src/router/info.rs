//! What a router says of its routes: for lists, for telemetry, for code that acts on where a request is going.

use std::fmt;

use axum::http::Method;

use super::table::Table;
use super::{RouteDef, Router, Target};
use crate::Params;

/// One route, described (`Phoenix.Router.route_info/4`, `mix phx.routes`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouteInfo {
    /// The methods that it answers to; empty for all of them.
    pub methods: Vec<String>,
    /// Its path, with those of its scopes: `/robots/:id`.
    pub path: String,
    /// The hosts that it is for; empty for all of them. With a dot at the end, all that begin so.
    pub hosts: Vec<String>,
    /// What kind of thing answers.
    pub kind: RouteKind,
    /// The name of what answers: a view's or a handler's type, a folder, a media type.
    pub handler: &'static str,
    /// The names of its pipelines, in order.
    pub pipelines: Vec<&'static str>,
    /// The name of a live route's session; `default` for those in none.
    pub live_session: Option<&'static str>,
    /// The name that a live route gives its action (`as show`).
    pub action: Option<&'static str>,
}

/// What kind of thing answers a route's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RouteKind {
    /// A live view.
    Live,
    /// A handler.
    Handler,
    /// A socket of channels.
    Socket,
    /// A file that is part of the program.
    Asset,
    /// A folder's files, below the path.
    Static,
    /// Another router, below the path.
    Forward,
    /// A Dioxus application.
    DioxusApp,
}

/// The route of a request that might be made, from [`Router::route_info`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouteMatch {
    /// The route.
    pub route: RouteInfo,
    /// The parameters of its path.
    pub path_params: Params,
}

impl Router {
    /// All routes, in the order in which they are tried.
    pub fn routes(&self) -> Vec<RouteInfo> {
        self.socket_routes().iter().chain(&self.routes).map(RouteDef::info).collect()
    }

    /// Where a request would go; `None` when it would get a 400, 404 or 405. Makes the whole table anew: for tests and tools.
    pub fn route_info(&self, method: &str, path: &str, host: &str) -> Option<RouteMatch> {
        let method = Method::from_bytes(method.as_bytes()).ok()?;
        let sockets = self.socket_routes();
        let routes: Vec<_> = sockets.iter().chain(&self.routes).collect();
        let rows: Vec<_> = routes.iter().map(|route| route.row()).collect::<Result<_, _>>().ok()?;
        let table = Table::new(rows).ok()?;
        let found = table.find(&method, path, host).ok()?;
        let path_params = table.pattern(found.index).params(&found.captures);
        Some(RouteMatch { route: routes[found.index].info(), path_params })
    }
}

impl RouteDef {
    pub(crate) fn info(&self) -> RouteInfo {
        let is_live = matches!(self.target, Target::Live(_));
        let session = self.live_session.as_ref().map_or("default", |session| session.name);
        RouteInfo {
            methods: self.methods.names().into_iter().map(str::to_owned).collect(),
            path: self.path.clone(),
            hosts: self.hosts.iter().map(|host| host.text().to_owned()).collect(),
            kind: self.target.kind(),
            handler: self.handler,
            pipelines: self.pipelines.iter().map(crate::plug::Pipeline::name).collect(),
            live_session: is_live.then_some(session),
            action: if let Target::Live(route) = &self.target { route.action } else { None },
        }
    }
}

impl Target {
    fn kind(&self) -> RouteKind {
        match self {
            Self::Live(_) => RouteKind::Live,
            Self::Handler(_) => RouteKind::Handler,
            Self::Socket(_) => RouteKind::Socket,
            Self::Asset(..) => RouteKind::Asset,
            Self::Files(_) => RouteKind::Static,
            Self::Forward(_) => RouteKind::Forward,
            #[cfg(feature = "dioxus-liveview")]
            Self::DioxusApp(_) => RouteKind::DioxusApp,
        }
    }
}

/// `GET /robots/:id`
impl fmt::Display for RouteInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = self.methods.first().map_or("*", String::as_str);
        write!(f, "{method} {}{}", self.hosts.first().map_or("", String::as_str), self.path)
    }
}

#[cfg(test)]
mod tests {
    use crate::plug::Pipeline;
    use crate::router::live::tests::Nothing;
    use crate::router::{LiveSession, RouteKind, Router, Scope};

    async fn page() {}

    fn router() -> Router {
        Router::new()
            .scope(Scope::new("/api").host("api.").through(Pipeline::new("api")), |router| {
                router.post("/v:version/robots", page).any("/any", page)
            })
            .live_session(LiveSession::new("members").through(Pipeline::new("browser")), |router| {
                router.live::<Nothing>("/robots/:id", Some("show"))
            })
            .live::<Nothing>("/", None)
            .forward("/admin", axum::Router::new())
    }

    #[test]
    fn routes_are_listed_with_all_that_their_scopes_say() {
        let routes = router().routes();
        let shown: Vec<_> = routes.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["POST api./api/v:version/robots", "* api./api/any", "GET /robots/:id", "GET /", "* /admin"]);
        assert_eq!((routes[0].kind, &*routes[0].pipelines), (RouteKind::Handler, &["api"][..]));
        assert!(routes[0].handler.ends_with("page"), "{}", routes[0].handler);
        assert_eq!((routes[2].live_session, routes[2].action), (Some("members"), Some("show")));
        assert_eq!(
            (routes[2].kind, routes[2].handler, &*routes[2].pipelines),
            (RouteKind::Live, "Nothing", &["browser"][..])
        );
        assert_eq!((routes[3].live_session, routes[3].action), (Some("default"), None));
        assert_eq!((routes[4].kind, routes[4].live_session), (RouteKind::Forward, None));
    }

    #[test]
    fn a_request_s_route_is_known_with_the_parameters_of_its_path() {
        let router = router();
        let found = router.route_info("POST", "/api/v2/robots", "api.example.com").expect("a route");
        assert_eq!((&*found.route.path, found.path_params.get("version")), ("/api/v:version/robots", Some("2")));
        for (method, path, host) in [
            ("POST", "/api/v2/robots", "example.com"),
            ("GET", "/api/v2/robots", "api.example.com"),
            ("GET", "/nowhere", ""),
            ("GET", "/%zz", ""),
            ("NO METHOD", "/", ""),
        ] {
            assert_eq!(router.route_info(method, path, host), None, "{method} {path}");
        }
        let below = router.route_info("DELETE", "/admin/a/b", "").expect("a route");
        assert_eq!(below.route.kind, RouteKind::Forward);
    }
}
