//! E18 to E27: what queries find.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use ecto_lite::adapter::Dialect;
use ecto_lite::query::functions::{
    Bound, Frame, Unit, all, any, array_agg, coalesce, count, count_all, exists, not_exists, row_number, selected,
    selected_as, splice, string_agg, sum, window,
};
use ecto_lite::query::{
    AnyField, Comparison, Dynamic, IntoExpr, JoinKind, Query, Row, as_, cte, dynamic, from_source, optional, row, subquery,
    subquery_as, table_fragment, values,
};
use ecto_lite::{Repo, RepoError, Schema, Value, fragment};

use super::schemas::{LogEntry, Mission, Person, Robot, Site, Tag};

pub async fn fleet(repo: &Repo) {
    repo.execute_script(
        "INSERT INTO sites (id, name) VALUES (1, 'Hub'), (2, 'Pit');
         INSERT INTO robots (id, name, battery, site_id) VALUES
             (1, 'Ada', 80, 1), (2, 'Bob', 15.5, 1), (3, 'Cyd', 40, NULL), (4, '50%_\\', 15.5, 2);
         INSERT INTO missions (id, title, priority, done, robot_id) VALUES
             (1, 'dig', 3, FALSE, 1), (2, 'fly', 5, TRUE, 1), (3, 'sit', 1, FALSE, NULL), (4, 'dig', 2, FALSE, 2),
             (5, 'nap', 9, TRUE, 4);
         INSERT INTO tags (id, name) VALUES (1, 'red'), (2, 'blue');
         INSERT INTO robots_tags (robot_id, tag_id) VALUES (1, 1), (1, 2), (2, 1);
         INSERT INTO log_entries (id, message, mission_id) VALUES (1, 'ok', 1), (2, 'boom', 1), (3, 'ok', 4);
         INSERT INTO people (id, name, email, manager_id) VALUES
             (1, 'Root', NULL, NULL), (2, 'Ann', 'ann@x', 1), (3, 'Ben', NULL, 1), (4, 'Cat', 'cat@x', 2)",
    )
    .await
    .unwrap();
}

fn ids() -> Query<Robot, i64> {
    Robot::query().order_by(|r| r.id).select(|r| r.id)
}

#[allow(clippy::needless_pass_by_value)] // It reads better where it is called.
#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, RepoError>) {
    assert!(matches!(result, Err(RepoError::Query(_))), "{result:?}");
}

pub async fn conditions_find_what_they_say(repo: Repo) {
    fleet(&repo).await;
    let found = |query: Query<Robot, i64>| {
        let repo = repo.clone();
        async move { repo.all(query).await.unwrap() }
    };
    assert_eq!(found(ids().filter(|r| r.battery.lt(20))).await, [2, 4]);
    assert_eq!(found(ids().filter(|r| r.battery.between(15.5, 40.0))).await, [2, 3, 4]);
    assert_eq!(found(ids().filter(|r| r.name.gte("Bob").and(r.id.ne(2)))).await, [3]);
    assert_eq!(found(ids().filter(|r| r.id.is_in([1, 3, 9]))).await, [1, 3]);
    assert_eq!(found(ids().filter(|r| r.name.not_in(vec!["Ada", "Bob"]))).await, [3, 4]);
    assert_eq!(found(ids().filter(|r| r.battery.is_in(&[15.5][..]))).await, [2, 4]);
    assert_eq!(found(ids().filter(|r| r.id.is_in(Vec::<i64>::new()))).await, [] as [i64; 0]);
    assert_eq!(found(ids().filter(|r| r.site_id.is_null())).await, [3]);
    assert_eq!(found(ids().filter(|r| r.site_id.is_not_null().and(!r.site_id.eq(1)))).await, [4]);
    assert_eq!(found(ids().filter(|r| r.site_id.ne(1))).await, [4], "null is neither equal nor unequal");
    assert_eq!(found(ids().filter(|r| r.name.like("_o%"))).await, [2]);
    assert_eq!(found(ids().filter(|r| r.name.ilike("b%"))).await, [2]);
    assert_eq!(found(ids().filter(|r| r.name.contains("%_"))).await, [4]);
    assert_eq!(found(ids().filter(|r| r.name.ends_with(r"\"))).await, [4]);
    assert_eq!(found(ids().filter(|r| r.name.starts_with("5_"))).await, [] as [i64; 0]);
    assert_eq!(found(ids().filter(|r| r.id.eq(1)).or_filter(|r| r.id.eq(3))).await, [1, 3]);
    assert_eq!(found(ids().filter(|r| (r.battery * 2 + 1.0).gt(r.id * 50))).await, [1]);
    assert_eq!(found(ids().filter(|r| r.name.lower().eq("ada").or(r.name.length().eq(5)))).await, [1, 4]);
}

pub async fn hostile_values_are_only_values(repo: Repo) {
    fleet(&repo).await;
    let hostile = "'; DROP TABLE robots; --";
    let query = Robot::query().filter(|r| {
        r.name.eq(hostile).or(r.name.contains(hostile)).or(r.name.is_in([hostile])).or(fragment!("? = ?", r.name, hostile => bool))
    });
    assert_eq!(repo.all(query.comment(hostile)).await.unwrap(), []);
    assert_eq!(repo.count(Robot::query()).await.unwrap(), 4);
    assert!(repo.all(Robot::query().prefix(r#"main"; DROP TABLE robots; --"#)).await.is_err());
    assert_eq!(repo.count(Robot::query()).await.unwrap(), 4);
}

pub async fn order_limit_and_distinct(repo: Repo) {
    fleet(&repo).await;
    let by_site = Robot::query().order_by(|r| (r.site_id.desc().nulls_last(), r.id)).select(|r| r.id);
    assert_eq!(repo.all(&by_site).await.unwrap(), [4, 1, 2, 3]);
    assert_eq!(repo.all(by_site.clone().reverse_order()).await.unwrap(), [3, 2, 1, 4]);
    assert_eq!(repo.all(by_site.clone().limit(2).offset(1)).await.unwrap(), [1, 2]);
    assert_eq!(repo.all(by_site.clone().offset(3)).await.unwrap(), [3]);
    assert_eq!(repo.all(by_site.prepend_order_by(|r| r.battery)).await.unwrap(), [4, 2, 3, 1]);
    let batteries = Robot::query().distinct().order_by(|r| r.battery).select(|r| r.battery);
    assert_eq!(repo.all(batteries).await.unwrap(), [15.5, 40.0, 80.0]);
    assert_eq!(repo.one(Robot::query().last().select(|r| r.id)).await.unwrap(), Some(4));
    let each_site = Robot::query().distinct_on(|r| r.site_id).order_by(|r| (r.site_id, r.battery)).select(|r| r.id);
    let lowest = ids().exclude(ecto_lite::query::Clause::OrderBy).order_by(|r| r.battery).limit(1).with_ties();
    if repo.dialect() == Dialect::Sqlite {
        refused(repo.all(each_site).await);
        refused(repo.all(lowest).await);
        return;
    }
    assert_eq!(repo.all(each_site).await.unwrap(), [2, 4, 3]);
    assert_eq!(repo.all(lowest).await.unwrap().len(), 2);
}

pub async fn joins_of_every_kind(repo: Repo) {
    fleet(&repo).await;
    let inner = Robot::query().join(|r| r.missions).order_by(|(_, m)| m.id).select(|(r, m)| (r.id, m.id));
    assert_eq!(repo.all(inner).await.unwrap(), [(1, 1), (1, 2), (2, 4), (4, 5)]);
    let left = Robot::query().left_join(|r| r.missions).order_by(|(r, m)| (r.id, m.id)).select(|(r, m)| (r.id, optional(m)));
    let left = repo.all(left).await.unwrap();
    assert_eq!(left.iter().map(|(id, mission)| (*id, mission.as_ref().map(|m| &*m.title))).collect::<Vec<_>>(), [
        (1, Some("dig")),
        (1, Some("fly")),
        (2, Some("dig")),
        (3, None),
        (4, Some("nap"))
    ]);
    let right = Robot::query()
        .right_join_on::<Mission>(|(r, m)| m.robot_id.eq(r.id))
        .order_by(|(_, m)| m.id)
        .select(|(r, m)| (r.name.nullable(), m.id));
    assert_eq!(repo.all(right).await.unwrap()[2], (None, 3));
    let full = Robot::query().full_join_on::<Mission>(|(r, m)| m.robot_id.eq(r.id)).select(|_| count_all());
    assert_eq!(repo.one(full).await.unwrap(), Some(6));
    assert_eq!(repo.count(Robot::query().cross_join::<Site>()).await.unwrap(), 8);
    let tagged = Robot::query().join(|r| r.tags).filter(|(_, t)| t.name.eq("red")).order_by(|(r, _)| r.id);
    assert_eq!(repo.all(tagged.select(|(r, _)| r.id)).await.unwrap(), [1, 2]);
    let deep = Robot::query().join(|r| r.missions).join(|(_, m)| m.logs).filter(|(.., l)| l.message.eq("boom"));
    assert_eq!(repo.all(deep.select(|(r, m, l)| (r.name, m, l))).await.unwrap()[0].2, LogEntry {
        id: 2,
        message: "boom".into(),
        mission_id: 1,
        ..LogEntry::default()
    });
}

pub async fn lateral_joins_and_quantifiers(repo: Repo) {
    fleet(&repo).await;
    let best = Robot::query()
        .join_lateral(JoinKind::LeftLateral, |r| {
            subquery(Mission::query().filter(move |m| m.robot_id.eq(r.id)).order_by(|m| m.priority.desc()).limit(1))
        })
        .order_by(|(r, _)| r.id)
        .select(|(r, m)| (r.id, m.title.nullable()));
    let full = ids().filter(|r| r.battery.gte(all(Robot::query().select(|r| r.battery))));
    let named = ids().filter(|r| r.name.eq(any(Person::query().select(|p| p.name))));
    if repo.dialect() == Dialect::Sqlite {
        refused(repo.all(best).await);
        refused(repo.all(full).await);
        refused(repo.all(named).await);
        return;
    }
    let title = |title: &str| Some(title.to_owned());
    assert_eq!(repo.all(best).await.unwrap(), [(1, title("fly")), (2, title("dig")), (3, None), (4, title("nap"))]);
    assert_eq!(repo.all(full).await.unwrap(), [1]);
    assert_eq!(repo.all(named).await.unwrap(), [] as [i64; 0]);
}

pub async fn groups_and_aggregates(repo: Repo) {
    fleet(&repo).await;
    let by_robot = Mission::query()
        .filter(|m| m.robot_id.is_not_null())
        .group_by(|m| m.robot_id)
        .order_by(|_| selected::<i64>("total").desc())
        .order_by(|m| m.robot_id)
        .select(|m| {
            (
                m.robot_id,
                selected_as(m.id.count(), "total"),
                m.priority.sum().filter(m.done),
                m.priority.avg(),
                m.title.count().distinct(),
                m.priority.max(),
            )
        });
    assert_eq!(repo.all(by_robot).await.unwrap(), [
        (Some(1), 2, Some(5), Some(4.0), 2, Some(5)),
        (Some(2), 1, None, Some(2.0), 1, Some(2)),
        (Some(4), 1, Some(9), Some(9.0), 1, Some(9)),
    ]);
    let busy = Mission::query()
        .group_by(|m| m.title)
        .having(|m| count(m.id).gt(1))
        .or_having(|m| m.priority.max().eq(9))
        .order_by(|m| m.title);
    let busy = busy.select(|m| (m.title, string_agg(coalesce(m.robot_id, 0).cast_as::<String>(), "+", m.id)));
    let text = |text: &str| text.to_owned();
    assert_eq!(repo.all(busy).await.unwrap(), [(text("dig"), Some(text("1+2"))), (text("nap"), Some(text("4")))]);
    let titles = Mission::query().select(|m| array_agg(m.title, m.id.desc()));
    let titles = repo.one(titles).await.unwrap().unwrap();
    assert_eq!(titles.unwrap(), ["nap", "dig", "sit", "fly", "dig"]);
    let none = Mission::query().filter(|m| m.id.gt(99)).select(|m| (m.id.sum(), m.priority.avg(), array_agg(m.id, ())));
    assert_eq!(repo.one(none).await.unwrap(), Some((None, None, None)));
}

pub async fn queries_inside_of_queries(repo: Repo) {
    fleet(&repo).await;
    let busy = ids().filter(|r| exists(Mission::query().filter(|m| m.robot_id.eq(r.id).and(m.done))));
    assert_eq!(repo.all(busy).await.unwrap(), [1, 4]);
    let idle = ids().filter(|r| not_exists(Mission::query().filter(|m| m.robot_id.eq(r.id))));
    assert_eq!(repo.all(idle).await.unwrap(), [3]);
    let digs = Mission::query().filter(|m| m.title.eq("dig")).select(|m| m.robot_id);
    assert_eq!(repo.all(ids().filter(|r| r.id.is_in(digs.clone()))).await.unwrap(), [1, 2]);
    let above = ids().filter(|r| r.battery.gt(Robot::query().select(|r| r.battery.avg())));
    assert_eq!(repo.all(above).await.unwrap(), [1, 3]);
    let counted = ids().select(|r| (r.id, Mission::query().filter(|m| m.robot_id.eq(r.id)).select(|_| count_all())));
    assert_eq!(repo.all(counted).await.unwrap(), [(1, Some(2)), (2, Some(1)), (3, Some(0)), (4, Some(1))]);
    // Ecto's `parent_as`: the inner query is written without the outer one.
    let logged = exists(Mission::query().join(|m| m.logs).filter(|(m, _)| m.robot_id.eq(as_::<Robot>("robot").id)));
    assert_eq!(repo.all(ids().as_("robot").filter(|_| logged)).await.unwrap(), [1, 2]);
    let sum_of = Robot::query().order_by(|r| {
        Mission::query().filter(|m| m.robot_id.eq(r.id)).select(|m| coalesce(m.priority.sum(), 0)).into_expr().desc()
    });
    assert_eq!(repo.all(sum_of.limit(1).select(|r| r.id)).await.unwrap(), [4]);
}

/// What a subquery or a list gives.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(embedded, primary_key = false)]
pub struct Total {
    pub robot_id: i64,
    pub total: i64,
}

fn totals() -> Query<Mission, (Option<i64>, i64)> {
    Mission::query()
        .filter(|m| m.robot_id.is_not_null())
        .group_by(|m| m.robot_id)
        .select(|m| (m.robot_id, selected_as(count(m.id), "total")))
}

pub async fn sources_that_are_no_tables(repo: Repo) {
    fleet(&repo).await;
    let joined = Robot::query()
        .join_source(JoinKind::Inner, subquery_as::<Total>(totals()), |(r, t)| t.robot_id.eq(r.id))
        .filter(|(_, t)| t.total.gt(1))
        .select(|(r, t)| (r.name, t));
    assert_eq!(repo.all(joined).await.unwrap(), [("Ada".to_owned(), Total { robot_id: 1, total: 2 })]);
    let low = from_source(subquery(Robot::query().filter(|r| r.battery.lt(20)))).filter(|r| r.site_id.eq(2));
    assert_eq!(repo.all(low).await.unwrap()[0].id, 4);
    let by_name = from_source(cte::<Total>("totals")).with_cte("totals", totals()).order_by(|t| t.robot_id);
    assert_eq!(repo.all(by_name).await.unwrap().len(), 3);
    let list = values([Total { robot_id: 3, total: 7 }, Total { robot_id: 1, total: 8 }]);
    let listed = Robot::query().join_source(JoinKind::Inner, list, |(r, v)| v.robot_id.eq(r.id));
    let listed = listed.order_by(|(_, v)| v.total).select(|(r, v)| (r.name, v.total));
    assert_eq!(repo.all(listed).await.unwrap(), [("Cyd".to_owned(), 7), ("Ada".to_owned(), 8)]);
    assert_eq!(repo.all(from_source(values(Vec::<Total>::new()))).await.unwrap(), []);
    let numbers = table_fragment::<Total>(fragment!("(SELECT CAST(? AS bigint) AS robot_id, CAST(? AS bigint) AS total)", 1, 2));
    assert_eq!(repo.all(from_source(numbers)).await.unwrap(), [Total { robot_id: 1, total: 2 }]);
}

pub async fn a_tree_is_read_by_a_recursive_query(repo: Repo) {
    fleet(&repo).await;
    let below = Person::query().filter(|p| p.id.eq(1)).union_all(
        from_source(cte::<Person>("tree")).join_on::<Person>(|(t, p)| p.manager_id.eq(t.id)).select(|(_, p)| p),
    );
    let tree = from_source(cte::<Person>("tree")).with_recursive_cte("tree", below).order_by(|p| p.id).select(|p| p.name);
    assert_eq!(repo.all(tree).await.unwrap(), ["Root", "Ann", "Ben", "Cat"]);
}

pub async fn rows_of_two_queries(repo: Repo) {
    fleet(&repo).await;
    let low = || Robot::query().filter(|r| r.battery.lt(20)).select(|r| r.id);
    let named = || Robot::query().filter(|r| r.name.lt("C")).select(|r| r.id);
    let in_order = |query: Query<Robot, i64>| query.order_by(|r| r.id);
    assert_eq!(repo.all(in_order(low()).union(named())).await.unwrap(), [1, 2, 4]);
    assert_eq!(repo.all(in_order(low()).union_all(named()).limit(3)).await.unwrap(), [1, 2, 2]);
    assert_eq!(repo.all(in_order(low()).intersect(named())).await.unwrap(), [2, 4]);
    assert_eq!(repo.all(in_order(named()).except(low())).await.unwrap(), [1]);
    assert_eq!(repo.all(in_order(low()).union_all(in_order(named()).limit(1))).await.unwrap(), [1, 2, 4]);
    assert_eq!(repo.count(low().union(named())).await.unwrap(), 3);
    refused(repo.all(Robot::query().select(|r| (r.id, r.id)).map(|_| 0).union(Robot::query().select(|_| count_all()).map(|_| 0))).await);
}

pub async fn the_best_of_each_group(repo: Repo) {
    fleet(&repo).await;
    let ranked = Mission::query().select(|m| {
        let in_robot = window().partition_by(m.robot_id).order_by(m.priority.desc());
        (coalesce(m.robot_id, 0).named("robot_id"), row_number().over(in_robot).named("total"))
    });
    let best = from_source(subquery_as::<Total>(ranked)).filter(|t| t.total.eq(1)).order_by(|t| t.robot_id);
    assert_eq!(repo.all(best.select(|t| t.robot_id)).await.unwrap(), [0, 1, 2, 4]);
    let running = Mission::query().order_by(|m| m.id).select(|m| {
        let so_far = window().order_by(m.id).frame(Frame::rows(Bound::UnboundedPreceding, Bound::CurrentRow));
        sum(m.priority).over(so_far)
    });
    assert_eq!(repo.all(running).await.unwrap(), [Some(3), Some(8), Some(9), Some(11), Some(20)]);
}

pub async fn fragments_stay_parametrised(repo: Repo) {
    fleet(&repo).await;
    let found = ids().filter(|r| fragment!("? IN (?)", r.id, splice([1, 2, 7]) => bool));
    assert_eq!(repo.all(found).await.unwrap(), [1, 2]);
    let none = ids().filter(|r| fragment!("? IN (?)", r.id, splice(Vec::<i64>::new()) => bool));
    assert_eq!(repo.all(none).await.unwrap(), [] as [i64; 0]);
    let shouted = Robot::query().first().select(|r| fragment!("upper(?) || ?", r.name, "!" => String));
    assert_eq!(repo.one(shouted).await.unwrap().as_deref(), Some("ADA!"));
}

/// Any subset of a form's fields is one query.
pub async fn conditions_are_built_at_run_time(repo: Repo) {
    fleet(&repo).await;
    let form = |name: Option<&str>, below: Option<f64>, sites: Vec<i64>| {
        let name = name.map(|name| dynamic::<Robot>(|r| r.name.contains(name)));
        let below = below.map(|below| dynamic::<Robot>(|r| r.battery.lt(below)));
        let sites = Dynamic::any(sites.into_iter().map(|site| dynamic::<Robot>(|r| r.site_id.eq(site))));
        ids().filter_dynamic(Dynamic::all(name.into_iter().chain(below))).filter_dynamic(sites)
    };
    assert_eq!(repo.all(form(None, None, vec![1, 2])).await.unwrap(), [1, 2, 4]);
    assert_eq!(repo.all(form(Some("b"), Some(20.0), vec![1])).await.unwrap().len(), 1);
    assert_eq!(repo.all(form(None, None, vec![])).await.unwrap(), [] as [i64; 0]);
    for (field, input, expected) in [("battery", "40", vec![3]), ("name", "Bob", vec![2]), ("id", "4", vec![4])] {
        let field = AnyField::<Robot>::named(field).unwrap();
        let query = ids().filter(|r| r.compare(field, Comparison::Eq, &input.into()).unwrap());
        assert_eq!(repo.all(query.order_by(|r| r.desc(field))).await.unwrap(), expected);
    }
}

/// Built without knowing whether the query has the site already.
fn at_hub(query: Query<Robot, i64>) -> Query<Robot, i64> {
    query
        .join_once("site", JoinKind::Left, |r| r.site)
        .named::<Site>("site", |query, s| query.filter(|_| s.name.eq("Hub")))
}

pub async fn a_source_is_found_by_name(repo: Repo) {
    fleet(&repo).await;
    assert_eq!(repo.all(at_hub(ids())).await.unwrap(), [1, 2]);
    assert_eq!(repo.all(at_hub(at_hub(ids()))).await.unwrap(), [1, 2]);
    refused(repo.all(ids().named::<Site>("site", |query, s| query.filter(|_| s.name.eq("Hub")))).await);
}

/// What a row becomes.
#[derive(Debug, PartialEq)]
struct Summary {
    name: String,
    missions: i64,
}

pub async fn rows_become_what_is_selected(repo: Repo) {
    fleet(&repo).await;
    let query = Robot::query().left_join(|r| r.missions).group_by(|(r, _)| (r.id, r.name)).order_by(|(r, _)| r.id).limit(1);
    let summary = query.clone().select_with(
        |(r, m)| (r.name, m.id.count()),
        &["name", "missions"],
        |(name, missions)| Summary { name, missions },
    );
    assert_eq!(repo.all(summary).await.unwrap(), [Summary { name: "Ada".into(), missions: 2 }]);
    let map: Vec<Row> = repo.all(query.select(|(r, m)| row().with("name", r.name).with("total", m.id.count()))).await.unwrap();
    assert_eq!(map[0].iter().collect::<BTreeMap<_, _>>(), BTreeMap::from([
        ("name", &Value::Text("Ada".into())),
        ("total", &Value::Int(2))
    ]));
    assert_eq!(map[0].load::<i64>("total").unwrap(), 2);
    assert!(map[0].load::<i64>("totl").is_err());
    let merged = Robot::query().first().select_merge(|r| r.name.concat("!"), |robot, name| robot.name = name);
    assert_eq!(repo.one(merged).await.unwrap().unwrap().name, "Ada!");
    let whole = Tag::query().join(|t| t.robots).order_by(|(t, r)| (t.id, r.id)).select(|(t, r)| (r, t)).first();
    let (robot, tag) = repo.one(whole).await.unwrap().unwrap();
    assert_eq!((&*robot.name, &*tag.name), ("Ada", "red"));
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "gadgets")]
pub struct Gadget {
    #[schema(primary_key)]
    pub id: i64,
    pub labels: Vec<String>,
    pub flags: Vec<bool>,
    pub meta: serde_json::Value,
    pub made_on: NaiveDate,
    pub seen_at: DateTime<Utc>,
}

/// Makes the table of gadgets and puts one there.
pub async fn gadget(repo: &Repo) -> Gadget {
    repo.execute_script(match repo.dialect() {
        Dialect::Sqlite => "CREATE TABLE gadgets (id INTEGER PRIMARY KEY, labels TEXT NOT NULL, flags TEXT NOT NULL, meta TEXT NOT NULL, made_on TEXT NOT NULL, seen_at TEXT NOT NULL)",
        _ => "CREATE TABLE gadgets (id bigint PRIMARY KEY, labels text[] NOT NULL, flags boolean[] NOT NULL, meta jsonb NOT NULL, made_on date NOT NULL, seen_at timestamptz NOT NULL)",
    })
    .await
    .unwrap();
    let gadget = Gadget {
        id: 1,
        labels: vec!["new".into(), "red".into(), "new".into()],
        flags: vec![true, false],
        meta: serde_json::json!({ "arms": [{ "speed": 1.5 }, { "speed": 4 }], "name": "g", "on": true, "a b.c": null }),
        made_on: "2024-01-31".parse().unwrap(),
        seen_at: "2024-02-28T23:30:00.250Z".parse().unwrap(),
    };
    Box::pin(repo.insert(gadget.clone())).await.unwrap();
    gadget
}

pub async fn documents_arrays_and_times(repo: Repo) {
    let made = gadget(&repo).await;
    let count = |query: Query<Gadget>| {
        let repo = repo.clone();
        async move { repo.count(query).await.unwrap() }
    };
    assert_eq!(count(Gadget::query().filter(|g| g.labels.array_contains("red"))).await, 1);
    assert_eq!(count(Gadget::query().filter(|g| g.labels.array_contains("re"))).await, 0);
    assert_eq!(count(Gadget::query().filter(|g| g.meta.json_path_as::<f64>(("arms", 1, "speed")).gt(3))).await, 1);
    assert_eq!(count(Gadget::query().filter(|g| g.meta.json_path_as::<String>("name").eq("g"))).await, 1);
    assert_eq!(count(Gadget::query().filter(|g| g.meta.json_path_as::<bool>("on").eq(true))).await, 1);
    assert_eq!(count(Gadget::query().filter(|g| g.meta.json_path_as::<String>(("a b.c",)).is_null())).await, 1);
    let parts = Gadget::query().select(|g| {
        (g.meta.json_path(("arms", 0)), g.meta.json_path_as::<i64>(("arms", 1, "speed")), g.meta.json_path("none"))
    });
    assert_eq!(repo.one(parts).await.unwrap(), Some((Some(serde_json::json!({ "speed": 1.5 })), Some(4), None)));
    let added = Gadget::query().select(|g| {
        (
            g.made_on.date_add(1, Unit::Day),
            g.seen_at.datetime_add(g.id * 45, Unit::Minute),
            g.seen_at.datetime_add(-2, Unit::Week),
            g.seen_at.datetime_add(750, Unit::Millisecond),
        )
    });
    assert_eq!(
        repo.one(added).await.unwrap(),
        Some((
            "2024-02-01".parse().unwrap(),
            "2024-02-29T00:15:00.250Z".parse().unwrap(),
            "2024-02-14T23:30:00.250Z".parse().unwrap(),
            "2024-02-28T23:30:01Z".parse().unwrap(),
        ))
    );
    let before = Gadget::query().filter(|g| g.seen_at.datetime_add(1, Unit::Day).lt(ecto_lite::query::functions::now()));
    assert_eq!(repo.all(before).await.unwrap(), [made]);
}
