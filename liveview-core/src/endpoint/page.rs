//! The document around a view: layout, the container that the client looks for, and the framework's own tags.

use std::rc::Rc;

#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::dioxus_signals;
use dioxus::prelude::{Props, component, dioxus_core, rsx};

use crate::render::{RenderError, Renderer};
use crate::{Element, dioxus_elements};

/// What a layout is given.
///
/// It renders `head` and `body`; `DOCTYPE` and `html` are put around it, or only `DOCTYPE` if it renders `html` itself. `head`
/// goes into the document's head: it holds the CSRF token and the client. `inner` is the view.
#[derive(Debug, Clone, PartialEq, Props)]
pub struct LayoutProps {
    /// What the view gave to `cx.page_title`, or nothing. [`LiveTitle`] prints it.
    pub title: Option<String>,
    /// A CSRF token, for forms that the browser itself posts: field `_csrf_token`.
    pub csrf_token: String,
    /// The framework's tags for the document's head.
    pub head: Element,
    /// The view.
    pub inner: Element,
}

/// The parts of a page that are not the view's own.
pub(super) struct Frame {
    pub(super) id: Rc<str>,
    pub(super) session: String,
    pub(super) static_token: String,
    pub(super) csrf_token: String,
    pub(super) client: Rc<str>,
    pub(super) title: Option<String>,
    pub(super) html: String,
}

/// The whole document.
pub(super) fn document(layout: fn(LayoutProps) -> Element, frame: Frame) -> Result<String, RenderError> {
    let mut page = Renderer::new(move || layout(props(&frame)));
    page.rebuild()?;
    let body = page.html();
    let html = if body.starts_with("<html") { body } else { format!("<html lang=\"en\">{body}</html>") };
    Ok(format!("<!DOCTYPE html>{html}"))
}

fn props(frame: &Frame) -> LayoutProps {
    let Frame { id, session, static_token, csrf_token, client, title, html } = frame;
    let head = rsx! {
        meta { name: "csrf-token", content: "{csrf_token}" }
        script { src: "{client}", defer: true }
    };
    let inner = rsx! {
        div {
            id: "{id}",
            "data-phx-main": true,
            "data-phx-session": "{session}",
            "data-phx-static": "{static_token}",
            dangerous_inner_html: "{html}",
        }
    };
    LayoutProps { title: title.clone(), csrf_token: csrf_token.clone(), head, inner }
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
