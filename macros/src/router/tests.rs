use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;
use syn::parse::Parser;

use super::path::RoutePath;
use super::resources::singular;
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

/// The paths of a router without mistakes.
fn paths(input: TokenStream) -> Vec<String> {
    let mut errors = Errors::default();
    let parser = |input: syn::parse::ParseStream<'_>| Ok(parse::routes(input, &mut errors));
    let mut routes = parser.parse2(input).expect("a router consumes any input");
    let paths = check::routes(&mut routes, &mut errors);
    assert_eq!(errors.messages(), Vec::<String>::new());
    paths
}

fn path(path: &str) -> syn::Result<RoutePath> {
    RoutePath::new(LitStr::new(path, proc_macro2::Span::call_site()))
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
        match [get, "REPORT"] "/api/log" => api::log;
        any "/api/echo" => api::echo;
        method "PURGE" "/api/cache" => api::purge;
        asset "/app.css" ("text/css") => include_bytes!("app.css");
        static "/files" => "public";
        static "/" => "public" (only = ["images", "favicon.ico"], cache_control = "no-cache");
        forward "/admin" => admin_router();
        dioxus "/legacy" => legacy_app
    })));
}

#[test]
fn pipelines_scopes_and_live_sessions() {
    snapshot!(pretty(expand(quote! {
        pipeline browser { session, flash, csrf, secure_headers, auth::fetch_user }
        pipeline staff { browser, auth::require_role("staff"), layer(Compression::new()) }
        pipeline api { accepts(["json"]) }

        scope "/" through [browser] {
            layout root;
            get "/" => pages::home;
            live_session public { live "/robots" => FleetLive; }
            live_session members (on_mount = [auth::require_user, audit("members")], layout = app) through [auth::redirect_guests] {
                live "/robots/:id" => RobotLive as show;
            }
            scope "/staff" through [staff] through [count] { get "/" => staff; };
        }
        scope "/api" (host = "api.", alias = web::api) through [api] {
            get "/robots" => robots::index;
            get "/sites" => crate::sites::index;
            scope "/v1" (alias = v1) { live "/old" => Old; }
        }
        scope (host = ["status.example.com", "status."]) { get "/status" => status; }
    })));
}

#[test]
fn resources_are_routes_of_a_module_s_functions() {
    snapshot!(pretty(expand(quote! {
        resources "/posts" => posts { resources "/comments" => comments (only = [index, show]); }
        resources "/log-entries" => web::entries (except = [new, edit, delete], param = "slug") {
            get "/raw" => raw;
        }
        resource "/account" => account (except = [delete]) { get "/avatar" => avatar; }
        resources "/news" => news (only = [show], name = "article") { resource "/author" => author (only = [show]); }
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
fn paths_are_whole_and_each_is_there_once() {
    let paths = paths(quote! {
        get "/" => home;
        scope "/users/:user_id" (host = "api.") {
            get "/" => show;
            put "/" => update;
            live_session members { live "/posts/*rest" => Posts; }
        }
        scope "/docs" {
            static "/files" => "files";
            static "/" => "files" (only = ["images", "a.txt"]);
            asset "/app.css" ("text/css") => b"";
            forward "/" => docs();
        }
    });
    let expected = [
        "/",
        "/users/:user_id",
        "/users/:user_id/posts/*rest",
        "/docs/files/*",
        "/docs/images/*",
        "/docs/a.txt/*",
        "/docs/app.css",
        "/docs/*",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn after_a_mistake_every_path_is_taken_to_be_there() {
    let expanded = expand(quote! { live "robots" => Fleet; }).to_string();
    assert!(expanded.contains("\"/*\""), "{expanded}");
}

#[test]
fn a_wrong_item_does_not_hide_the_others() {
    let (found, left) = mistakes(quote! {
        lvie "/" => FleetLive;
        live "/a" -> FleetLive;
        live "robots" => FleetLive;
        get "/telemetry" => telemetry as telemetry;
        asset "/app.css" => include_bytes!("app.css");
        static "/files" => public;
        static "/files" => "public" (only = ["a/b", c], cache = "x");
        "/c" => C;
        channel "room:*:x" => Room;
        scope "api" (hots = "api.") { gte "/a" => a; get "/b" => b; }
        scope "/x", host: "api." { get "/b" => b; }
        live_session (layout = app) { live "/y" => Y; }
        live_session default { life "/y" => Y; }
        resources "/posts" => posts (only = [idnex, destroy, show, show], except = [new]);
        resources "posts" => posts { gte "/a" => a; }
        resource "/account" => account (only = [index], param = "id");
        resources "/:kind" => kinds { get "/a" => a; }
        resources "/none" => none (only = []);
        match get "/m" => m;
        match [get, purge, any] "/m" => m;
        match [get, get] "/m" => m;
        method "GET" "/m" => m;
        method "purge" "/m" => m;
        live "/d/e" => D;
    });
    snapshot!(found.join("\n"));
    assert_eq!(left, 4);
}

#[test]
fn plugs_are_resolved_and_slips_of_the_pen_found() {
    let (found, _) = mistakes(quote! {
        pipeline browser { session, browser, protect_from_forgery }
        pipeline browser { csrf }
        pipeline session { csrf }
        pipeline api { accepts, session(1), "json", }
        pipeline later { plug session }
        pipeline more { session; flash }
        pipeline layers { layer(), :session }
        scope "/" through [browsr, sesion, later, own, own::plug] { pipeline inner { session } get "/" => a; }
        scope "/b" through browser { get "/" => a; }
        scope "/c" pipe_through [browser] { get "/" => a; }
        scope "/d" { pipe_through [browser]; get "/" => a; }
        live_session a { live_session b { live "/x" => X; } layout x; }
        live_session a { live "/y" => Y; }
    });
    snapshot!(found.join("\n"));
}

#[test]
fn a_request_has_one_route_and_each_route_a_request() {
    let (found, left) = mistakes(quote! {
        layout Layout;
        layout Layout;
        live "/robots/:id" => A;
        post "/robots/:id" => b;
        put "/robots/:robot" => b;
        get "/robots/:name" => c;
        head "/robots/:name" => c;
        live "/robots/new" => D;
        match [delete, post] "/robots/all" => d;
        forward "/admin" => e();
        static "/admin/files" => "f";
        static "/:any" => "g";
        forward "/" => g();
        static "/" => "g";
        post "/admin/files/x" => h;
        post "/files/x" => h;
        get "/admin" => g;
        asset "/h" ("css") => h;
        asset "/i/*rest" ("text/css") => i;
        scope "/orgs/:id" { get "/robots/:id" => j; static "/files" => "k"; }
        scope "/*rest" { get "/a" => l; }
        scope "/api" (host = "api.") { get "/a" => m; }
        scope "/api" (host = "api.eu.") { get "/a" => n; }
        scope "/api" { get "/a" => o; }
        scope "/api" (host = ["https://api", api]) { get "/z" => p; }
        get "/posts/:slug" => q;
        resources "/posts" => posts;
        resources "/posts" => posts (only = [create]) { get "/x" => r; }
    });
    snapshot!(found.join("\n"));
    assert_eq!(left, 13);
}

#[test]
fn paths_are_what_a_browser_can_ask_for() {
    for text in [
        "/",
        "/robots",
        "/robots/:id/log",
        "/files/*rest",
        "/:a/:b",
        "/é/.well-known",
        "/a-b_c~d.txt",
        "/api/v:version",
        "/:type",
    ] {
        assert!(path(text).is_ok(), "{text}");
    }
    for (text, said) in [
        ("", "begins with `/`"),
        ("robots", "`/robots`"),
        ("/robots/", "`/robots`"),
        ("/a//b", "empty segment"),
        ("/a b", "' '"),
        ("/a?b", "'?'"),
        ("/a/../b", "`..`"),
        ("/robots/{id}", "`:id`"),
        ("/robots/id:", "needs a name"),
        ("/:id.json", "ends its segment"),
        ("/:a:b", "ends its segment"),
        ("/:", "`:id`"),
        ("/:1d", "`:id`"),
        ("/:id/:id", "two parameters `id`"),
        ("/*rest/a", "comes last"),
        ("/a*rest", "begins its segment"),
        ("/*", "`*rest`"),
    ] {
        let message = path(text).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains(said), "{text}: {message}");
    }
}

#[test]
fn one_of_several_has_a_name_of_its_own() {
    for (several, one) in [
        ("/posts", Some("post")),
        ("/web/companies", Some("company")),
        ("/boxes", Some("box")),
        ("/addresses", Some("address")),
        ("/branches", Some("branch")),
        ("/status", Some("status")),
        ("/log-entries", Some("log_entry")),
        ("/sheep", Some("sheep")),
        ("/:kind", None),
        ("/", None),
    ] {
        assert_eq!(singular(&path(several).expect("a path")).as_deref(), one, "{several}");
    }
}

#[test]
fn a_misspelt_kind_is_guessed() {
    for (written, meant) in [
        ("lve", "live"),
        ("lvie", "live"),
        ("GET", "get"),
        ("puts", "put"),
        ("statik", "static"),
        ("nest", "forward"),
        ("scoep", "scope"),
        ("live_sesion", "live_session"),
    ] {
        assert_eq!(hint::unknown(written), format!("there is no `{written}` in a router; did you mean `{meant}`?"));
    }
    assert!(hint::unknown("websocket").contains("an item is"));
    assert!(hint::unknown("chanel").contains("did you mean `channel`"));
    assert!(hint::unknown("pipe_through").contains("through [browser]"));
}
