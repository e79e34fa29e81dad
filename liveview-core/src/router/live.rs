//! Live routes: what the endpoint needs to begin a view.

use std::sync::Arc;

use axum::http::Method;

use super::Layout;
use super::live_session::Hooks;
use super::table::{Miss, Table};
use crate::live_view::actor::{self, Start};
use crate::live_view::navigation::ViewType;
use crate::live_view::pool::Pool;
use crate::{LiveView, Params, Uri};

/// One page that is a live view.
#[derive(Debug, Clone)]
pub(crate) struct LiveRoute {
    pub(crate) action: Option<&'static str>,
    pub(crate) view: ViewType,
    /// Its name and hooks.
    pub(crate) live_session: Arc<Hooks>,
    /// The document around it; without one, a plain document.
    pub(crate) layout: Option<Layout>,
    spawn: fn(&Pool, Start),
}

impl LiveRoute {
    pub(super) fn new<V: LiveView>(action: Option<&'static str>) -> Self {
        let spawn = |pool: &Pool, start| pool.spawn(move || actor::run::<V>(start));
        Self { action, view: ViewType::of::<V>(), live_session: Arc::new(Hooks::none()), layout: None, spawn }
    }

    /// Begins a view of this route.
    pub(crate) fn spawn(&self, pool: &Pool, start: Start) {
        (self.spawn)(pool, start);
    }
}

/// All live routes of a router, found by URLs: for page loads and joins alike.
pub(crate) struct LiveRoutes {
    table: Arc<Table>,
    /// By row of the table; `None` for routes of other kinds.
    routes: Vec<Option<Arc<LiveRoute>>>,
}

/// A route that a URL leads to, with the path's and the query's parameters.
pub(crate) struct LiveMatch<'a> {
    pub(crate) route: &'a Arc<LiveRoute>,
    pub(crate) params: Params,
}

/// A page that a URL leads to.
#[derive(Debug, Clone)]
pub(crate) struct LivePage {
    pub(crate) route: Arc<LiveRoute>,
    pub(crate) uri: Uri,
    /// The path's and the query's.
    pub(crate) params: Params,
}

/// Why a URL leads nowhere.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LiveMatchError {
    #[error("no live route")]
    NotFound,
    #[error("the URL is not valid: {0}")]
    Invalid(String),
}

impl LiveRoutes {
    pub(crate) fn new(table: Arc<Table>, routes: Vec<Option<Arc<LiveRoute>>>) -> Self {
        Self { table, routes }
    }

    /// The route of a URL. Routes of a host are found by URLs that name it.
    pub(crate) fn find(&self, uri: &Uri) -> Result<LiveMatch<'_>, LiveMatchError> {
        let host = uri.host().unwrap_or_default();
        let found = self.table.find(&Method::GET, uri.path(), host).map_err(|miss| match miss {
            Miss::NotFound | Miss::Method { .. } => LiveMatchError::NotFound,
            Miss::Malformed => LiveMatchError::Invalid("its path is wrongly encoded".to_owned()),
        })?;
        let route = self.routes[found.index].as_ref().ok_or(LiveMatchError::NotFound)?;
        let mut params = Params::decode(uri.query().unwrap_or_default())
            .map_err(|error| LiveMatchError::Invalid(error.to_string()))?;
        params.merge(self.table.pattern(found.index).params(&found.captures));
        Ok(LiveMatch { route, params })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use crate::live_view::{ClientEvent, EventError, Handled, Info, LiveViewState, Reply};
    use crate::{Cx, Element, LiveView, Mount, Result};

    /// A view for routes that nobody asks for.
    pub(crate) struct Nothing;

    impl LiveViewState for Nothing {
        const NAME: &'static str = "Nothing";
    }

    impl LiveView for Nothing {
        async fn mount(_cx: &mut Mount) -> Result<Self> {
            Ok(Self)
        }

        async fn handle_event(&mut self, _cx: &mut Cx, _event: &ClientEvent) -> Result<Reply, EventError> {
            Ok(Reply::none())
        }

        async fn handle_info(&mut self, _cx: &mut Cx, _info: &Info) -> Result<Handled> {
            Ok(Handled::No)
        }

        fn render(&self) -> Element {
            dioxus::prelude::VNode::empty()
        }
    }
}
