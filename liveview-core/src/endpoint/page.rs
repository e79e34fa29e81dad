//! The document around a live view or a handler's page: layouts, the container that the client looks for, and the framework's own tags.

use std::rc::Rc;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::dioxus_signals;
use dioxus::prelude::{Props, VNode, component, dioxus_core, rsx};

use super::assets::{CLIENT, CLIENT_PATH};
use super::error_page::Failed;
use super::static_files::StaticPaths;
use crate::controller::PendingPage;
use crate::plug::AppLayout;
use crate::render::static_page::{self, StaticPageError};
use crate::router::Layout;
use crate::{Conn, Element, Flash, Html, dioxus_elements};

/// What a layout is given.
///
/// It renders `head` and `body`; `DOCTYPE` and `html` are put around it, or only `DOCTYPE` if it renders `html` itself. `head`
/// goes into the document's head: it holds the CSRF token and the client. `inner` is the page. An app layout, which stands between the two, renders
/// what is around `inner` in the body.
#[derive(Debug, Clone, PartialEq, Props)]
pub struct LayoutProps {
    /// What the view gave to `cx.page_title`, or the page to [`title`](crate::Html::title), or nothing. [`LiveTitle`] prints it.
    pub title: Option<String>,
    /// A CSRF token, for forms that the browser itself posts: field `_csrf_token`. Empty where the route has no session.
    pub csrf_token: String,
    /// The messages for this page.
    pub flash: Flash,
    /// The framework's tags for the document's head.
    pub head: Element,
    /// The page: of a live view or a handler.
    pub inner: Element,
}

/// What layouts are told beside the page itself.
pub(super) struct Frame {
    pub(super) title: Option<String>,
    pub(super) csrf_token: String,
    pub(super) flash: Flash,
    pub(super) static_paths: StaticPaths,
}

/// A live view's first HTML, and what its container says to the client.
pub(super) struct View {
    pub(super) id: Rc<str>,
    pub(super) session: String,
    pub(super) static_token: String,
    pub(super) html: String,
}

/// The whole document around a view.
pub(super) fn view_document(layout: Option<Layout>, frame: Frame, view: View) -> Result<String, StaticPageError> {
    let container = move || {
        let View { id, session, static_token, html } = view;
        rsx! {
            div {
                id: "{id}",
                "data-phx-main": true,
                "data-phx-session": "{session}",
                "data-phx-static": "{static_token}",
                dangerous_inner_html: "{html}",
            }
        }
    };
    document(layout.unwrap_or(plain_layout), frame, container)
}

fn document(
    layout: Layout,
    frame: Frame,
    inner: impl FnOnce() -> Element + 'static,
) -> Result<String, StaticPageError> {
    let static_paths = frame.static_paths.clone();
    let root = move || layout(props(frame, inner()));
    let body = static_page::render(root, |dom| dom.provide_root_context(static_paths))?;
    Ok(if body.starts_with("<html") {
        format!("<!DOCTYPE html>{body}")
    } else {
        format!("<!DOCTYPE html><html lang=\"en\">{body}</html>")
    })
}

/// The props of the root layout.
fn props(frame: Frame, inner: Element) -> LayoutProps {
    let Frame { title, csrf_token, flash, .. } = frame;
    let client = client();
    let head = rsx! {
        if !csrf_token.is_empty() { meta { name: "csrf-token", content: "{csrf_token}" } }
        script { src: client, defer: true }
    };
    LayoutProps { title, csrf_token, flash, head, inner }
}

/// Where the client is, by its version.
fn client() -> &'static str {
    static URL: LazyLock<String> = LazyLock::new(|| format!("{CLIENT_PATH}?v={}", CLIENT.version()));
    &URL
}

/// The response, with the handler's page rendered into it if it is one.
pub(super) fn finish(conn: &Conn, mut response: Response) -> Response {
    let pending = response.extensions_mut().remove::<PendingPage>().and_then(|pending| pending.take());
    let Some(page) = pending else { return response };
    let html = match render(conn, page) {
        Ok(html) => html,
        Err(error) => return Failed::from(error).into_response(),
    };
    let (mut parts, _) = response.into_parts();
    // It was the length of a body that was still to be made.
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.entry(CACHE_CONTROL).or_insert(PRIVATE);
    Response::from_parts(parts, Body::from(html))
}

/// Pages may hold what is one visitor's own.
pub(super) const PRIVATE: HeaderValue = HeaderValue::from_static("max-age=0, private, must-revalidate");

fn render(conn: &Conn, page: Html) -> Result<String, StaticPageError> {
    let Html { markup, title, layout, root_layout, .. } = page;
    let app_layout = layout.or(conn.assigned::<AppLayout>().map(|layout| layout.0));
    let has_session = conn.has_session();
    let frame = Frame {
        title,
        csrf_token: if has_session { conn.csrf_token() } else { String::new() },
        flash: if has_session { conn.flash() } else { Flash::default() },
        static_paths: conn.shared().host.static_paths.clone(),
    };
    let (title, csrf_token, flash) = (frame.title.clone(), frame.csrf_token.clone(), frame.flash.clone());
    let static_paths = frame.static_paths.clone();
    let inner = move || match app_layout {
        Some(layout) => layout(LayoutProps { title, csrf_token, flash, head: VNode::empty(), inner: markup() }),
        None => markup(),
    };
    match root_layout.or(Some(conn.root_layout().unwrap_or(plain_layout))) {
        Some(root) => document(root, frame, inner),
        None => static_page::render(inner, |dom| dom.provide_root_context(static_paths)),
    }
}

/// The layout of a router that names none.
pub(super) fn plain_layout(props: LayoutProps) -> Element {
    rsx! {
        head {
            meta { charset: "utf-8" }
            meta { name: "viewport", content: "width=device-width, initial-scale=1" }
            LiveTitle { title: props.title }
            {props.head}
        }
        body { {props.inner} }
    }
}

/// The document's title, which `cx.page_title` changes on a living page: `prefix`, then the title or `default`, then `suffix`.
#[component]
pub fn LiveTitle(
    title: Option<String>,
    #[props(default)] default: String,
    #[props(default)] prefix: String,
    #[props(default)] suffix: String,
) -> Element {
    let shown = title.as_deref().unwrap_or(&default);
    rsx! {
        title { "data-prefix": "{prefix}", "data-suffix": "{suffix}", "data-default": "{default}", "{prefix}{shown}{suffix}" }
    }
}
