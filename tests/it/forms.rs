//! Forms from the browser to the database and back: over a socket, with a changeset and a repo.

use axum::http::{HeaderMap, HeaderValue, header};
use bennu::ecto::migration::{
    Commands, Migration, Migrator, integer, migrations, references, table, text, unique_index,
};
use bennu::prelude::*;
use bennu::session::{SecretKey, SessionCookie, csrf};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::tab::Tab;
use crate::support::{endpoint, http};

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    name: String,
    #[schema(has_many, on_replace = delete)]
    missions: HasMany<Mission>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "missions")]
struct Mission {
    #[schema(primary_key)]
    id: i64,
    title: String,
    priority: Option<i64>,
    robot_id: i64,
}

impl Robot {
    fn changeset(self, params: &impl ToParams) -> Changeset<Self> {
        let missions = CastRelation::with(Mission::changeset).sort_param("missions_sort").drop_param("missions_drop");
        self.cast(params, Robot::name)
            .validate_required(Robot::name)
            .unique_constraint(Robot::name)
            .cast_assoc_with(Robot::missions, missions)
    }
}

impl Mission {
    fn changeset(self, params: &impl ToParams) -> Changeset<Self> {
        self.cast(params, (Mission::title, Mission::priority)).validate_required(Mission::title)
    }
}

struct Tables;

impl Migration for Tables {
    const VERSION: i64 = 1;

    fn change(&self, m: &mut Commands) {
        m.create(table("robots").add("name", text().null(false)));
        m.create(unique_index("robots", ["name"]));
        let missions = table("missions").add("title", text()).add("priority", integer());
        m.create(missions.add("robot_id", references("robots")));
    }
}

async fn repo() -> Repo {
    let repo = Repo::connect("sqlite::memory:").await.expect("a database in memory");
    Migrator::new(&repo, migrations![Tables]).up().await.expect("the tables");
    let robot = Robot::default().changeset(&json!({
        "name": "Robby",
        "missions": [{ "title": "dock", "priority": 1 }, { "title": "patrol", "priority": 2 }],
    }));
    repo.insert(robot).await.expect("a robot with two missions");
    repo.insert(Robot::default().changeset(&json!({ "name": "Gort" }))).await.expect("another robot");
    repo
}

/// The missions of the first robot as `id title priority`.
async fn missions(repo: &Repo) -> Vec<String> {
    let missions = from!(m in Mission, order_by: m.id).all(repo).await.expect("missions");
    missions.iter().map(|mission| format!("{} {} {:?}", mission.id, mission.title, mission.priority)).collect()
}

#[derive(LiveView)]
struct RobotLive {
    robot: Robot,
    form: Form<Robot>,
}

#[live_view]
impl RobotLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let query = from!(r in Robot, where: r.id == 1_i64, preload: missions);
        let robot = query.one(cx.state::<Repo>()).await?.unwrap_or_default();
        Ok(Self { form: robot.clone().change().to_form(), robot })
    }

    #[event]
    fn validate(&mut self, params: Params) {
        self.form = self.robot.clone().changeset(params.within("robot")).to_form();
    }

    #[event]
    async fn save(&mut self, cx: &mut Cx, params: Params) -> Result<()> {
        let changeset = self.robot.clone().changeset(params.within("robot"));
        match cx.state::<Repo>().update(changeset).await {
            Ok(robot) => {
                self.form = robot.clone().change().to_form();
                self.robot = robot;
            }
            Err(WriteError::Invalid(changeset)) => self.form = changeset.to_form(),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn render(&self) -> Element {
        rsx! {
            FormFor { form: &self.form, action: "/robots", phx_change: Self::on_validate(), phx_submit: Self::on_save(),
                Input { field: self.form.field(Robot::name) }
                InputsFor { field: self.form.field(Robot::missions),
                    for row in self.form.inputs_for(Robot::missions) {
                        InputsRow { key: "{row.id()}", form: &row,
                            Input { field: row.field(Mission::title) }
                            Input { field: row.field(Mission::priority), r#type: "number" }
                        }
                    }
                }
            }
        }
    }
}

#[derive(Deserialize)]
struct Search {
    q: String,
    page: u32,
}

#[derive(LiveView)]
struct SearchLive {
    seen: String,
}

#[live_view]
impl SearchLive {
    fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { seen: String::new() })
    }

    #[event]
    fn search(&mut self, params: Params, Fields(search): Fields<Search>, Target(target): Target) {
        let Search { q, page } = search;
        self.seen = format!("{q} {page} {} {target:?}", params.is_used("q"));
    }

    fn render(&self) -> Element {
        rsx! { p { "{self.seen}" } }
    }
}

router! {
    live "/robot" => RobotLive;
    live "/search" => SearchLive;
}

fn form(event: &str, fields: &[(&str, &str)]) -> Value {
    let fields: Params =
        Params::decode(fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"))
            .expect("well formed");
    json!({ "type": "form", "event": event, "value": fields.encode() })
}

async fn opened(repo: &Repo) -> (bennu::Server, Tab) {
    let server = endpoint(Routes).state(repo.clone()).start().await.expect("the server starts");
    let mut tab = Tab::open(server.addr(), "/robot").await;
    tab.join().await;
    (server, tab)
}

#[tokio::test]
async fn rows_of_a_form_are_inserted_updated_and_deleted_by_what_they_send_along() {
    let repo = repo().await;
    let (_server, mut tab) = opened(&repo).await;
    assert!(tab.html().contains(r#"name="robot[missions][1][id]" type="hidden" value="2""#), "{}", tab.html());
    let reply = tab
        .event(form(
            "save",
            &[
                ("robot[name]", "Robby the robot"),
                ("robot[missions_drop][]", "0"),
                ("robot[missions][0][id]", "1"),
                ("robot[missions][0][title]", "dock"),
                ("robot[missions][1][id]", "2"),
                ("robot[missions][1][title]", "patrol twice"),
                ("robot[missions][1][priority]", "7"),
                ("robot[missions][2][title]", "rest"),
                ("robot[missions_sort][]", "1"),
                ("robot[missions_sort][]", "2"),
            ],
        ))
        .await;
    assert_eq!(reply["status"], "ok", "{reply}");
    assert_eq!(missions(&repo).await, ["2 patrol twice Some(7)", "3 rest None"]);
    tab.sees(r#"name="robot[missions][1][id]" type="hidden" value="3""#).await;
    let robot = from!(r in Robot, where: r.id == 1_i64).one(&repo).await.expect("a query").expect("the robot");
    assert_eq!(robot.name, "Robby the robot");
}

#[tokio::test]
async fn what_the_database_refuses_stands_at_the_field_and_what_was_typed_stays() {
    let repo = repo().await;
    let (_server, mut tab) = opened(&repo).await;
    let fields =
        [("robot[name]", "Gort"), ("robot[missions][0][id]", "1"), ("robot[missions][0][title]", "dock again")];
    tab.event(form("save", &fields)).await;
    let html = tab.html();
    assert!(html.contains("<li>has already been taken</li>"), "{html}");
    assert!(html.contains(r#"value="Gort""#) && html.contains(r#"value="dock again""#), "{html}");
    assert_eq!(missions(&repo).await, ["1 dock Some(1)", "2 patrol Some(2)"], "nothing was written");
}

#[tokio::test]
async fn errors_of_rows_show_once_they_are_used_or_the_write_was_refused() {
    let repo = repo().await;
    let (_server, mut tab) = opened(&repo).await;
    let row = |unused: bool| {
        let mark = if unused { "robot[missions][0][_unused_title]" } else { "other" };
        [("robot[name]", "Robby"), ("robot[missions][0][id]", "1"), (mark, ""), ("robot[missions][0][title]", "")]
    };
    tab.event(form("validate", &row(true))).await;
    assert!(!tab.html().contains("can't be blank"), "{}", tab.html());
    tab.event(form("validate", &row(false))).await;
    assert!(tab.html().contains(r#"id="robot_missions_0_title_errors""#), "{}", tab.html());
    tab.event(form("validate", &row(true))).await;
    assert!(!tab.html().contains("can't be blank"), "{}", tab.html());
    tab.event(form("save", &row(true))).await;
    assert!(tab.html().contains("can't be blank"), "{}", tab.html());
}

#[tokio::test]
async fn the_token_in_a_form_is_good_for_the_sessions_browser_and_for_no_other() {
    let repo = repo().await;
    let secret = SecretKey::generate();
    let server = endpoint(Routes).state(repo).secret(secret.clone()).start().await.expect("the server starts");
    let page = http::get(server.addr(), "/robot", &[]).await;
    let token = page.body.split_once(r#"name="_csrf_token" value=""#).expect("a token").1;
    let token = token.split('"').next().expect("its end");
    let mut browser = HeaderMap::new();
    browser.insert(header::COOKIE, HeaderValue::from_str(page.cookie().expect("a session")).expect("a header"));
    let cookies = SessionCookie::new(&secret);
    assert_eq!(csrf::verify(&cookies.read(&browser), token), Ok(()));
    assert!(csrf::verify(&cookies.read(&HeaderMap::new()), token).is_err());
}

#[tokio::test]
async fn an_event_reads_its_form_as_it_came_and_as_a_type_and_refuses_what_does_not_fit() {
    let server = endpoint(Routes).start().await.expect("the server starts");
    let mut tab = Tab::open(server.addr(), "/search").await;
    tab.join().await;
    let reply = tab.event(form("search", &[("_unused_q", ""), ("q", "arm"), ("page", "2"), ("_target", "page")])).await;
    assert_eq!(reply["status"], "ok", "{reply}");
    assert!(tab.html().contains("arm 2 false [&quot;page&quot;]"), "{}", tab.html());

    let reply = tab.event(form("search", &[("q", "arm"), ("page", "two")])).await;
    assert_eq!(
        reply["response"]["reason"], "parameter `page`: not a valid u32: invalid digit found in string",
        "{reply}"
    );
    let reply = tab.event(json!({ "type": "click", "event": "search", "value": {} })).await;
    assert_eq!(reply["response"]["reason"], "event `search` carries no form", "{reply}");
    assert!(tab.html().contains("arm 2"), "the view goes on");
}
