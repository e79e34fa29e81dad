//! Live routes, and the table that finds one by the path of a URL.

use percent_encoding::percent_decode_str;

use super::path::axum_path;
use crate::live_view::actor::{self, Start};
use crate::live_view::navigation::ViewType;
use crate::live_view::pool::Pool;
use crate::{LiveView, Params, Uri};

/// One page that is a live view.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LiveRoute {
    pub(crate) path: &'static str,
    pub(crate) action: Option<&'static str>,
    pub(crate) view: ViewType,
    /// Between the routes of one live session a socket may navigate.
    pub(crate) live_session: &'static str,
    spawn: fn(&Pool, Start),
}

/// All live routes of a router.
pub(crate) struct LiveRoutes {
    routes: Vec<LiveRoute>,
    table: matchit::Router<usize>,
}

/// A route that a path leads to, with the path's and the query's parameters.
pub(crate) struct LiveMatch<'a> {
    pub(crate) route: &'a LiveRoute,
    pub(crate) params: Params,
}

/// A page that a URL leads to.
#[derive(Debug, Clone)]
pub(crate) struct LivePage {
    pub(crate) route: LiveRoute,
    pub(crate) uri: Uri,
    /// The path's and the query's.
    pub(crate) params: Params,
}

/// Why a path leads nowhere.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LiveMatchError {
    #[error("no live route")]
    NotFound,
    #[error("the URL is not valid: {0}")]
    Invalid(String),
}

impl LiveRoute {
    pub(super) fn new<V: LiveView>(path: &'static str, action: Option<&'static str>) -> Self {
        Self {
            path,
            action,
            view: ViewType::of::<V>(),
            live_session: "default",
            spawn: |pool, start| pool.spawn(move || actor::run::<V>(start)),
        }
    }

    /// Begins a view of this route.
    pub(crate) fn spawn(&self, pool: &Pool, start: Start) {
        (self.spawn)(pool, start);
    }
}

impl LiveRoutes {
    /// # Errors
    /// A sentence, when two routes contradict each other.
    pub(crate) fn new(routes: Vec<LiveRoute>) -> Result<Self, String> {
        let mut table = matchit::Router::new();
        for (index, route) in routes.iter().enumerate() {
            table
                .insert(axum_path(route.path), index)
                .map_err(|error| format!("live route {}: {error}", route.path))?;
        }
        Ok(Self { routes, table })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &LiveRoute> {
        self.routes.iter()
    }

    /// The route of a URL.
    pub(crate) fn find(&self, uri: &Uri) -> Result<LiveMatch<'_>, LiveMatchError> {
        let invalid = |error: &dyn std::fmt::Display| LiveMatchError::Invalid(error.to_string());
        let found = self.table.at(uri.path()).map_err(|_| LiveMatchError::NotFound)?;
        let mut params = Params::decode(uri.query().unwrap_or_default()).map_err(|error| invalid(&error))?;
        for (name, raw) in found.params.iter() {
            let value = percent_decode_str(raw).decode_utf8().map_err(|error| invalid(&error))?;
            params.insert(name, value.into_owned());
        }
        Ok(LiveMatch { route: &self.routes[*found.value], params })
    }
}
