//! Routers under strict lints: all that they take, one named by its user beside one with the usual name, and names that shadow those of the
//! library and of the expansion.

#![deny(warnings, missing_docs)]

/// A view without a name in scope.
pub mod page {
    /// The view.
    #[derive(bennu::prelude::LiveView)]
    pub struct Page;

    #[bennu::prelude::live_view]
    impl Page {
        fn mount() -> bennu::prelude::Result<Self> {
            Ok(Self)
        }

        fn render(&self) -> bennu::prelude::Element {
            unimplemented!()
        }
    }
}

struct Option;
struct Some;
struct Router;
struct Scope;
struct Pipeline;

mod auth {
    use bennu::{Conn, Mount, Plug, Result};

    pub async fn fetch_user(_conn: Conn) {}

    pub async fn session(conn: Conn) -> Result<()> {
        fetch_user(conn).await;
        Ok(())
    }

    pub fn require_role(role: &str) -> impl Plug + use<> {
        let is_staff = role == "staff";
        move |_conn: Conn| std::future::ready(if is_staff { None } else { Some("no") })
    }

    pub async fn require_user(_cx: &mut Mount) -> Result<()> {
        Ok(())
    }
}

mod web {
    pub mod posts {
        pub async fn index() {}
        pub async fn new() {}
        pub async fn edit() {}
        pub async fn show() {}
        pub async fn create() {}
        pub async fn update() {}
        pub async fn delete() {}
    }

    pub mod account {
        pub async fn show() {}
    }
}

use auth::session;

fn answer(router: &'static str) -> std::future::Ready<&'static str> {
    std::future::ready(router)
}

bennu::prelude::router! {
    pipeline browser { session, flash, csrf, secure_headers, auth::fetch_user }
    pipeline staff { browser, auth::require_role("staff"), self::session, ::bennu::plug::flash, body_limit(1_000) }
    pipeline r#async { accepts(["html", "json"]), async |_conn: bennu::Conn| {} }

    scope "/" through [browser, auth::session] through [r#async] {
        live "/" => page::Page;
        live_session members (on_mount = [auth::require_user], layout = layout) through [auth::fetch_user] {
            live "/robots/:id" => page::Page as show;
        }
        live_session r#loop (on_mount = auth::require_user) {}
    }
    scope "/web" (alias = web, host = ["a.", "b."]) through [staff] {
        layout layout;
        resources "/posts" => posts (param = "slug") {
            resources "/comments" => posts (only = [show], name = "remark") {}
            resource "/account" => account (only = [show]) { get "/log" => self::web::account::show; }
        };
    }
    scope (host = "c.") {}
    match [get, "REPORT"] "/match" => async || answer("x").await;
    method "PURGE" "/method" => async || {};
    any "/any" => async || {};
    asset "/app.css" ("text/css") => b"body {}";
    static "/files" => "public"
}

fn layout(_: bennu::LayoutProps) -> bennu::Element {
    unimplemented!()
}

mod admin {
    bennu::prelude::router! {
        /// Those of the administration.
        #[derive(Clone, Copy)]
        pub(crate) struct AdminRoutes;
        live "/admin/*rest" => super::page::Page;
    }
}

fn main() {
    let _ = (Routes, Clone::clone(&admin::AdminRoutes), Option, Some, Router, Scope, Pipeline);
}
