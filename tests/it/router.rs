//! The route table over real requests: order, methods, hosts, encodings, other routers below ours, and what handlers can ask for.

use std::collections::HashMap;

use axum::extract::{NestedPath, OriginalUri, Path, Query};
use bennu::prelude::*;
use bennu::telemetry::{self, RouterDispatch, Stop};
use bennu::{Halt, RouteKind};

use crate::support::http::{get, request};
use crate::support::start;

async fn param(conn: Conn) -> String {
    let params = conn.params();
    let shown: Vec<_> =
        params.iter().map(|(name, value)| format!("{name}={}", value.as_text().unwrap_or("?"))).collect();
    format!("{} {}", conn.route().path, shown.join(" "))
}

async fn status_of(server: &bennu::Server, method: &str, path: &str) -> u16 {
    request(server.addr(), method, path, &[]).await.status
}

async fn body_of(server: &bennu::Server, path: &str) -> String {
    get(server.addr(), path, &[]).await.body
}

#[tokio::test]
async fn the_first_route_that_matches_wins() {
    let server = start(
        Router::new()
            .get("/robots/:id", param)
            .get("/robots/new", async || "new")
            .get("/cars/new", async || "new")
            .get("/cars/:id", param)
            .get("/*all", param),
    )
    .await;
    assert_eq!(body_of(&server, "/robots/new").await, "/robots/:id id=new");
    assert_eq!(body_of(&server, "/cars/new").await, "new");
    assert_eq!(body_of(&server, "/cars/7").await, "/cars/:id id=7");
    assert_eq!(body_of(&server, "/cars/7/wheels").await, "/*all all=cars/7/wheels");
    assert_eq!(body_of(&server, "/").await, "/*all all=");
}

#[tokio::test]
async fn every_verb_has_its_routes_and_a_path_without_one_says_which_it_has() {
    let server = start(
        Router::new()
            .get("/r", async || "get")
            .post("/r", async || "post")
            .put("/r", async || "put")
            .patch("/r", async || "patch")
            .options("/r", async || "options")
            .method("PURGE", "/r", async || "purge")
            .delete("/only", async || "delete")
            .any("/any", async |conn: Conn| conn.method().to_string()),
    )
    .await;
    for verb in ["GET", "POST", "PUT", "PATCH", "OPTIONS", "PURGE"] {
        let answer = request(server.addr(), verb, "/r", &[]).await;
        assert_eq!((answer.status, answer.body.to_uppercase()), (200, verb.to_owned()));
    }
    for verb in ["GET", "TRACE", "BREW"] {
        assert_eq!(request(server.addr(), verb, "/any", &[]).await.body, verb);
    }
    let refused = request(server.addr(), "DELETE", "/r", &[]).await;
    assert_eq!((refused.status, refused.header("allow")), (405, Some("GET, HEAD, OPTIONS, PATCH, POST, PURGE, PUT")));
    assert_eq!(request(server.addr(), "GET", "/only", &[]).await.header("allow"), Some("DELETE"));
    assert_eq!(status_of(&server, "DELETE", "/nowhere").await, 404);
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let server = start(Router::new().get("/text", async || "twelve bytes").post("/post", async || "")).await;
    let answer = request(server.addr(), "HEAD", "/text", &[]).await;
    assert_eq!((answer.status, answer.header("content-length"), &*answer.body), (200, Some("12"), ""));
    assert!(answer.header("content-security-policy").is_some());
    assert_eq!(status_of(&server, "HEAD", "/post").await, 405);
}

#[tokio::test]
async fn paths_are_compared_decoded_and_wrong_encodings_are_refused() {
    let server = start(
        Router::new()
            .get("/admin", async || "admin")
            .get("/api/v:version/:name", param)
            .get("/files/*rest", async |conn: Conn| conn.rest().join("|")),
    )
    .await;
    for path in ["/admin", "/%61dmin", "//admin/", "/admin/"] {
        assert_eq!(body_of(&server, path).await, "admin", "{path}");
    }
    let expected = "/api/v:version/:name name=r é version=2";
    assert_eq!(body_of(&server, "/api/v2/r%20%C3%A9").await, expected);
    assert_eq!(status_of(&server, "GET", "/api/2/x").await, 404);
    assert_eq!(body_of(&server, "/files/a/b%2Fc//d").await, "a|b/c|d");
    assert_eq!(body_of(&server, "/files").await, "");
    for path in ["/admin/%zz", "/%ff", "/files/%", "/admin?a=%zz", "/admin?a=%ff", "/nowhere/%4"] {
        assert_eq!(status_of(&server, "GET", path).await, 400, "{path}");
    }
}

#[tokio::test]
async fn a_scope_of_a_host_is_for_that_host_only() {
    let server = start(
        Router::new()
            .scope(Scope::new("/").host("api."), |router| router.get("/", async || "api").get("/only", async || "only"))
            .scope(Scope::new("/").host("robots.example.com"), |router| router.get("/", async || "robots"))
            .get("/", async || "any"),
    )
    .await;
    for (host, expected) in [
        ("api.example.com", "api"),
        ("API.localhost:4000", "api"),
        ("robots.example.com:80", "robots"),
        ("a.robots.example.com", "any"),
        ("myapi.example.com", "any"),
    ] {
        assert_eq!(request(server.addr(), "GET", "/", &[("host", host)]).await.body, expected, "{host}");
    }
    assert_eq!(request(server.addr(), "GET", "/only", &[("host", "example.com")]).await.status, 404);
}

#[tokio::test]
async fn scopes_put_their_paths_together() {
    let server = start(Router::new().scope(Scope::new("/orgs/:org"), |router| {
        router.get("/", param).scope(Scope::new("/robots"), |router| router.get("/:id", param))
    }))
    .await;
    assert_eq!(body_of(&server, "/orgs/7").await, "/orgs/:org org=7");
    assert_eq!(body_of(&server, "/orgs/7/robots/8").await, "/orgs/:org/robots/:id id=8 org=7");
}

#[tokio::test]
async fn parameters_of_the_path_come_over_those_of_the_query() {
    let server = start(Router::new().get("/robots/:id", param).get("/typed/:id", async |params: Params| {
        params.parse::<u32>("id").map_or_else(|error| error.to_string(), |id| (id + 1).to_string())
    }))
    .await;
    assert_eq!(body_of(&server, "/robots/7?id=8&q=a+b").await, "/robots/:id id=7 q=a b");
    assert_eq!(body_of(&server, "/typed/41").await, "42");
}

#[tokio::test]
async fn axum_s_extractors_see_what_our_table_has_found() {
    async fn pair(Path((a, b)): Path<(u32, String)>, uri: Uri) -> String {
        format!("{a} {b} {}", uri.path())
    }
    async fn named(Path(names): Path<HashMap<String, String>>, Query(query): Query<HashMap<String, String>>) -> String {
        format!("{} {}", names["rest"], query["q"])
    }
    async fn none(path: Option<Path<u32>>) -> String {
        format!("{}", path.is_none())
    }
    let server = start(
        Router::new().get("/v:a/x/:b", pair).get("/plain/:a/:b", pair).get("/rest/*rest", named).get("/none", none),
    )
    .await;
    assert_eq!(body_of(&server, "/v1/x/b%20%2F").await, "1 b / /v1/x/b%20%2F");
    assert_eq!(body_of(&server, "/plain/1/b%20%2F").await, "1 b / /plain/1/b%20%2F");
    assert_eq!(body_of(&server, "/%70lain//1/b/").await, "1 b /%70lain//1/b/");
    assert_eq!(body_of(&server, "/rest/a/b?q=1").await, "a/b 1");
    assert_eq!(body_of(&server, "/none").await, "true");
    assert_eq!(status_of(&server, "GET", "/plain/one/b").await, 400);
}

#[tokio::test]
async fn another_router_sees_the_path_without_its_prefix_and_only_what_the_pipelines_let_through() {
    async fn seen(uri: Uri, OriginalUri(whole): OriginalUri, nested: NestedPath, conn: Conn) -> String {
        format!("{} {} {} {}", uri, whole, nested.as_str(), conn.uri())
    }
    async fn gate(conn: Conn) -> Option<Halt> {
        conn.params().get("key").is_none().then(|| Halt::with((axum::http::StatusCode::UNAUTHORIZED, "key?")))
    }
    let inner = axum::Router::new().route("/", axum::routing::get(seen)).route("/status", axum::routing::any(seen));
    let server = start(
        Router::new()
            .get("/admin/ours", async || "ours")
            .scope(Scope::new("/admin").through(Pipeline::new("gate").plug(gate)), |router| {
                router.forward("/jobs", inner)
            }),
    )
    .await;
    assert_eq!(body_of(&server, "/admin/ours").await, "ours");
    assert_eq!(get(server.addr(), "/admin/jobs/status", &[]).await.status, 401);
    let whole = "/admin/jobs/status?key=1";
    assert_eq!(body_of(&server, whole).await, format!("/status?key=1 {whole} /admin/jobs {whole}"));
    assert!(body_of(&server, "/admin/jobs?key=1").await.starts_with("/?key=1 "));
    // As for every other route, how the path was written does not matter.
    for written in ["/admin/jobs/?key=1", "//admin//jobs?key=1", "/%61dmin/jobs?key=1"] {
        assert_eq!(body_of(&server, written).await, format!("/?key=1 {written} /admin/jobs {written}"));
    }
    assert!(body_of(&server, "/admin/jobs//status?key=1").await.starts_with("/status?key=1 "));
    assert_eq!(status_of(&server, "GET", "/admin/jobs/status/?key=1").await, 404);
    assert_eq!(status_of(&server, "DELETE", whole).await, 200);
    assert_eq!(status_of(&server, "GET", "/admin/jobs/nowhere?key=1").await, 404);
    assert_eq!(status_of(&server, "GET", "/admin/jobsearch?key=1").await, 404);
}

#[tokio::test]
async fn a_request_s_route_is_told_to_telemetry() {
    let (told, hears) = std::sync::mpsc::channel();
    let _attached = telemetry::attach(move |event: &Stop<RouterDispatch>| {
        // Other tests are heard, too.
        if event.metadata.uri.path().starts_with("/telemetry/") {
            told.send((event.metadata.route.clone(), event.metadata.method.clone())).ok();
        }
    });
    let server = start(
        Router::new()
            .scope(Scope::new("/telemetry").through(Pipeline::new("empty")), |router| router.get("/:id", param)),
    )
    .await;
    get(server.addr(), "/telemetry/7", &[]).await;
    let (route, method) = hears.recv_timeout(std::time::Duration::from_secs(20)).expect("an event");
    assert_eq!((&*route.path, &*route.pipelines, route.kind), ("/telemetry/:id", &["empty"][..], RouteKind::Handler));
    assert_eq!(method, "GET");
}
