//! A router under strict lints, named by its user, beside one with the usual name.

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

bennu::prelude::router! {
    live "/" => page::Page;
    live "/robots/:id" => page::Page as show;
    asset "/app.css" ("text/css") => b"body {}";
    static "/files" => "public"
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
    let _ = (Routes, Clone::clone(&admin::AdminRoutes), Option, Some);
}
