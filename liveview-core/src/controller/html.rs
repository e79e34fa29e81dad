//! Pages of request handlers (`Phoenix.Controller.render/3`): markup, put into the route's layouts when the handler has returned.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::{Element, LayoutProps};

/// Makes a page of markup. It stands in the app layout, if there is one, which stands in the root layout of the route: the same that live pages have.
///
/// The markup is rendered once, when the handler has returned, so what it shows is moved into it. Components may use
/// [`static_path`](crate::static_path).
///
/// ```
/// use liveview_core::{Element, Html, dioxus_elements, html};
/// use dioxus::prelude::*;
///
/// async fn show() -> Html {
///     let names = vec!["Ada", "Bo"];
///     html(move || rsx! { for name in names { p { "{name}" } } }).title("Robots")
/// }
/// ```
pub fn html(markup: impl FnOnce() -> Element + Send + 'static) -> Html {
    Html {
        markup: Box::new(markup),
        title: None,
        status: StatusCode::OK,
        layout: Layout::OfRoute,
        root_layout: Layout::OfRoute,
    }
}

/// A page, made by [`html`].
#[must_use = "a page is a response: return it"]
pub struct Html {
    pub(crate) markup: Box<dyn FnOnce() -> Element + Send>,
    pub(crate) title: Option<String>,
    status: StatusCode,
    pub(crate) layout: Layout,
    pub(crate) root_layout: Layout,
}

/// Which layout is around a page.
#[derive(Clone, Copy)]
pub(crate) enum Layout {
    /// The one that plugs and scopes give.
    OfRoute,
    None,
    Own(fn(LayoutProps) -> Element),
}

impl Layout {
    pub(crate) fn or(self, of_route: Option<fn(LayoutProps) -> Element>) -> Option<fn(LayoutProps) -> Element> {
        match self {
            Self::OfRoute => of_route,
            Self::None => None,
            Self::Own(layout) => Some(layout),
        }
    }
}

impl Html {
    /// The page's title: what a layout is given as `title`.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Another status than 200.
    ///
    /// # Panics
    /// When it is no status: 100 to 999.
    #[track_caller]
    pub fn status(mut self, status: u16) -> Self {
        self.status = StatusCode::from_u16(status).expect("a status has three digits");
        self
    }

    /// Another app layout, between the page and the root layout. By default the one of [`plug::put_layout`](crate::plug::put_layout).
    pub fn layout(mut self, layout: fn(LayoutProps) -> Element) -> Self {
        self.layout = Layout::Own(layout);
        self
    }

    /// Without an app layout.
    pub fn no_layout(mut self) -> Self {
        self.layout = Layout::None;
        self
    }

    /// Another root layout: the document around all.
    pub fn root_layout(mut self, layout: fn(LayoutProps) -> Element) -> Self {
        self.root_layout = Layout::Own(layout);
        self
    }

    /// The markup alone: no layout and no document.
    pub fn fragment(mut self) -> Self {
        (self.layout, self.root_layout) = (Layout::None, Layout::None);
        self
    }
}

impl fmt::Debug for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Html").field("title", &self.title).field("status", &self.status).finish_non_exhaustive()
    }
}

/// The response that the endpoint renders the page into: who else looks at it finds its status and no body.
impl IntoResponse for Html {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(PendingPage(Arc::new(Mutex::new(Some(self)))));
        response
    }
}

/// A page that waits to be rendered, in the extensions of its response. They want to be cloned, and a page is rendered once.
#[derive(Clone)]
pub(crate) struct PendingPage(Arc<Mutex<Option<Html>>>);

impl PendingPage {
    pub(crate) fn take(&self) -> Option<Html> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
