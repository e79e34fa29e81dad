//! One route as it was written, with all that the scopes around it say.

use std::sync::Arc;

use super::host::HostPattern;
use super::live::LiveRoute;
use super::live_session::Hooks;
use super::methods::Methods;
use super::pattern::Pattern;
use super::table::Row;
use super::{Assign, BoxHandler, Layout, LogLevel, Router};
#[cfg(feature = "dioxus-liveview")]
use crate::Element;
use crate::StaticFiles;
use crate::plug::Pipeline;

/// A route in the making.
pub(crate) struct RouteDef {
    pub(crate) path: String,
    pub(crate) methods: Methods,
    pub(crate) hosts: Vec<HostPattern>,
    pub(crate) pipelines: Vec<Pipeline>,
    pub(crate) target: Target,
    /// What answers: the name of a view, a handler, a folder.
    pub(crate) handler: &'static str,
    pub(crate) live_session: Option<Arc<Hooks>>,
    pub(crate) layout: Option<Layout>,
    /// Outermost first.
    pub(crate) assigns: Vec<Assign>,
    pub(crate) log: Option<LogLevel>,
}

/// A file that is part of the program.
pub(crate) struct AssetInfo {
    /// The name for its content.
    pub(crate) version: String,
    /// What a browser checks it by, in base64.
    pub(crate) sha512: String,
}

/// A folder, or one file or folder at its top.
pub(crate) struct FilesBelow {
    pub(crate) files: Arc<StaticFiles>,
    /// What stands between the folder and the route's path.
    pub(crate) top: Option<String>,
}

/// What a route leads to.
pub(crate) enum Target {
    Live(LiveRoute),
    Handler(BoxHandler),
    /// One transport of a socket of channels.
    Socket(BoxHandler),
    Asset(BoxHandler, AssetInfo),
    /// Everything below.
    Files(FilesBelow),
    /// Everything below.
    Forward(axum::Router),
    #[cfg(feature = "dioxus-liveview")]
    DioxusApp(fn() -> Element),
}

impl RouteDef {
    pub(super) fn new(path: &str, methods: Methods, target: Target, handler: &'static str) -> Self {
        Self {
            path: path.to_owned(),
            methods,
            hosts: Vec::new(),
            pipelines: Vec::new(),
            target,
            handler,
            live_session: None,
            layout: None,
            assigns: Vec::new(),
            log: None,
        }
    }

    pub(super) fn with_layout(mut self, layout: Option<Layout>) -> Self {
        self.layout = self.layout.or(layout);
        self
    }

    /// Puts pipelines before those that the route goes through already: they are of a scope around it.
    pub(super) fn through(mut self, outer: &[Pipeline]) -> Self {
        self.pipelines.splice(0..0, outer.iter().cloned());
        self
    }

    /// What a request must be for this route.
    ///
    /// # Errors
    /// A sentence, when the path is none.
    pub(crate) fn row(&self) -> Result<Row, String> {
        let pattern = match &self.target {
            // The rest has a name, for it names the file.
            Target::Files(_) => Pattern::parse(&format!("{}/*path", self.path.trim_end_matches('/')))?,
            Target::Forward(_) => prefix(Pattern::parse(&self.path)?)?,
            _ => Pattern::parse(&self.path)?,
        };
        Ok(Row { pattern, methods: self.methods.clone(), hosts: self.hosts.clone() })
    }
}

fn prefix(pattern: Pattern) -> Result<Pattern, String> {
    if pattern.has_rest() || pattern.has_prefixes() || pattern.text().split('/').all(str::is_empty) {
        let why = "a router is forwarded to below a path of its own, such as `/admin`";
        return Err(format!("the prefix `{}`: {why}", pattern.text()));
    }
    Ok(pattern.below())
}

impl Router {
    /// # Errors
    /// The first mistake, as a sentence.
    pub(crate) fn check(&self) -> Result<(), String> {
        if let Some(mistake) = self.mistakes.first() {
            return Err(mistake.clone());
        }
        let mut sessions: Vec<&Arc<Hooks>> = Vec::new();
        for session in self.routes.iter().filter_map(|route| route.live_session.as_ref()) {
            match sessions.iter().find(|known| known.name == session.name) {
                Some(known) if !Arc::ptr_eq(known, session) => {
                    return Err(format!(
                        "the live session `{}` is defined twice: put all of its routes into one",
                        session.name
                    ));
                }
                Some(_) => {}
                None => sessions.push(session),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::plug::Pipeline;
    use crate::router::{LiveSession, LogLevel, Router, Scope};

    fn mistake(router: &Router) -> String {
        router.check().expect_err("a mistake")
    }

    async fn page() {}

    fn live(router: Router) -> Router {
        // Only live routes belong to a live session.
        router.live::<crate::router::live::tests::Nothing>("/live", None)
    }

    #[test]
    fn scopes_concatenate_paths_and_pipelines_from_outside_in() {
        let pipeline = Pipeline::new;
        let router =
            Router::new().scope(Scope::new("/a").through(pipeline("one")).through(pipeline("two")), |router| {
                router.get("/", page).scope(Scope::new("/:id").through(pipeline("three")), |router| {
                    router.get("/b", page).scope(Scope::new("/"), |router| router.get("/c", page))
                })
            });
        let described: Vec<_> =
            router.routes().iter().map(|route| (route.path.clone(), route.pipelines.join(" "))).collect();
        let expected = [("/a", "one two"), ("/a/:id/b", "one two three"), ("/a/:id/c", "one two three")];
        assert_eq!(described, expected.map(|(path, pipelines)| (path.to_owned(), pipelines.to_owned())));
    }

    #[test]
    fn the_innermost_scope_with_a_host_decides() {
        let router = Router::new().scope(Scope::new("/").host("a.").host("b."), |router| {
            router.get("/", page).scope(Scope::new("/c").host("c.example.com"), |router| router.get("/", page))
        });
        let hosts: Vec<_> = router.routes().iter().map(|route| route.hosts.join(" ")).collect();
        assert_eq!(hosts, ["a. b.", "c.example.com"]);
    }

    #[test]
    fn the_innermost_scope_with_a_log_level_decides() {
        let router = Router::new().scope(Scope::new("/").log(LogLevel::Debug), |router| {
            router.get("/", page).scope(Scope::new("/quiet").log(None), |router| router.get("/", page))
        });
        let levels: Vec<_> = router.into_routes().iter().map(|route| route.log).collect();
        assert_eq!(levels, [Some(LogLevel::Debug), Some(LogLevel::Off)]);
    }

    #[test]
    fn live_sessions_neither_nest_nor_come_twice() {
        let nested = Router::new()
            .live_session(LiveSession::new("outer"), |router| router.live_session(LiveSession::new("inner"), live));
        assert!(mistake(&nested).contains("inner") && mistake(&nested).contains("outer"));
        let twice = Router::new()
            .live_session(LiveSession::new("members"), live)
            .scope(Scope::new("/b"), |router| router.live_session(LiveSession::new("members"), live));
        assert!(mistake(&twice).contains("`members` is defined twice"));
        let reserved = Router::new().live_session(LiveSession::new("default"), live);
        assert!(mistake(&reserved).contains("default"));
    }

    #[test]
    fn a_method_that_is_none_is_said() {
        assert!(mistake(&Router::new().method("NO METHOD", "/x", page)).contains("NO METHOD"));
    }
}
