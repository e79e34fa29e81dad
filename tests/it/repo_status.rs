//! A database that is older than the application, and the button that brings it up to date.

use bennu::ecto::check_repo_status;
use bennu::ecto::migration::{Commands, Migration, Migrator, integer, migrations, table};
use bennu::ecto::prelude::*;
use bennu::prelude::*;
use bennu::testing::TestConn;

use crate::support::endpoint;

struct CreateRobots;

impl Migration for CreateRobots {
    const VERSION: i64 = 20_261_128_000_001;

    fn change(&self, to: &mut Commands) {
        to.create(table("robots").add("battery", integer()));
    }
}

async fn conn(debug: bool) -> TestConn {
    let repo = Repo::connect("sqlite::memory:").await.expect("a database");
    let checked = Pipeline::new("checked").plug(check_repo_status(Migrator::new(&repo, migrations![CreateRobots])));
    let router =
        Router::new().scope(Scope::new("/").through(checked), |router| router.get("/robots", async || "all robots"));
    TestConn::new(endpoint(router).debug_errors(debug)).expect("an endpoint")
}

/// The token of the page's button.
fn token(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"token\" value=\"").expect("a button");
    rest.split('"').next().expect("a token")
}

#[tokio::test]
async fn a_developer_runs_pending_migrations_from_the_page_that_names_them() {
    let conn = conn(true).await;
    let page = conn.get("/robots?low=1").await;
    assert!(page.html_response(503).contains("pending migrations: 1"), "{page:?}");
    assert!(page.body().contains("<button>Run migrations</button>"), "{page:?}");
    let token = token(page.body());
    let pressed = conn.post("/live/error-action").form([("token", token)]).await;
    assert_eq!(pressed.redirected_to(), "/robots?low=1");
    assert_eq!(conn.get("/robots").await.text_response(200), "all robots");
    assert_eq!(conn.post("/live/error-action").form([("token", token)]).await.status(), 404);
}

#[tokio::test]
async fn nobody_else_is_offered_anything() {
    let conn = conn(false).await;
    let page = conn.get("/robots").await;
    assert!(!page.html_response(503).contains("button"), "{page:?}");
    for token in ["", "guessed"] {
        assert_eq!(conn.post("/live/error-action").form([("token", token)]).await.status(), 404);
    }
    assert_eq!(conn.get("/robots").await.status(), 503);
}
