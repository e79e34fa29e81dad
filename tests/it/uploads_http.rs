//! Files that come in multipart forms.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bennu::Upload;
use bennu::prelude::*;
use bennu::testing::{FormPart, TestConn};
use futures_util::StreamExt as _;

use crate::support::endpoint;

type Seen = Mutex<Vec<PathBuf>>;

fn conn(router: Router) -> TestConn {
    TestConn::new(endpoint(router).state(Seen::default())).expect("an endpoint")
}

async fn describe(uploads: Uploads, params: Params, seen: State<Seen>) -> String {
    let mut lines = vec![format!("name={}", params.get("robot[name]").unwrap_or("-"))];
    for (name, file) in uploads.iter() {
        let content = std::fs::read(file.path()).expect("the file is there while the request is handled");
        assert_eq!(content.len() as u64, file.size());
        lines.push(format!("{name} {} {} {}", file.filename(), file.content_type().unwrap_or("-"), content.len()));
        seen.lock().expect("unpoisoned").push(file.path().to_owned());
    }
    lines.join("\n")
}

fn form() -> Vec<FormPart> {
    vec![
        FormPart::text("robot[name]", "Ada ä"),
        FormPart::file("robot[map]", "C:\\maps\\../Lager.png", "image/png", vec![7_u8; 300_000]),
        FormPart::file("photos[]", "a.jpg", "image/jpeg", "a"),
        FormPart::file("photos[]", "b.jpg", "image/jpeg", "bb"),
        FormPart::file("none", "", "application/octet-stream", ""),
    ]
}

#[tokio::test]
async fn files_are_on_disk_while_the_request_lasts_and_gone_after() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let paths = seen.clone();
    let look = async move |uploads: Uploads| {
        paths.lock().expect("unpoisoned").extend(uploads.iter().map(|(_, file)| file.path().to_owned()));
        let all_there = uploads.iter().all(|(_, file)| file.path().exists());
        format!("{} {all_there}", uploads.list("photos[]").len())
    };
    let conn = conn(Router::new().post("/robots", describe).post("/look", look));
    let answer = conn.post("/robots").multipart(form()).await;
    let expected =
        "name=Ada ä\nphotos a.jpg image/jpeg 1\nphotos b.jpg image/jpeg 2\nrobot[map] Lager.png image/png 300000";
    assert_eq!(answer.response(200), expected);
    assert_eq!(conn.post("/look").multipart(form()).await.response(200), "2 true");
    let seen = seen.lock().expect("unpoisoned");
    assert_eq!(seen.len(), 3);
    for path in &*seen {
        assert!(!path.exists(), "{} is still there", path.display());
    }
}

#[tokio::test]
async fn whoever_keeps_an_upload_keeps_its_file() {
    let (give, mut take) = tokio::sync::mpsc::unbounded_channel::<Upload>();
    let keep = async move |uploads: Uploads| {
        let kept = give.send(uploads.get("robot[map]").expect("a map").clone());
        kept.map_or_else(|_| "nobody", |()| "kept").to_owned()
    };
    let conn = conn(Router::new().post("/robots", keep));
    assert_eq!(conn.post("/robots").multipart(form()).await.response(200), "kept");
    let upload = take.recv().await.expect("an upload");
    let path = upload.path().to_owned();
    assert_eq!(std::fs::metadata(&path).expect("still there").len(), 300_000);
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("map.png");
    upload.persist(&place).await.expect("moved");
    drop(upload);
    assert!(!path.exists() && place.exists());
}

#[tokio::test]
async fn a_form_that_is_too_large_or_broken_leaves_no_files() {
    let limited = Pipeline::new("limited").plug(plug::body_limit(100_000));
    let conn = conn(Router::new().scope(Scope::new("/").through(limited), |router| router.post("/robots", describe)));
    assert_eq!(conn.post("/robots").multipart(form()).await.status(), 413);
    let broken = "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\nno end";
    let answer = conn.post("/robots").body("multipart/form-data; boundary=b", broken).await;
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn a_handler_may_stream_a_body_of_any_size() {
    let count = async |body: axum::body::Body| {
        let mut chunks = body.into_data_stream();
        let mut bytes = 0;
        while let Some(chunk) = chunks.next().await {
            bytes += chunk.expect("a chunk").len();
        }
        bytes.to_string()
    };
    let conn = conn(Router::new().post("/raw", count));
    let large = vec![0_u8; 20_000_000];
    assert_eq!(conn.post("/raw").body("application/octet-stream", large).await.response(200), "20000000");
    let parts = [FormPart::file("a", "a", "text/plain", vec![b'a'; 9_000_000])];
    let bytes: usize = conn.post("/raw").multipart(parts).await.response(200).parse().expect("a number");
    assert!(bytes > 9_000_000);
}
