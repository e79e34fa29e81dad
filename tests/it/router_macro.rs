//! The grammar of `router!` and the paths of `path!`, as a browser meets them.

use std::net::SocketAddr;

use bennu::NavigationType;
use bennu::prelude::*;
use bennu::testing::TestConn;

use crate::support::http::{Response, exchange, get};
use crate::support::log::Log;
use crate::support::{endpoint, start};

/// `PURGE /path`, of a host.
async fn request(addr: SocketAddr, method: &str, host: &str, path: &str) -> Response {
    let head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    exchange(addr, head.as_bytes()).await
}

/// What the handler says, or the status where it is not 200.
async fn body(addr: SocketAddr, method: &str, path: &str) -> String {
    body_at(addr, method, "localhost", path).await
}

async fn body_at(addr: SocketAddr, method: &str, host: &str, path: &str) -> String {
    let response = request(addr, method, host, path).await;
    if response.status == 200 { response.body } else { response.status.to_string() }
}

/// What was asked for, and the parameters of the path.
fn said(what: &str, conn: &Conn) -> String {
    let params = conn.path_params();
    let params: Vec<_> =
        params.iter().map(|(name, value)| format!(" {name}={}", value.as_text().unwrap_or("?"))).collect();
    format!("{what}{}", params.concat())
}

mod posts {
    use bennu::Conn;

    use super::said;

    pub async fn index(conn: Conn) -> String {
        said("index", &conn)
    }
    pub async fn new(conn: Conn) -> String {
        said("new", &conn)
    }
    pub async fn edit(conn: Conn) -> String {
        said("edit", &conn)
    }
    pub async fn show(conn: Conn) -> String {
        said("show", &conn)
    }
    pub async fn create(conn: Conn) -> String {
        said("create", &conn)
    }
    pub async fn update(conn: Conn) -> String {
        said("update", &conn)
    }
    pub async fn delete(conn: Conn) -> String {
        said("delete", &conn)
    }
}

mod web {
    pub mod admin {
        use bennu::Conn;

        pub async fn index(conn: Conn) -> String {
            super::super::said("admin", &conn)
        }

        pub mod sites {
            pub async fn show() -> &'static str {
                "site"
            }
        }
    }
}

#[derive(Default)]
struct Trail(String);

fn mark(name: &'static str) -> impl bennu::Plug {
    move |conn: Conn| async move {
        let before = conn.assigned::<Trail>().map(|trail| trail.0.clone()).unwrap_or_default();
        conn.assign(Trail(format!("{before}{name} ")));
    }
}

async fn first(conn: Conn) {
    conn.assign(Trail("first ".to_owned()));
}

async fn refuse(_conn: Conn) -> Option<&'static str> {
    Some("refused")
}

#[derive(Clone)]
struct Area(&'static str);

async fn area_to_trail(conn: Conn) {
    let area = conn.assigned::<Area>().map_or("no area", |area| area.0);
    conn.assign(Trail(format!("{area} {:?} ", conn.assigned::<i64>().as_deref())));
}

async fn trail(conn: Conn) -> String {
    conn.assigned::<Trail>().map(|trail| trail.0.clone()).unwrap_or_default()
}

async fn echo(conn: Conn) -> String {
    said(conn.method().as_str(), &conn)
}

async fn rest(conn: Conn) -> String {
    conn.rest().join("|")
}

async fn asked(conn: Conn, params: Params) -> String {
    format!("{}|{}", conn.path_params().get("id").unwrap_or_default(), params.get("q").unwrap_or_default())
}

async fn address(conn: Conn) -> String {
    conn.url(path!("/v1/address"))
}

fn inner() -> axum::Router {
    axum::Router::new().route("/status", axum::routing::get(async |conn: Conn| trail(conn).await))
}

#[derive(LiveView)]
struct ListLive {
    shown: String,
}

#[live_view]
impl ListLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let of = |to: String| match cx.navigation_type(to) {
            NavigationType::Patch => "patch",
            NavigationType::Navigate => "navigate",
            NavigationType::Href => "href",
        };
        let kinds = [
            of(path!("/list", page = 2)),
            of(path!("/list/{7}")),
            of(path!("/detail")),
            of(path!("/staff")),
            of(path!("/posts")),
            of("https://elsewhere.example/list".to_owned()),
        ];
        Ok(Self { shown: format!("{:?} {} {}", cx.live_action(), kinds.join(" "), cx.url(path!("/list"))) })
    }

    fn render(&self) -> Element {
        rsx! { p { "{self.shown}" } }
    }
}

#[derive(LiveView)]
struct DetailLive;

#[live_view]
impl DetailLive {
    fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self)
    }

    fn render(&self) -> Element {
        rsx! { p { "detail" } }
    }
}

router! {
    pipeline outer { first, mark("outer") }
    pipeline both { outer, mark("both") }
    pipeline refusing { refuse, mark("never") }

    scope "/" (host = "api.") {
        get "/whose" => async || "api";
        scope "/" (host = ["www.one.example", "www.two.example"]) { get "/www" => async || "www"; }
    }
    get "/whose" => async || "everybody";

    resources "/posts" => posts;
    resources "/users" => posts (only = [index, show]) {
        resources "/posts" => posts (except = [delete]);
        get "/trail" => trail;
    }
    resources "/news" => posts (param = "slug", name = "article", only = [show]) {
        resource "/author" => posts (only = [show]);
    }
    resource "/account" => posts (except = [new]) { get "/log" => echo; }

    scope "/admin" (alias = web) {
        scope "/" (alias = admin) {
            get "/" => index;
            get "/trail" => self::trail;
            resources "/sites" => sites (only = [show]);
        }
    }

    scope "/area" (assign = Area("outer")) through [area_to_trail] {
        get "/" => trail;
        scope "/in" (assign = [Area("inner"), 7_i64]) { get "/" => trail; }
    }
    scope "/log" {
        get "/" => async || "info";
        scope "/off" (log = off) { get "/" => async || "off"; }
        scope "/debug" (log = debug) { get "/" => async || "debug"; }
    }

    scope "/plugs" through [outer] through [mark("second")] {
        get "/" => trail;
        scope "/in" through [both, mark("last")] { get "/" => trail; }
        scope "/refused" through [refusing] { get "/" => trail; }
        forward "/inner" => inner();
    }

    match [get, post, "REPORT"] "/echo/match" => echo;
    method "PURGE" "/echo/method" => echo;
    any "/echo/any" => echo;
    options "/echo/options" => echo;
    head "/echo/head" => echo;
    get "/echo/new" => async || "literal";
    get "/echo/:id" => echo;
    get "/v:version/robots" => echo;
    get "/v:version/address" => address;
    get "/rest/*parts" => rest;
    get "/asked/:id" => asked;

    live_session public {
        live "/list" => ListLive;
        live "/list/:id" => ListLive as show;
        live "/detail" => DetailLive;
    }
    live_session staff { live "/staff" => ListLive; }
}

#[tokio::test]
async fn resources_answer_with_seven_functions_and_put_and_patch_both_update() {
    let server = start(Routes).await;
    for (method, path, answer) in [
        ("GET", "/posts", "index"),
        ("GET", "/posts/new", "new"),
        ("GET", "/posts/7/edit", "edit id=7"),
        ("GET", "/posts/7", "show id=7"),
        ("POST", "/posts", "create"),
        ("PUT", "/posts/7", "update id=7"),
        ("PATCH", "/posts/7", "update id=7"),
        ("DELETE", "/posts/7", "delete id=7"),
        ("DELETE", "/posts", "405"),
        ("GET", "/posts/7/x", "404"),
    ] {
        assert_eq!(body(server.addr(), method, path).await, answer, "{method} {path}");
    }
}

#[tokio::test]
async fn nested_resources_know_whose_they_are() {
    let server = start(Routes).await;
    for (method, path, answer) in [
        ("GET", "/users/3/posts", "index user_id=3"),
        ("GET", "/users/3/posts/7", "show id=7 user_id=3"),
        ("PATCH", "/users/3/posts/7", "update id=7 user_id=3"),
        ("GET", "/users/3/posts/new", "new user_id=3"),
        ("GET", "/news/a-b", "show slug=a-b"),
        ("GET", "/news/a-b/author", "show article_slug=a-b"),
    ] {
        assert_eq!(body(server.addr(), method, path).await, answer, "{method} {path}");
    }
}

#[tokio::test]
async fn only_and_except_leave_routes_out() {
    let server = start(Routes).await;
    for (method, path, answer) in [
        ("GET", "/users/3", "show id=3"),
        ("POST", "/users", "405"),
        ("DELETE", "/users/3", "405"),
        ("GET", "/users/3/edit", "404"),
        ("DELETE", "/users/3/posts/7", "405"),
        ("GET", "/users/new", "show id=new"),
    ] {
        assert_eq!(body(server.addr(), method, path).await, answer, "{method} {path}");
    }
}

#[tokio::test]
async fn a_singleton_has_neither_index_nor_id() {
    let server = start(Routes).await;
    for (method, path, answer) in [
        ("GET", "/account", "show"),
        ("GET", "/account/edit", "edit"),
        ("POST", "/account", "create"),
        ("PUT", "/account", "update"),
        ("PATCH", "/account", "update"),
        ("DELETE", "/account", "delete"),
        ("GET", "/account/7", "404"),
        ("GET", "/account/new", "404"),
        ("GET", "/account/log", "GET"),
    ] {
        assert_eq!(body(server.addr(), method, path).await, answer, "{method} {path}");
    }
}

#[tokio::test]
async fn a_host_is_of_the_innermost_scope_that_names_one() {
    let server = start(Routes).await;
    for (host, path, answer) in [
        ("api.example.com", "/whose", "api"),
        ("API.example.com:4000", "/whose", "api"),
        ("example.com", "/whose", "everybody"),
        ("www.one.example", "/www", "www"),
        ("www.two.example", "/www", "www"),
        ("api.example.com", "/www", "404"),
    ] {
        assert_eq!(body_at(server.addr(), "GET", host, path).await, answer, "{host}{path}");
    }
}

#[tokio::test]
async fn an_alias_is_where_relative_paths_begin() {
    let server = start(Routes).await;
    assert_eq!(body(server.addr(), "GET", "/admin").await, "admin");
    assert_eq!(body(server.addr(), "GET", "/admin/sites/7").await, "site");
    assert_eq!(body(server.addr(), "GET", "/admin/trail").await, "");
}

#[tokio::test]
async fn what_a_scope_assigns_is_there_before_the_first_plug_and_the_innermost_counts() {
    let server = start(Routes).await;
    assert_eq!(body(server.addr(), "GET", "/area").await, "outer None ");
    assert_eq!(body(server.addr(), "GET", "/area/in").await, "inner Some(7) ");
}

#[tokio::test]
async fn each_request_has_a_line_in_the_log_as_loud_as_its_scope_says() {
    let log = Log::start();
    let conn = TestConn::new(endpoint(Routes)).expect("an endpoint");
    for path in ["/log?token=secret", "/log/off", "/log/debug", "/log/nowhere"] {
        conn.get(path).await;
    }
    let text = log.text();
    let line = |shown: &str| text.lines().filter(|line| line.contains(shown)).collect::<Vec<_>>();
    for (level, shown) in
        [(" INFO", "GET /log 200 in "), ("DEBUG", "GET /log/debug 200 in "), (" INFO", "GET /log/nowhere 404 in ")]
    {
        let [line] = *line(shown) else { panic!("not one line of {shown}: {text}") };
        assert!(line.starts_with(level) && line.contains("request_id="), "{line}");
    }
    assert!(line("/log/off").is_empty() && line("secret").is_empty(), "{text}");
}

#[tokio::test]
async fn plugs_run_in_the_order_in_which_they_are_written_until_one_answers() {
    let server = start(Routes).await;
    for (path, trail) in [
        ("/plugs", "first outer second "),
        ("/plugs/in", "first outer both last "),
        ("/plugs/refused", "refused"),
        ("/plugs/inner/status", "first outer second "),
        ("/plugs/nowhere", "404"),
    ] {
        assert_eq!(body(server.addr(), "GET", path).await, trail, "{path}");
    }
}

#[tokio::test]
async fn a_route_answers_to_the_methods_that_it_names() {
    let server = start(Routes).await;
    for (method, path, answer) in [
        ("GET", "/echo/match", "GET"),
        ("POST", "/echo/match", "POST"),
        ("REPORT", "/echo/match", "REPORT"),
        ("PUT", "/echo/match", "405"),
        ("PURGE", "/echo/method", "PURGE"),
        ("TRACE", "/echo/any", "TRACE"),
        ("OPTIONS", "/echo/options", "OPTIONS"),
        ("GET", "/echo/new", "literal"),
        ("GET", "/echo/head", "GET id=head"),
        ("GET", "/echo/7", "GET id=7"),
    ] {
        assert_eq!(body(server.addr(), method, path).await, answer, "{method} {path}");
    }
    let purge = request(server.addr(), "GET", "localhost", "/v/robots").await;
    assert_eq!(purge.status, 404);
}

#[tokio::test]
async fn captures_are_a_segment_a_part_of_one_or_the_rest() {
    let server = start(Routes).await;
    assert_eq!(get(server.addr(), "/v12/robots", &[]).await.body, "GET version=12");
    assert_eq!(get(server.addr(), "/rest/a/b%2Fc", &[]).await.body, "a|b/c");
    assert_eq!(get(server.addr(), "/rest", &[]).await.status, 200);
    assert_eq!(get(server.addr(), "/rest/%ff", &[]).await.status, 400);
}

#[tokio::test]
async fn what_path_writes_is_what_the_handler_reads() {
    let server = start(Routes).await;
    for value in ["7", "a b", "r\u{e4}ume/halle 1", "a&b=c", "100%", "?#", "a+b", "%2F", "..x", "\u{1f916}", "\"<>\\"] {
        let asked = get(server.addr(), &path!("/asked/{value}", q = value), &[]).await;
        assert_eq!(asked.body, format!("{value}|{value}"));
        let parts = [value, "x"];
        assert_eq!(get(server.addr(), &path!("/rest/{parts..}"), &[]).await.body, parts.join("|"));
        assert_eq!(get(server.addr(), &path!("/v{value}/robots"), &[]).await.body, format!("GET version={value}"));
    }
    let params = Params::decode("q=x&page=1&tags[]=a%26b").unwrap();
    assert_eq!(path!("/asked/{1}", q = None::<i32>, ..params), "/asked/1?page=1&tags%5B%5D=a%26b");
}

#[tokio::test]
async fn absolute_urls_are_those_of_the_configuration_whatever_a_request_says() {
    let server = start(Routes).await;
    let local = format!("http://localhost:{}", server.addr().port());
    let asked = request(server.addr(), "GET", "evil.example", "/v1/address").await;
    assert_eq!(asked.body, format!("{local}/v1/address"));
    assert_eq!(server.url(path!("/posts/{7}")), format!("{local}/posts/7"));
    let url = bennu::PublicUrl::new("https://fleet.example").unwrap();
    let server = endpoint(Routes).public_url(url).start().await.unwrap();
    assert_eq!(body(server.addr(), "GET", "/v1/address").await, "https://fleet.example/v1/address");
    let page = get(server.addr(), "/list", &[]).await.body;
    assert!(page.contains("https://fleet.example/list"), "{page}");
}

#[tokio::test]
async fn a_link_is_a_patch_a_navigation_or_a_page_load_by_where_it_leads() {
    let server = start(Routes).await;
    let page = get(server.addr(), "/list/7", &[]).await.body;
    assert!(page.contains("Some(\"show\") patch patch navigate href href href"), "{page}");
    let page = get(server.addr(), "/staff", &[]).await.body;
    assert!(page.contains("None href href href patch href href"), "{page}");
}

mod localized {
    use bennu::prelude::*;

    router! {
        scope "/:locale" {
            get "/" => super::trail;
            get "/robots/:id" => super::trail;
        }
        asset "/files/app.css" ("text/css") => b"";
    }

    fn locale() -> &'static str {
        "de"
    }

    /// What an application writes once.
    macro_rules! local_path {
        ($($path:tt)*) => { path!(under "/{locale()}", $($path)*) };
    }

    #[test]
    fn a_prefix_is_put_before_the_paths_that_are_behind_it() {
        assert_eq!(local_path!("/"), "/de");
        assert_eq!(local_path!("/robots/{7}", page = 2), "/de/robots/7?page=2");
        assert_eq!(local_path!("/files/app.css"), "/files/app.css");
        assert_eq!(path!("/{\"fr\"}/robots/7"), "/fr/robots/7");
    }
}

#[cfg(feature = "ecto")]
mod schemas {
    use bennu::ecto::prelude::*;
    use bennu::prelude::{ToParam, path};

    use super::Routes;

    #[derive(Schema, Clone)]
    #[schema(source = "robots")]
    struct Robot {
        #[schema(primary_key)]
        id: i64,
        name: String,
    }

    #[derive(Schema, Clone)]
    #[schema(source = "sites", param = slug)]
    struct Site {
        #[schema(primary_key)]
        id: Uuid,
        slug: String,
    }

    /// A type of a key that stands in no path is no mistake until a path wants it.
    #[derive(Schema, Clone)]
    #[schema(source = "logs")]
    struct Log {
        #[schema(primary_key)]
        at: Json<Vec<u8>>,
    }

    #[derive(Schema, Clone)]
    #[schema(source = "posts", param = false)]
    struct Post {
        #[schema(primary_key)]
        id: i64,
    }

    impl ToParam for Post {
        fn to_param(&self) -> String {
            format!("{}-first", self.id)
        }
    }

    #[test]
    fn a_schema_s_struct_is_its_key_or_the_field_that_it_names() {
        let robot = Robot { id: 7, name: "Ada".to_owned() };
        assert_eq!(path!("/posts/{robot}", q = robot.name), "/posts/7?q=Ada");
        let sites = [Site { id: Uuid::nil(), slug: "halle 1".to_owned() }];
        assert_eq!(path!("/posts/{sites[0]}"), "/posts/halle%201");
        assert_eq!(path!("/posts/{sites[0].id}"), "/posts/00000000-0000-0000-0000-000000000000");
        assert_eq!(path!("/posts/{Post { id: 7 }}", of = &robot), "/posts/7-first?of=7");
        let _ = Log { at: Json(Vec::new()) };
    }
}
