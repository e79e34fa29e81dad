//! The plug `put_layout`.

use super::Plug;
use crate::{Conn, Element, LayoutProps};

/// The app layout of a request's page.
#[derive(Clone, Copy)]
pub(crate) struct AppLayout(pub(crate) fn(LayoutProps) -> Element);

/// Puts a layout between the pages of handlers and the root layout (`Phoenix.Controller.put_layout/2`). A page may choose [another](crate::Html::layout), or
/// [none](crate::Html::no_layout).
pub fn put_layout(layout: fn(LayoutProps) -> Element) -> impl Plug {
    move |conn: Conn| {
        conn.assign(AppLayout(layout));
        std::future::ready(())
    }
}
