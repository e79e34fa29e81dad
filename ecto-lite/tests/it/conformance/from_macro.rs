//! E18 to E29 in keywords: what `from!` reads and changes. That its SQL is the builder's is tested beside.

use ecto_lite::query::functions::Unit;
use ecto_lite::query::{Dynamic, Row};
use ecto_lite::schema::Association;
use ecto_lite::{Repo, RepoError, dynamic, from};

use super::schemas::{LogEntry, Mission, Person, Robot, Site, Tag};

async fn fleet(repo: &Repo) {
    repo.execute_script(
        "INSERT INTO sites (id, name) VALUES (1, 'North'), (2, 'South');
         INSERT INTO robots (id, name, battery, site_id) VALUES
             (1, 'Ada', 80, 1), (2, 'Bob', 15.5, 1), (3, 'Cyd', 40, 2), (4, 'Dot', 15.5, NULL);
         INSERT INTO missions (id, title, priority, done, robot_id) VALUES
             (1, 'dig', 3, true, 1), (2, 'fly', 5, false, 1), (3, 'sit', 1, false, 2), (4, 'run', 2, true, NULL);
         INSERT INTO log_entries (id, message, mission_id) VALUES (1, 'began', 1), (2, 'ended', 1), (3, 'began', 2);
         INSERT INTO tags (id, name) VALUES (1, 'red'), (2, 'big');
         INSERT INTO robots_tags (robot_id, tag_id) VALUES (1, 1), (1, 2), (3, 2);
         INSERT INTO people (id, name, email, manager_id) VALUES (1, 'Eve', 'eve@x', NULL), (2, 'Max', NULL, 1)",
    )
    .await
    .unwrap();
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Summary {
    name: String,
    missions: i64,
    site: Option<Site>,
}

pub async fn conditions_choose_rows(repo: Repo) {
    fleet(&repo).await;
    let limit = 50.0;
    let low = from!(r in Robot, where: r.battery < limit, order_by: [asc: r.battery, desc: r.name], select: r.name);
    assert_eq!(low.all(&repo).await.unwrap(), ["Dot", "Bob", "Cyd"]);
    let name = String::from("Ada' OR '1' = '1");
    assert_eq!(from!(r in Robot, where: r.name == name).count(&repo).await.unwrap(), 0);
    let homeless = from!(r in Robot, where: r.site_id.is_null() || r.name.starts_with("A"), order_by: r.id, select: r.id);
    assert_eq!(homeless.all(&repo).await.unwrap(), [1, 4]);
    assert_eq!(from!(p in Person, where: [name: "Max", manager_id: 1]).count(&repo).await.unwrap(), 1);
    let recent = from!(r in Robot, where: r.updated_at > ago(1, Unit::Hour) && !(r.id + 1 == 3), select: count());
    assert_eq!(recent.one(&repo).await.unwrap(), Some(3));
}

pub async fn shapes_are_what_rows_become(repo: Repo) {
    fleet(&repo).await;
    let summaries = from!(r in Robot,
        left_join: m in r.missions,
        left_join: s in r.site,
        group_by: (r.id, r.name, s.id, s.name),
        having: count(m.id) > 0 || r.name == "Dot",
        order_by: r.name,
        select: Summary { name: upper(r.name), missions: count(m.id), site: s });
    let north = Site { id: 1, name: "North".into(), ..Site::default() };
    assert_eq!(
        summaries.all(&repo).await.unwrap(),
        [
            Summary { name: "ADA".into(), missions: 2, site: Some(north.clone()) },
            Summary { name: "BOB".into(), missions: 1, site: Some(north) },
            Summary { name: "DOT".into(), missions: 0, site: None },
        ]
    );
    let merged = from!(r in Robot,
        where: r.id == 1,
        select: Summary { name: r.name, ..Summary::default() },
        select_merge: { missions: r.id * 7 });
    assert_eq!(merged.one(&repo).await.unwrap().unwrap(), Summary { name: "Ada".into(), missions: 7, site: None });
    let renamed = from!(r in Robot, where: r.id == 2, select: Robot { name: lower(r.name), ..r });
    let bob = renamed.one(&repo).await.unwrap().unwrap();
    assert_eq!((bob.id, &*bob.name, bob.battery), (2, "bob", 15.5));
    let relabelled = from!(r in Robot, where: r.id == 2, select_merge: { name: upper(r.name), battery: r.battery * 2 });
    let bob = relabelled.one(&repo).await.unwrap().unwrap();
    assert_eq!((bob.id, &*bob.name, bob.battery), (2, "BOB", 31.0));
    let rows: Vec<Row> = from!(r in Robot, where: r.id == 3, select: { r.name, double: r.id * 2 }).all(&repo).await.unwrap();
    assert_eq!(rows[0].load::<String>("name").unwrap(), "Cyd");
    assert_eq!(rows[0].load::<i64>("double").unwrap(), 6);
    let nested = from!(r in Robot, where: r.id == 1, select: (r.id, (r.name, Some(r.battery))));
    assert_eq!(nested.one(&repo).await.unwrap(), Some((1, ("Ada".into(), Some(80.0)))));
}

pub async fn joins_bind_associations_schemas_and_queries(repo: Repo) {
    fleet(&repo).await;
    let tagged = from!(r in Robot, join: t in r.tags, where: t.name == "big", order_by: r.id, select: r.name);
    assert_eq!(tagged.all(&repo).await.unwrap(), ["Ada", "Cyd"]);
    let pairs = from!(r in Robot,
        join: o in Robot, on: o.site_id == r.site_id && o.id > r.id,
        select: (r.name, o.name));
    assert_eq!(pairs.all(&repo).await.unwrap(), [("Ada".into(), "Bob".into())]);
    let urgent = from!(m in Mission, where: m.priority > 2);
    let busy = from!(r in Robot, join: m in &urgent, on: m.robot_id == r.id, order_by: m.id, select: (r.name, m.title));
    assert_eq!(busy.all(&repo).await.unwrap(), [("Ada".into(), "dig".into()), ("Ada".into(), "fly".into())]);
    let none = from!(r in Robot, left_join: m in r.missions, on: m.done, order_by: r.id, select: (r.id, m));
    let none: Vec<(i64, Option<i64>)> =
        none.all(&repo).await.unwrap().into_iter().map(|(id, m)| (id, m.map(|m| m.id))).collect();
    assert_eq!(none, [(1, Some(1)), (2, None), (3, None), (4, None)]);
    assert_eq!(from!(s in Site, cross_join: t in Tag, select: (s.id, t.id)).count(&repo).await.unwrap(), 4);
}

pub async fn a_query_is_extended_without_knowing_its_joins(repo: Repo) {
    fleet(&repo).await;
    let base = from!(r in Robot, join: t in r.tags, join: m in r.missions, as: "missions");
    let open = from!((r, .., m in Mission as "missions") in &base, where: !m.done, distinct: true, select: r.name);
    assert_eq!(open.all(&repo).await.unwrap(), ["Ada"]);
    let by_position = from!((_, t, m) in &base, where: t.name == "red", order_by: m.id, select: m.title);
    assert_eq!(by_position.all(&repo).await.unwrap(), ["dig", "fly"]);
    let by_name = from!(r in base, where: as_::<Mission>("missions").priority == 5, distinct: true, select: r.id);
    assert_eq!(by_name.all(&repo).await.unwrap(), [1]);
}

pub async fn inner_queries_name_outer_bindings(repo: Repo) {
    fleet(&repo).await;
    let idle = from!(r in Robot,
        where: not_exists(from!(m in Mission, where: m.robot_id == r.id)),
        order_by: r.id,
        select: r.name);
    assert_eq!(idle.all(&repo).await.unwrap(), ["Cyd", "Dot"]);
    let deep = from!(r in Robot,
        where: exists(from!(m in Mission,
            where: m.robot_id == r.id && exists(from!(l in LogEntry, where: l.mission_id == m.id && r.id == 1)))),
        select: r.name);
    assert_eq!(deep.all(&repo).await.unwrap(), ["Ada"]);
    let above = from!(r in Robot, where: r.battery > from!(o in Robot, select: avg(o.battery)), order_by: r.id, select: r.id);
    assert_eq!(above.all(&repo).await.unwrap(), [1, 3]);
    let logged = from!(m in Mission, where: m.id.is_in(from!(l in LogEntry, select: l.mission_id)), order_by: m.id, select: m.id);
    assert_eq!(logged.all(&repo).await.unwrap(), [1, 2]);
}

pub async fn the_first_of_each_group_by_a_window(repo: Repo) {
    fleet(&repo).await;
    let ranked = from!(m in Mission,
        windows: { w: { partition_by: m.robot_id, order_by: [desc: m.priority] } },
        where: m.robot_id.is_not_null(),
        order_by: m.id,
        select: (m.title, over(row_number(), w)));
    let ranked = ranked.all(&repo).await.unwrap();
    assert_eq!(ranked, [("dig".into(), 2), ("fly".into(), 1), ("sit".into(), 1)]);
}

pub async fn run_time_conditions_make_one_query(repo: Repo) {
    fleet(&repo).await;
    let search = |name: Option<&str>, below: Option<f64>, site: Option<i64>| {
        let mut conditions = Vec::new();
        if let Some(name) = name {
            conditions.push(dynamic!(r in Robot, r.name.contains(name)));
        }
        if let Some(below) = below {
            conditions.push(dynamic!(r in Robot, r.battery < below));
        }
        if let Some(site) = site {
            conditions.push(dynamic!(r in Robot, r.site_id == site));
        }
        from!(r in Robot, where: Dynamic::all(conditions), order_by: r.id, select: r.id)
    };
    assert_eq!(search(None, None, None).all(&repo).await.unwrap(), [1, 2, 3, 4]);
    assert_eq!(search(None, Some(20.0), None).all(&repo).await.unwrap(), [2, 4]);
    assert_eq!(search(Some("b"), Some(20.0), Some(1)).all(&repo).await.unwrap(), [2]);
}

pub async fn updates_and_deletes_touch_what_was_chosen(repo: Repo) {
    fleet(&repo).await;
    let bonus = 1.5;
    let charge = from!(r in Robot, update: { r.battery += bonus, r.name = upper(r.name), r.site_id = None::<i64> }, where: r.battery < 20.0);
    assert_eq!(repo.update_all(charge).await.unwrap(), 2);
    let changed = from!(r in Robot, where: r.battery == 17.0 && r.site_id.is_null(), order_by: r.id, select: r.name);
    assert_eq!(changed.all(&repo).await.unwrap(), ["BOB", "DOT"]);
    let drain = from!(r in Robot, where: [name: "Ada"], update: { r.battery -= 30 });
    assert_eq!(repo.update_all(drain).await.unwrap(), 1);
    assert_eq!(from!(r in Robot, where: r.name == "Ada" && r.battery == 50.0).count(&repo).await.unwrap(), 1);
    assert_eq!(repo.delete_all(from!(l in LogEntry, where: l.message == "began")).await.unwrap(), 2);
    assert_eq!(from!(l in LogEntry, select: l.id).all(&repo).await.unwrap(), [2]);
}

pub async fn preloads_name_associations(repo: Repo) {
    fleet(&repo).await;
    let robots = from!(r in Robot,
        where: r.id <= 2,
        order_by: r.id,
        preload: [site, missions: [logs], tags: from!(t in Tag, order_by: [desc: t.name])]);
    let robots = robots.all(&repo).await.unwrap();
    assert_eq!(robots[0].site.get().unwrap().unwrap().name, "North");
    let titles: Vec<_> = robots[0].missions.rows().iter().map(|m| (&*m.title, m.logs.rows().len())).collect();
    assert_eq!(titles, [("dig", 2), ("fly", 1)]);
    let tags: Vec<_> = robots[0].tags.rows().iter().map(|tag| &*tag.name).collect();
    assert_eq!(tags, ["red", "big"]);
    assert_eq!(robots[1].tags.get().unwrap().len(), 0);
    assert!(robots[0].badge.get().is_err(), "what was not asked for is not there");
}

pub async fn preloads_take_the_rows_of_joins(repo: Repo) {
    fleet(&repo).await;
    let robots = from!(r in Robot,
        join: m in r.missions,
        left_join: l in m.logs,
        where: m.priority > 1,
        order_by: [r.id, m.id, l.id],
        preload: [missions: (m, logs: l, robot), site]);
    let robots = robots.all(&repo).await.unwrap();
    assert_eq!(robots.len(), 1);
    let missions = robots[0].missions.get().unwrap();
    let logs: Vec<_> = missions.iter().map(|m| (&*m.title, m.logs.get().unwrap().len())).collect();
    assert_eq!(logs, [("dig", 2), ("fly", 1)]);
    assert_eq!(missions[0].robot.get().unwrap().unwrap().name, "Ada");
    assert_eq!(robots[0].site.get().unwrap().unwrap().name, "North");
}

pub async fn what_a_database_lacks_is_said(repo: Repo) {
    fleet(&repo).await;
    let locked = from!(r in Robot, where: r.id == 1, lock: update skip_locked, select: r.id).all(&repo).await;
    match repo.dialect() {
        ecto_lite::adapter::Dialect::Postgres => assert_eq!(locked.unwrap(), [1]),
        _ => assert!(matches!(locked, Err(RepoError::Query(_)))),
    }
}
