//! Files: of a folder, and of the program.

use std::path::Path;

use bennu::StaticFiles;
use bennu::prelude::*;
use bennu::testing::TestConn;

use crate::support::endpoint;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, content: &str| {
        let path = folder.path().join("public").join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    };
    write("app.css", "p { color: red }");
    write("app.css.gz", "gzip");
    write("app.css.br", "brotli");
    write("images/robot a.txt", "0123456789");
    write("images/.hidden", "hidden");
    write(".env", "SECRET");
    write("robots.txt", "all");
    write("private.txt", "private");
    std::fs::write(folder.path().join("secret.txt"), "secret").expect("a file");
    folder
}

fn conn(router: Router) -> TestConn {
    TestConn::new(endpoint(router)).expect("an endpoint")
}

fn files(folder: &Path) -> TestConn {
    conn(Router::new().static_files("/files", StaticFiles::new(folder.join("public"))))
}

#[tokio::test]
async fn a_browser_that_has_a_file_is_not_sent_it_again() {
    let folder = folder();
    let conn = files(folder.path());
    let first = conn.get("/files/app.css").await;
    assert_eq!(first.response(200), "p { color: red }");
    assert_eq!(first.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(first.header("cache-control"), Some("public, no-cache"));
    let tag = first.header("etag").expect("a tag").to_owned();
    assert!(tag.starts_with('"'), "a strong one: {tag}");
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let again = conn.get("/files/app.css").header("if-none-match", &known).await;
        assert_eq!((again.response(304), again.header("etag")), ("", Some(&*tag)), "{known}");
    }
    std::fs::write(folder.path().join("public/app.css"), "p { color: blue; }").expect("a file");
    let changed = conn.get("/files/app.css").header("if-none-match", &tag).await;
    assert_eq!(changed.response(200), "p { color: blue; }");
    let head = conn.head("/files/app.css").await;
    assert_eq!((head.body(), head.header("content-length")), ("", Some("18")));
    assert_eq!(conn.post("/files/app.css").await.status(), 405);
}

#[tokio::test]
async fn a_compressed_variant_is_sent_to_whoever_takes_it() {
    let folder = folder();
    let conn = files(folder.path());
    let get = |encodings: &str| conn.get("/files/app.css").header("accept-encoding", encodings);
    let plain = conn.get("/files/app.css").await;
    let brotli = get("gzip, br").await;
    assert_eq!((brotli.response(200), brotli.header("content-encoding")), ("brotli", Some("br")));
    assert_eq!(brotli.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(get("gzip").await.response(200), "gzip");
    assert_eq!(get("gzip;q=0").await.response(200), "p { color: red }");
    assert_ne!(plain.header("etag"), brotli.header("etag"));
    assert_eq!((plain.header("vary"), brotli.header("vary")), (Some("accept-encoding"), Some("accept-encoding")));
}

#[tokio::test]
async fn a_part_of_a_file_is_sent_if_it_is_still_the_same_file() {
    let folder = folder();
    let conn = files(folder.path());
    let get = || conn.get("/files/images/robot%20a.txt");
    let tag = get().await.header("etag").expect("a tag").to_owned();
    let part = get().header("range", "bytes=2-4").await;
    assert_eq!((part.response(206), part.header("content-range")), ("234", Some("bytes 2-4/10")));
    assert_eq!(part.header("etag"), Some(&*tag));
    assert_eq!(get().header("range", "bytes=-2").await.response(206), "89");
    assert_eq!(get().header("range", "bytes=20-").await.status(), 416);
    assert_eq!(get().header("range", "bytes=2-4").header("if-range", &tag).await.response(206), "234");
    assert_eq!(get().header("range", "bytes=2-4").header("if-range", "\"other\"").await.response(200), "0123456789");
}

/// RFC 9110, 14.2: what cannot be read is ignored; and so are several ranges, as in `Plug.Static`.
#[tokio::test]
async fn a_range_that_is_none_is_ignored() {
    let folder = folder();
    std::fs::write(folder.path().join("public/empty.txt"), "").expect("a file");
    let conn = files(folder.path());
    let get = |range: &'static str| conn.get("/files/images/robot%20a.txt").header("range", range);
    for range in ["bytes=5-2", "bytes=x", "bytes=-", "bytes=+1-2", "items=0-1", "bytes=0-1,4-5", "bytes=-20"] {
        let whole = get(range).await;
        assert_eq!((whole.response(200), whole.header("content-range")), ("0123456789", None), "{range}");
    }
    assert_eq!(get("bytes=8-100").await.response(206), "89");
    assert_eq!(conn.get("/files/empty.txt").header("range", "bytes=0-").await.response(200), "");
}

/// RFC 9110, 15.4.5.
#[tokio::test]
async fn a_file_that_has_not_changed_since_has_the_headers_of_one_that_is_sent() {
    let folder = folder();
    let conn = files(folder.path());
    let first = conn.get("/files/app.css?vsn=d").await;
    let since = first.header("last-modified").expect("a date").to_owned();
    let again = conn.get("/files/app.css?vsn=d").header("if-modified-since", &since).await;
    assert_eq!(again.response(304), "");
    for name in ["etag", "cache-control", "vary"] {
        assert!(again.header(name).is_some(), "{name}");
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
}

#[tokio::test]
async fn nothing_outside_of_the_folder_and_nothing_hidden_is_served() {
    let folder = folder();
    let conn = files(folder.path());
    for path in [
        "/files/../secret.txt",
        "/files/%2e%2e/secret.txt",
        "/files/images/../../secret.txt",
        "/files/..%2fsecret.txt",
        "/files/..%5csecret.txt",
        "/files/images%2f..%2f..%2fsecret.txt",
        "/files/app.css%00",
        "/files/.env",
        "/files/%2eenv",
        "/files/images/.hidden",
        "/files/images",
        "/files/images/",
        "/files/",
        "/files",
        "/files/app.css/x",
        "/files/nothing.css",
    ] {
        let answer = conn.get(path).await;
        assert!(matches!(answer.status(), 400 | 404), "{path}: {answer:?}");
        assert!(!answer.body().contains("secret") && !answer.body().contains("SECRET"), "{path}");
    }
}

#[tokio::test]
async fn a_list_of_names_lets_a_folder_be_served_beside_all_else() {
    let folder = folder();
    let public = StaticFiles::new(folder.path().join("public")).only(["images", "robots.txt"]);
    let conn = conn(Router::new().static_files("/", public).get("/:page", async || "a page"));
    assert_eq!(conn.get("/robots.txt").await.response(200), "all");
    assert_eq!(conn.get("/images/robot%20a.txt").await.response(200), "0123456789");
    assert_eq!(conn.get("/private.txt").await.response(200), "a page");
    assert_eq!(conn.get("/images/nothing").await.status(), 404);
}

fn layout(props: LayoutProps) -> Element {
    rsx! {
        head {
            link { rel: "stylesheet", integrity: static_integrity("/css/app.css"), href: static_path("/css/app.css") }
            link { rel: "icon", href: static_path("/files/robot.svg") }
            {props.head}
        }
        body { {props.inner} }
    }
}

#[derive(LiveView)]
struct LogoLive;

#[live_view]
impl LogoLive {
    fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self)
    }

    fn render(&self) -> Element {
        rsx! { img { src: static_path("/files/robot.svg") } }
    }
}

#[tokio::test]
async fn a_url_that_names_the_content_is_kept_for_a_year() {
    let folder = folder();
    let public = folder.path().join("public");
    std::fs::write(public.join("robot-d1.svg"), "<svg/>").expect("a file");
    std::fs::write(public.join("cache_manifest.json"), r#"{"latest":{"robot.svg":"robot-d1.svg"}}"#).expect("a file");
    let conn = conn(
        Router::new()
            .layout(layout)
            .scope(Scope::new("/css"), |router| router.asset("/app.css", "text/css", b"p { color: red }"))
            .static_files("/files", StaticFiles::new(public))
            .get("/", async || html(|| rsx! { img { src: static_path("/files/robot.svg") } }))
            .live::<LogoLive>("/live", None),
    );
    for path in ["/", "/live"] {
        let page = conn.get(path).await;
        assert_eq!(page.html_response(200).matches("\"/files/robot-d1.svg?vsn=d\"").count(), 2, "{page:?}");
    }
    let page = conn.get("/").await;
    let css = page.body().split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
    assert!(css.starts_with("/css/app-") && css.ends_with(".css?vsn=d"), "{css}");
    // By `openssl dgst -sha512 -binary | base64`.
    let integrity = "sha512-/N6GXxQAO2l9ump/adcHcT/yWxws7as1i5T93IlKmYXjD6shH1GqcykwLwi1Ob0uUTyxFBrXFgwg/Zk5WuqePg==";
    assert!(page.body().contains(&format!("integrity=\"{integrity}\"")), "{page:?}");
    for (url, body) in [(css, "p { color: red }"), ("/files/robot-d1.svg?vsn=d", "<svg/>")] {
        let file = conn.get(url).await;
        assert_eq!(file.response(200), body);
        assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"), "{url}");
    }
    let unversioned = conn.get("/css/app.css").await;
    assert_eq!(unversioned.header("cache-control"), Some("public, no-cache"));
    assert_eq!(unversioned.response(200), "p { color: red }");
}
