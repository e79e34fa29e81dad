//! E06 (loading), E28: associations are loaded on request, by one statement each.

use std::sync::{Arc, Mutex};

use ecto_lite::adapter::Dialect;
use ecto_lite::query::from;
use ecto_lite::repo::preload::{PreloadRows, Preloads};
use ecto_lite::schema::{BelongsTo, HasMany, HasOne, ManyToMany, NotLoaded};
use ecto_lite::{Repo, RepoError, Schema};
use futures_util::StreamExt;

use super::schemas::{LogEntry, Mission, Robot, Site, Tag};
use crate::support::Database;

/// The statements of a repo on a database of its own, while `work` runs.
async fn statements<F: Future<Output = ()>>(dialect: Dialect, work: impl FnOnce(Repo) -> F) -> Vec<String> {
    let database = Database::of(dialect).await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let repo = Repo::builder(&database.url).on_query(move |event| log.lock().unwrap().push(event.sql.to_owned()));
    let repo = repo.connect().await.expect("the database opens");
    repo.execute_script(super::schemas::tables(dialect)).await.expect("the tables can be made");
    fill(&repo).await;
    seen.lock().unwrap().clear();
    work(repo.clone()).await;
    repo.close().await;
    database.remove().await;
    let seen = seen.lock().unwrap();
    seen.clone()
}

pub async fn each_association_and_level_is_one_statement(repo: Repo) {
    let ran = statements(repo.dialect(), async |repo: Repo| {
        let mut sites = repo.all(from::<Site>()).await.unwrap();
        let robots = Site::robots.with((Robot::missions.with(Mission::logs), Robot::tags, Robot::badge));
        repo.preload(&mut sites, robots).await.unwrap();
        repo.preload(&mut sites, Site::robots.with(Robot::missions.with(Mission::logs))).await.unwrap();
    });
    let ran = ran.await;
    // sites; robots; missions, tags, badges; logs; and nothing for what is loaded already.
    assert_eq!(ran.len(), 6, "{ran:#?}");

    let joined = statements(repo.dialect(), async |repo: Repo| {
        let query = from::<Robot>()
            .left_join(|r| r.missions)
            .left_join(|(_, m)| m.logs)
            .preload_joined(Robot::missions, |(_, m, log)| m.with(Mission::logs, log));
        assert_eq!(repo.all(query).await.unwrap().len(), 4);
    });
    assert_eq!(joined.await.len(), 1);

    let streamed = statements(repo.dialect(), async |repo: Repo| {
        let rows: Vec<_> = repo.stream(from::<Robot>()).collect().await;
        assert_eq!(rows.len(), 4);
    });
    assert_eq!(streamed.await.len(), 1);
}

/// Robots as another part of the program sees them: the same table, other associations.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "robots")]
pub struct Machine {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    pub site_id: Option<i64>,
    #[schema(has_many(foreign_key = robot_id), preload_order = |m| m.priority.desc())]
    pub missions: HasMany<Mission>,
    #[schema(has_many(foreign_key = robot_id), where = |m| m.done.eq(false))]
    pub open: HasMany<Mission>,
    #[schema(has_one(foreign_key = robot_id), preload_order = |m| m.priority.desc())]
    pub top: HasOne<Mission>,
    #[schema(has_many, through(missions, logs))]
    pub logs: HasMany<LogEntry>,
    #[schema(has_many, through(open, logs))]
    pub open_logs: HasMany<LogEntry>,
    #[schema(many_to_many(join_through = "robots_tags", join_keys(robot_id, tag_id)), preload_order = |t| t.name)]
    pub tags: ManyToMany<Tag>,
    #[schema(has_many, through(tags, robots))]
    pub kin: HasMany<Robot>,
    #[schema(belongs_to)]
    pub site: BelongsTo<Site>,
}

const ROWS: &str = "
INSERT INTO sites (id, name) VALUES (1, 'Bay'), (2, 'Dock');
INSERT INTO robots (id, name, site_id) VALUES (1, 'R1', 1), (2, 'R2', 1), (3, 'R3', 2), (4, 'R4', NULL);
INSERT INTO missions (id, title, priority, done, robot_id) VALUES
    (1, 'a', 1, FALSE, 1), (2, 'b', 3, TRUE, 1), (3, 'c', 2, FALSE, 1), (4, 'd', 5, FALSE, 2), (5, 'e', 0, FALSE, NULL);
INSERT INTO log_entries (id, message, mission_id) VALUES (1, 'went', 1), (2, 'came', 1), (3, 'saw', 2), (4, 'hid', 4);
INSERT INTO badges (id, number, robot_id) VALUES (1, 77, 1), (2, 88, 3);
INSERT INTO tags (id, name) VALUES (1, 'red'), (2, 'old'), (3, 'unused');
INSERT INTO robots_tags (robot_id, tag_id) VALUES (1, 1), (1, 2), (2, 1), (3, 2);
";

async fn fill(repo: &Repo) {
    repo.execute_script(ROWS).await.expect("the rows fit the tables");
}

async fn robots(repo: &Repo) -> Vec<Robot> {
    fill(repo).await;
    repo.all(from::<Robot>().order_by(|r| r.id)).await.expect("robots")
}

async fn machines(repo: &Repo) -> Vec<Machine> {
    fill(repo).await;
    repo.all(from::<Machine>().order_by(|r| r.id)).await.expect("machines")
}

fn titles(missions: &[Mission]) -> Vec<&str> {
    missions.iter().map(|mission| mission.title.as_str()).collect()
}

fn messages(logs: &[LogEntry]) -> Vec<&str> {
    logs.iter().map(|log| log.message.as_str()).collect()
}

fn names(tags: &[Tag]) -> Vec<&str> {
    tags.iter().map(|tag| tag.name.as_str()).collect()
}

/// For associations whose order is the database's.
fn sorted(mut texts: Vec<&str>) -> Vec<&str> {
    texts.sort_unstable();
    texts
}

pub async fn nothing_is_loaded_that_was_not_asked_for(repo: Repo) {
    let robots = robots(&repo).await;
    let error = robots[0].missions.get().unwrap_err();
    assert_eq!(error, NotLoaded { schema: "Robot", field: "missions" });
    assert!(!robots[0].site.is_loaded());
}

pub async fn has_many_gives_each_owner_its_rows(repo: Repo) {
    let mut robots = robots(&repo).await;
    repo.preload(&mut robots, Robot::missions).await.unwrap();
    let found: Vec<_> = robots.iter().map(|robot| sorted(titles(robot.missions.get().unwrap()))).collect();
    assert_eq!(found, [vec!["a", "b", "c"], vec!["d"], vec![], vec![]]);
    let mission = &robots[1].missions.get().unwrap()[0];
    assert_eq!((mission.robot_id, mission.robot.is_loaded()), (Some(2), false));
}

pub async fn has_one_gives_a_row_or_none(repo: Repo) {
    let mut robots = robots(&repo).await;
    repo.preload(&mut robots, Robot::badge).await.unwrap();
    let numbers: Vec<_> = robots.iter().map(|robot| robot.badge.get().unwrap().map(|badge| badge.number)).collect();
    assert_eq!(numbers, [Some(77), None, Some(88), None]);
}

pub async fn has_one_of_several_is_the_first_in_order(repo: Repo) {
    let mut machines = machines(&repo).await;
    repo.preload(&mut machines, Machine::top).await.unwrap();
    assert_eq!(machines[0].top.get().unwrap().map(|mission| mission.title.as_str()), Some("b"));
}

pub async fn belongs_to_is_shared_and_null_is_none(repo: Repo) {
    let mut robots = robots(&repo).await;
    repo.preload(&mut robots, Robot::site).await.unwrap();
    let names: Vec<_> = robots.iter().map(|robot| robot.site.get().unwrap().map(|site| site.name.as_str())).collect();
    assert_eq!(names, [Some("Bay"), Some("Bay"), Some("Dock"), None]);
}

pub async fn many_to_many_goes_through_its_table(repo: Repo) {
    let mut machines = machines(&repo).await;
    repo.preload(&mut machines, Machine::tags).await.unwrap();
    let found: Vec<_> = machines.iter().map(|machine| names(machine.tags.get().unwrap())).collect();
    assert_eq!(found, [vec!["old", "red"], vec!["red"], vec!["old"], vec![]]);
}

pub async fn through_follows_its_path_and_repeats_nothing(repo: Repo) {
    let mut machines = machines(&repo).await;
    repo.preload(&mut machines, (Machine::logs, Machine::kin)).await.unwrap();
    let logs: Vec<_> = machines.iter().map(|machine| sorted(messages(machine.logs.get().unwrap()))).collect();
    assert_eq!(logs, [vec!["came", "saw", "went"], vec!["hid"], vec![], vec![]]);
    // The first robot is its own kin by both of its tags, and is there once.
    let mut kin: Vec<_> = machines[0].kin.get().unwrap().iter().map(|robot| robot.id).collect();
    kin.sort_unstable();
    assert_eq!(kin, [1, 2, 3]);
}

pub async fn the_filter_and_the_order_of_an_association_count(repo: Repo) {
    let mut machines = machines(&repo).await;
    repo.preload(&mut machines, (Machine::open, Machine::missions, Machine::open_logs)).await.unwrap();
    assert_eq!(sorted(titles(machines[0].open.get().unwrap())), ["a", "c"]);
    assert_eq!(titles(machines[0].missions.get().unwrap()), ["b", "c", "a"]);
    assert_eq!(sorted(messages(machines[0].open_logs.get().unwrap())), ["came", "went"]);
}

pub async fn preloads_nest(repo: Repo) {
    let mut sites: Vec<Site> = {
        fill(&repo).await;
        repo.all(from::<Site>().order_by(|s| s.id)).await.unwrap()
    };
    let robots = Site::robots.with((Robot::missions.with(Mission::logs), Robot::badge));
    repo.preload(&mut sites, robots).await.unwrap();
    let mut found = Vec::new();
    for robot in sites[0].robots.get().unwrap() {
        for mission in robot.missions.get().unwrap() {
            found.extend(messages(mission.logs.get().unwrap()));
        }
    }
    assert_eq!(sorted(found), ["came", "hid", "saw", "went"]);
    assert!(sites[1].robots.get().unwrap()[0].badge.is_loaded());
}

pub async fn two_preloads_of_one_association_add_up(repo: Repo) {
    let mut robots = robots(&repo).await;
    let both = [Robot::missions.with(Mission::logs), Robot::missions.with(Mission::robot)];
    repo.preload(&mut robots, both.to_vec()).await.unwrap();
    let mission = &robots[0].missions.get().unwrap()[0];
    assert!(mission.logs.is_loaded() && mission.robot.is_loaded());
}

pub async fn what_is_loaded_is_kept_unless_forced(repo: Repo) {
    let mut robots = robots(&repo).await;
    repo.preload(&mut robots, Robot::missions).await.unwrap();
    repo.execute_script("DELETE FROM log_entries; DELETE FROM missions WHERE robot_id = 1").await.unwrap();

    repo.preload(&mut robots, Robot::missions.with(Mission::logs)).await.unwrap();
    let missions = robots[0].missions.get().unwrap();
    assert_eq!(missions.len(), 3);
    assert!(missions.iter().all(|mission| mission.logs.is_loaded()), "what is kept has its own preloads");

    repo.preload(&mut robots, Robot::missions.force()).await.unwrap();
    assert_eq!(robots[0].missions.get().unwrap(), []);
}

pub async fn changes_that_are_not_written_are_kept(repo: Repo) {
    let mut robots = robots(&repo).await;
    robots[0].missions = vec![Mission { title: "new".into(), ..Mission::default() }].into();
    repo.preload(&mut robots, Robot::missions.with(Mission::logs)).await.unwrap();
    assert_eq!(robots[0].missions.state(), ecto_lite::schema::AssocState::Changed);
    assert_eq!(titles(robots[0].missions.get().unwrap()), ["new"]);
    assert_eq!(titles(robots[1].missions.get().unwrap()), ["d"]);
}

pub async fn a_query_orders_and_filters_what_is_loaded(repo: Repo) {
    let mut machines = machines(&repo).await;
    let query = from::<Mission>().filter(|m| m.priority.gt(1)).order_by(|m| m.priority).preload(Mission::logs);
    repo.preload(&mut machines, Machine::missions.query(query)).await.unwrap();
    let missions = machines[0].missions.get().unwrap();
    assert_eq!(titles(missions), ["c", "b"]);
    assert_eq!(messages(missions[1].logs.get().unwrap()), ["saw"]);
}

pub async fn a_query_may_join_other_sources(repo: Repo) {
    let mut robots = robots(&repo).await;
    let query = from::<Mission>().join(|m| m.logs).filter(|(_, log)| log.message.eq("saw"));
    repo.preload(&mut robots, Robot::missions.query(query)).await.unwrap();
    let found: Vec<_> = robots.iter().map(|robot| titles(robot.missions.get().unwrap())).collect();
    assert_eq!(found, [vec!["b"], vec![], vec![], vec![]]);
}

pub async fn a_limit_counts_for_each_owner(repo: Repo) {
    let mut machines = machines(&repo).await;
    let preloads = (Machine::missions.limit_per_parent(2), Machine::tags.limit_per_parent(1), Machine::kin.limit_per_parent(1));
    repo.preload(&mut machines, preloads).await.unwrap();
    let missions: Vec<_> = machines.iter().map(|machine| titles(machine.missions.get().unwrap())).collect();
    assert_eq!(missions, [vec!["b", "c"], vec!["d"], vec![], vec![]]);
    let tags: Vec<_> = machines.iter().map(|machine| names(machine.tags.get().unwrap())).collect();
    assert_eq!(tags, [vec!["old"], vec!["red"], vec!["old"], vec![]]);
    assert_eq!(machines[0].kin.get().unwrap().len(), 1);
}

pub async fn a_limit_without_an_order_counts_by_primary_key(repo: Repo) {
    let mut robots = robots(&repo).await;
    let query = from::<Mission>().filter(|m| m.done.eq(false));
    repo.preload(&mut robots, Robot::missions.query(query).limit_per_parent(1)).await.unwrap();
    assert_eq!(titles(robots[0].missions.get().unwrap()), ["a"]);
    assert_eq!(titles(robots[1].missions.get().unwrap()), ["d"]);
}

pub async fn a_function_can_load_instead_of_a_query(repo: Repo) {
    let mut robots = robots(&repo).await;
    let missions = Robot::missions.by(|repo: Repo, robots: Vec<i64>| async move {
        assert_eq!(robots, [1, 2, 3, 4]);
        repo.all(from::<Mission>().filter(|m| m.robot_id.is_in(vec![1, 2]))).await
    });
    let tags = Robot::tags.by_pairs(|repo: Repo, robots: Vec<i64>| async move {
        let mut tags = repo.all(from::<Tag>().filter(|t| t.id.eq(3))).await?;
        let tag = tags.remove(0);
        Ok(robots.into_iter().filter(|robot| robot % 2 == 0).map(|robot| (robot, tag.clone())).collect())
    });
    repo.preload(&mut robots, (missions, tags.with(Tag::robots))).await.unwrap();
    let found: Vec<_> = robots.iter().map(|robot| sorted(titles(robot.missions.get().unwrap()))).collect();
    assert_eq!(found, [vec!["a", "b", "c"], vec!["d"], vec![], vec![]]);
    let tags: Vec<_> = robots.iter().map(|robot| names(robot.tags.get().unwrap())).collect();
    assert_eq!(tags, [vec![], vec!["unused"], vec![], vec!["unused"]]);
    assert!(robots[1].tags.get().unwrap()[0].robots.is_loaded());
}

pub async fn a_function_whose_rows_do_not_name_their_owner_is_told(repo: Repo) {
    let mut robots = robots(&repo).await;
    let tags = Robot::tags.by(|repo: Repo, _: Vec<i64>| async move { repo.all(from::<Tag>()).await });
    let error = repo.preload(&mut robots, tags).await.unwrap_err();
    assert!(matches!(&error, RepoError::Query(why) if why.contains("by_pairs")), "{error:?}");
}

pub async fn queries_carry_their_preloads(repo: Repo) {
    fill(&repo).await;
    let query = from::<Robot>().preload(Robot::missions).order_by(|r| r.id).preload(Robot::site);
    let robots = repo.all(query.clone()).await.unwrap();
    assert_eq!(robots[0].missions.get().unwrap().len(), 3);
    assert_eq!(robots[2].site.get().unwrap().unwrap().name, "Dock");
    let error = repo.all(query.select(|r| r.name)).await.unwrap_err();
    assert!(matches!(&error, RepoError::Query(why) if why.contains("select")), "{error:?}");
}

pub async fn one_row_a_slice_or_an_option_can_be_preloaded(repo: Repo) {
    let mut robots = robots(&repo).await;
    let (first, rest) = robots.split_first_mut().unwrap();
    first.preload(&repo, Robot::site).await.unwrap();
    rest.preload(&repo, Robot::badge).await.unwrap();
    assert!(first.site.is_loaded() && !first.badge.is_loaded());
    assert!(rest.iter().all(|robot| robot.badge.is_loaded()));
    let mut some = Some(first.clone());
    repo.preload(&mut some, Robot::tags).await.unwrap();
    assert_eq!(some.unwrap().tags.get().unwrap().len(), 2);
    let mut none: Vec<Robot> = Vec::new();
    none.preload(&repo, Robot::tags).await.unwrap();
}

pub async fn preloads_are_part_of_a_transaction(repo: Repo) {
    let mut robots = robots(&repo).await;
    let result: Result<(), RepoError> = repo
        .transaction(|tx| async move {
            tx.execute_script("UPDATE missions SET robot_id = 3 WHERE id = 1").await?;
            tx.preload(&mut robots, (Robot::missions, Robot::badge, Robot::site)).await?;
            assert_eq!(titles(robots[2].missions.get()?), ["a"]);
            Err(tx.rollback("enough"))
        })
        .await;
    assert!(matches!(result, Err(RepoError::Rollback(_))));
}

pub async fn preloads_of_one_level_can_run_one_after_the_other(repo: Repo) {
    let mut robots = robots(&repo).await;
    let preloads = Preloads::new((Robot::missions, Robot::badge)).in_parallel(false);
    repo.preload(&mut robots, preloads).await.unwrap();
    assert!(robots.iter().all(|robot| robot.missions.is_loaded() && robot.badge.is_loaded()));
}

pub async fn more_owners_than_a_statement_takes_values(repo: Repo) {
    let many: Vec<_> = (1..=40_000).map(|id| Robot { id, ..Robot::default() }).collect();
    fill(&repo).await;
    let mut robots = many;
    repo.preload(&mut robots, Robot::missions).await.unwrap();
    assert!(robots.iter().all(|robot| robot.missions.is_loaded()));
    assert_eq!(robots.iter().map(|robot| robot.missions.get().unwrap().len()).sum::<usize>(), 4);
}

pub async fn a_failed_preload_changes_nothing(repo: Repo) {
    let mut robots = robots(&repo).await;
    let before = robots.clone();
    repo.execute_script("DROP TABLE badges").await.unwrap();
    repo.preload(&mut robots, (Robot::missions, Robot::badge)).await.unwrap_err();
    assert_eq!(robots, before);
}

pub async fn a_joined_preload_reads_all_in_one_statement(repo: Repo) {
    fill(&repo).await;
    let query = from::<Robot>()
        .left_join(|r| r.missions)
        .order_by(|(r, m)| (r.id.desc(), m.title))
        .preload_joined(Robot::missions, |(_, m)| m);
    let robots = repo.all(query).await.unwrap();
    let found: Vec<_> = robots.iter().map(|robot| (robot.id, titles(robot.missions.get().unwrap()))).collect();
    assert_eq!(found, [(4, vec![]), (3, vec![]), (2, vec!["d"]), (1, vec!["a", "b", "c"])]);
}

pub async fn a_joined_preload_goes_deeper_and_beside(repo: Repo) {
    fill(&repo).await;
    let query = from::<Robot>()
        .left_join(|r| r.missions)
        .left_join(|(_, m)| m.logs)
        .left_join(|(r, ..)| r.tags)
        .join(|(r, ..)| r.site)
        .order_by(|(r, m, log, tag, _)| (r.id, m.id, log.id, tag.name))
        .preload_joined(Robot::missions, |(_, m, log, ..)| m.with(Mission::logs, log))
        .preload_joined(Robot::tags, |(_, _, _, tag, _)| tag)
        .preload_joined(Robot::site, |(.., site)| site)
        .preload(Robot::badge);
    let robots = repo.all(query).await.unwrap();
    assert_eq!(robots.iter().map(|robot| robot.id).collect::<Vec<_>>(), [1, 2, 3]);
    let first = &robots[0];
    let missions = first.missions.get().unwrap();
    assert_eq!(titles(missions), ["a", "b", "c"]);
    let logs: Vec<_> = missions.iter().map(|mission| messages(mission.logs.get().unwrap())).collect();
    assert_eq!(logs, [vec!["went", "came"], vec!["saw"], vec![]]);
    assert_eq!(names(first.tags.get().unwrap()), ["old", "red"]);
    assert_eq!(first.site.get().unwrap().unwrap().name, "Bay");
    assert_eq!(first.badge.get().unwrap().unwrap().number, 77);
    assert_eq!(robots[2].missions.get().unwrap(), []);
}

pub async fn what_is_joined_can_be_preloaded_further(repo: Repo) {
    fill(&repo).await;
    let query = from::<Robot>()
        .join(|r| r.missions)
        .order_by(|(r, m)| (r.id, m.id))
        .preload_joined(Robot::missions, |(_, m)| m)
        .preload(Robot::missions.with(Mission::logs));
    let robots = repo.all(query).await.unwrap();
    assert_eq!(titles(robots[0].missions.get().unwrap()), ["a", "b", "c"]);
    assert_eq!(messages(robots[1].missions.get().unwrap()[0].logs.get().unwrap()), ["hid"]);
}
