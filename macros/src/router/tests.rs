use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;
use syn::parse::Parser;

use super::path::RoutePath;
use super::{check, expand, hint, parse};
use crate::errors::Errors;

/// Snapshots are named for the test alone, and do not repeat its source.
macro_rules! snapshot {
    ($value:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($value)
        })
    };
}

fn pretty(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).expect("the expansion is Rust"))
}

/// What is reported, and how many items are left.
fn mistakes(input: TokenStream) -> (Vec<String>, usize) {
    let mut errors = Errors::default();
    let parser = |input: syn::parse::ParseStream<'_>| Ok(parse::routes(input, &mut errors));
    let mut routes = parser.parse2(input).expect("a router consumes any input");
    check::routes(&mut routes, &mut errors);
    (errors.messages(), routes.items.len())
}

fn path_mistake(path: &str) -> Option<String> {
    RoutePath::new(LitStr::new(path, proc_macro2::Span::call_site())).err().map(|error| error.to_string())
}

#[test]
fn a_router_with_everything() {
    snapshot!(pretty(expand(quote! {
        layout Layout;
        live "/" => FleetLive;
        live "/robots/:id" => robots::RobotLive<Arm> as show;
        get "/api/telemetry" => telemetry;
        post "/api/telemetry" => |body: String| async move { drop(body) };
        delete "/api/robots/:id" => api::remove;
        asset "/app.css" ("text/css") => include_bytes!("app.css");
        static "/files" => "public";
        forward "/admin" => admin_router();
        dioxus "/legacy" => legacy_app
    })));
}

#[test]
fn a_router_has_the_name_it_is_given() {
    snapshot!(pretty(expand(quote! {
        /// Ours.
        #[derive(Clone)]
        pub(crate) struct AdminRoutes;
        live "/" => AdminLive;
    })));
}

#[test]
fn a_wrong_item_does_not_hide_the_others() {
    let (found, left) = mistakes(quote! {
        lvie "/" => FleetLive;
        live "/a" -> FleetLive;
        live "robots" => FleetLive;
        get "/telemetry" => telemetry as telemetry;
        asset "/app.css" => include_bytes!("app.css");
        scope "/" { live "/b" => B; }
        static "/files" => public;
        "/c" => C;
        live "/d" => D;
    });
    snapshot!(found.join("\n"));
    assert_eq!(left, 1);
}

#[test]
fn a_path_has_one_route_per_method() {
    let (found, left) = mistakes(quote! {
        layout Layout;
        layout Layout;
        live "/robots/:id" => A;
        post "/robots/:id" => b;
        put "/robots/:robot" => b;
        get "/robots/:name" => c;
        live "/robots/new" => D;
        forward "/admin" => e();
        static "/admin" => "f";
        static "/:any" => "g";
        forward "/" => g();
        get "/admin" => g;
        asset "/h" ("css") => h;
        asset "/i/*rest" ("text/css") => i;
    });
    snapshot!(found.join("\n"));
    assert_eq!(left, 5);
}

#[test]
fn paths_are_what_a_browser_can_ask_for() {
    for path in ["/", "/robots", "/robots/:id/log", "/files/*rest", "/:a/:b", "/é/.well-known", "/a-b_c~d.txt"] {
        assert_eq!(path_mistake(path), None, "{path}");
    }
    for (path, said) in [
        ("", "begins with `/`"),
        ("robots", "`/robots`"),
        ("/robots/", "`/robots`"),
        ("/a//b", "empty segment"),
        ("/a b", "' '"),
        ("/a?b", "'?'"),
        ("/a/../b", "`..`"),
        ("/robots/{id}", "`:id`"),
        ("/robots/id:", "whole segment"),
        ("/:", "`:id`"),
        ("/:1d", "`:id`"),
        ("/:fn", "`:id`"),
        ("/:id/:id", "two parameters `id`"),
        ("/*rest/a", "comes last"),
    ] {
        let message = path_mistake(path).unwrap_or_default();
        assert!(message.contains(said), "{path}: {message}");
    }
}

#[test]
fn paths_that_match_the_same_have_the_same_shape() {
    let shape = |path: &str| {
        RoutePath::new(LitStr::new(path, proc_macro2::Span::call_site())).map(|path| path.shape().to_owned())
    };
    assert_eq!(shape("/robots/:id").unwrap(), shape("/robots/:name").unwrap());
    assert_ne!(shape("/robots/:id").unwrap(), shape("/robots/*id").unwrap());
    assert_ne!(shape("/robots/:id").unwrap(), shape("/robots/new").unwrap());
}

#[test]
fn a_misspelt_kind_is_guessed() {
    for (written, meant) in
        [("lve", "live"), ("lvie", "live"), ("GET", "get"), ("puts", "put"), ("statik", "static"), ("nest", "forward")]
    {
        assert_eq!(hint::unknown(written), format!("there is no `{written}` in a router; did you mean `{meant}`?"));
    }
    assert!(hint::unknown("websocket").contains("a route is"));
    assert!(hint::unknown("scope").contains("yet"));
}
