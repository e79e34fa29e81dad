//! E14, E32, E33: conflicts, many rows at once, early questions about uniqueness.
#![allow(clippy::float_cmp)] // What is stored is what was given, to the bit.

use chrono::{DateTime, Utc};
use ecto_lite::adapter::{AdapterError, ConstraintKind, Dialect};
use ecto_lite::changeset::{Entry, Shared};
use ecto_lite::query::functions::lower;
use ecto_lite::repo::{ConflictTarget, InsertAllOptions, InsertOptions, OnConflict, UniqueOptions, WriteError};
use ecto_lite::{Change, Changeset, Repo, RepoError, Schema, Value};
use serde_json::json;

use super::schemas::{Mission, Person, Robot, Site, Tag};

fn robot(name: &str, battery: f64) -> Robot {
    Robot { name: name.into(), battery, ..Robot::default() }
}

/// A key for the row of that number.
fn id(number: usize) -> i64 {
    i64::try_from(number).unwrap() + 1
}

fn tag(name: &str) -> Tag {
    Tag { name: name.into(), ..Tag::default() }
}

fn on_name(on_conflict: OnConflict<Robot>) -> InsertOptions<Robot> {
    InsertOptions::new().on_conflict(on_conflict).conflict_target(Robot::name)
}

async fn upsert(repo: &Repo, row: Robot, on_conflict: OnConflict<Robot>) -> Robot {
    repo.insert_with(row, on_name(on_conflict)).await.unwrap()
}

async fn batteries(repo: &Repo) -> Vec<(String, f64)> {
    let robots = repo.all(Robot::query().order_by(|r| r.name)).await.unwrap();
    robots.into_iter().map(|robot| (robot.name, robot.battery)).collect()
}

#[track_caller]
fn refused<S: Schema + std::fmt::Debug>(result: Result<S, WriteError<S>>) -> RepoError {
    match result {
        Err(WriteError::Repo(error)) => error,
        other => panic!("the repo should refuse: {other:?}"),
    }
}

pub async fn nothing_leaves_both_rows_alone_and_the_key_unset(repo: Repo) {
    let first = repo.insert(robot("Ada", 10.0)).await.unwrap();
    let second = upsert(&repo, robot("Ada", 20.0), OnConflict::nothing()).await;
    assert_eq!((second.id, second.battery), (0, 20.0));
    let any =
        repo.insert_with(robot("Ada", 30.0), InsertOptions::new().on_conflict(OnConflict::nothing())).await.unwrap();
    assert_eq!(any.id, 0);
    assert_eq!(repo.all(Robot::query()).await.unwrap().len(), 1);
    assert_eq!(repo.reload(&first).await.unwrap().battery, 10.0);
    let third = upsert(&repo, robot("Bob", 20.0), OnConflict::nothing()).await;
    assert!(third.id > 0, "nothing was in its way");
}

pub async fn replace_takes_over_the_named_fields(repo: Repo) {
    let first = repo.insert(robot("Ada", 10.0)).await.unwrap();
    let site = repo.insert(Site { name: "Lab".into(), ..Site::default() }).await.unwrap();
    let row = Robot { site_id: Some(site.id), ..robot("Ada", 20.0) };
    let second = upsert(&repo, row, OnConflict::replace(Robot::battery)).await;
    assert_eq!(second.id, first.id, "the key of the row that is there");
    let stored = repo.reload(&first).await.unwrap();
    assert_eq!((stored.battery, stored.site_id), (20.0, None));
}

pub async fn replace_all_takes_over_everything_but_a_made_key(repo: Repo) {
    let first = repo.insert(Robot { site_id: None, ..robot("Ada", 10.0) }).await.unwrap();
    let site = repo.insert(Site { name: "Lab".into(), ..Site::default() }).await.unwrap();
    let second = upsert(&repo, Robot { site_id: Some(site.id), ..robot("Ada", 20.0) }, OnConflict::replace_all()).await;
    assert_eq!(second.id, first.id);
    let stored = repo.reload(&first).await.unwrap();
    assert_eq!((stored.battery, stored.site_id), (20.0, Some(site.id)));
    assert!(stored.inserted_at > first.inserted_at, "replaced as well");
    let third = upsert(&repo, robot("Ada", 30.0), OnConflict::replace_all()).await;
    assert_eq!(repo.reload(&third).await.unwrap().site_id, None, "what the new row leaves open is left open");
    let except = OnConflict::replace_all_except((Robot::battery, Robot::inserted_at));
    upsert(&repo, Robot { site_id: Some(site.id), ..robot("Ada", 40.0) }, except).await;
    let stored = repo.reload(&third).await.unwrap();
    assert_eq!((stored.battery, stored.site_id, stored.inserted_at), (30.0, Some(site.id), third.inserted_at));
}

pub async fn an_update_calculates_with_the_row_that_is_there_and_the_new_one(repo: Repo) {
    repo.insert(robot("Ada", 10.0)).await.unwrap();
    upsert(&repo, robot("Ada", 1.0), OnConflict::update(Robot::query().inc(Robot::battery, 5.0))).await;
    assert_eq!(batteries(&repo).await, [("Ada".to_owned(), 15.0)]);
    let sum = || {
        OnConflict::<Robot>::update_with(|new| {
            Robot::query().set_with(Robot::battery, move |r| r.battery + new.battery)
        })
    };
    let options = on_name(sum()).returning_all();
    let stored = repo.insert_with(robot("Ada", 7.0), options).await.unwrap();
    assert_eq!(stored.battery, 22.0);
    // Under a condition that does not hold, the row stays as it is.
    let full = OnConflict::update(Robot::query().filter(|r| r.battery.gt(50.0)).set(Robot::battery, 0.0));
    upsert(&repo, robot("Ada", 1.0), full).await;
    assert_eq!(batteries(&repo).await, [("Ada".to_owned(), 22.0)]);
    upsert(&repo, robot("Bob", 3.0), sum()).await;
    assert_eq!(batteries(&repo).await[1], ("Bob".to_owned(), 3.0));
}

pub async fn a_conflict_with_another_index_is_an_error_still(repo: Repo) {
    let first = repo.insert(robot("Ada", 10.0)).await.unwrap();
    let same_key = Robot { id: first.id, ..robot("Bob", 1.0) };
    let error = repo.insert_with(same_key, on_name(OnConflict::nothing())).await;
    assert!(matches!(refused(error), RepoError::Constraint { kind: ConstraintKind::Unique, .. }));
}

pub async fn partial_indexes_and_expressions_are_conflict_targets(repo: Repo) {
    repo.execute_script(
        "DROP INDEX tags_name_index; CREATE UNIQUE INDEX tags_lower ON tags (lower(name));
         CREATE UNIQUE INDEX people_names ON people (name) WHERE manager_id IS NULL",
    )
    .await
    .unwrap();
    repo.insert(tag("Lab")).await.unwrap();
    let options = InsertOptions::new()
        .on_conflict(OnConflict::replace(Tag::name))
        .conflict_target_with(ConflictTarget::expression("lower(name)"));
    repo.insert_with(tag("LAB"), options).await.unwrap();
    let found = repo.all(Tag::query().filter(|t| lower(t.name).eq("lab"))).await.unwrap();
    assert_eq!(found.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["LAB"]);

    let person = |email: &str| Person { name: "Ada".into(), email: Some(email.into()), ..Person::default() };
    let on_boss = || ConflictTarget::fields(Person::name).only_where("manager_id IS NULL");
    for email in ["a@x", "b@x"] {
        let options =
            InsertOptions::new().on_conflict(OnConflict::replace(Person::email)).conflict_target_with(on_boss());
        repo.insert_with(person(email), options).await.unwrap();
    }
    let people = repo.all(Person::query()).await.unwrap();
    assert_eq!(people.iter().map(|it| it.email.as_deref()).collect::<Vec<_>>(), [Some("b@x")]);
}

pub async fn a_constraint_by_name_is_a_target_where_there_are_such(repo: Repo) {
    let by_name = || {
        InsertOptions::new()
            .on_conflict(OnConflict::replace(Tag::name))
            .conflict_target_with(ConflictTarget::constraint("tags_name_key"))
    };
    if repo.dialect() == Dialect::Sqlite {
        let error = refused(repo.insert_with(tag("lab"), by_name()).await);
        assert!(error.to_string().contains("name the fields"), "{error}");
        return;
    }
    repo.execute_script("ALTER TABLE tags ADD CONSTRAINT tags_name_key UNIQUE (name)").await.unwrap();
    let first = repo.insert_with(tag("lab"), by_name()).await.unwrap();
    assert_eq!(repo.insert_with(tag("lab"), by_name()).await.unwrap().id, first.id);
}

pub async fn a_change_without_a_target_says_what_is_missing(repo: Repo) {
    let options = InsertOptions::new().on_conflict(OnConflict::replace_all());
    let error = refused(repo.insert_with(robot("Ada", 1.0), options).await);
    assert!(error.to_string().contains("`conflict_target`"), "{error}");
}

pub async fn the_existing_row_can_be_given_instead(repo: Repo) {
    let options = || InsertOptions::new().conflict_target(Robot::name).returning_existing();
    let first = repo.insert_with(robot("Ada", 10.0), options()).await.unwrap();
    let second = repo.insert_with(robot("Ada", 99.0), options()).await.unwrap();
    assert_eq!((second.id, second.battery), (first.id, 10.0));
    assert_eq!(second.updated_at, first.updated_at, "nothing was written");
    let error = repo.insert_with(robot("Ada", 1.0), InsertOptions::new().returning_existing()).await;
    assert!(refused(error).to_string().contains("conflict target of fields"));
}

pub async fn of_many_that_want_one_row_each_gets_it(repo: Repo) {
    let writers: Vec<_> = (0..8)
        .map(|number| {
            let repo = repo.clone();
            tokio::spawn(async move {
                let options = InsertOptions::new().conflict_target(Robot::name).returning_existing();
                repo.insert_with(robot("Ada", f64::from(number)), options).await.unwrap()
            })
        })
        .collect();
    let mut found = Vec::new();
    for writer in writers {
        found.push(writer.await.unwrap());
    }
    assert!(found.iter().all(|robot| robot.id == found[0].id && robot.battery == found[0].battery));
}

pub async fn children_of_an_upsert_belong_to_the_row_that_is_there(repo: Repo) {
    let first = repo.insert(robot("Ada", 10.0)).await.unwrap();
    let missions = vec![Mission { title: "Map".into(), ..Mission::default() }];
    let row = Robot { missions: missions.into(), ..robot("Ada", 20.0) };
    let second = upsert(&repo, row, OnConflict::replace(Robot::battery)).await;
    assert_eq!(second.missions.get().unwrap()[0].robot_id, Some(first.id));
}

pub async fn insert_all_writes_structs_and_entries(repo: Repo) {
    assert_eq!(repo.insert_all([tag("a"), tag("b")]).await.unwrap(), 2);
    let entries = ["c", "d"].map(|name| Entry::new().set(Tag::name, name));
    let options = InsertAllOptions::new().returning_all();
    let inserted = repo.insert_all_with(entries, options).await.unwrap();
    assert_eq!(inserted.count, 2);
    assert!(inserted.rows.iter().all(|tag| tag.id > 0));
    assert_eq!(inserted.rows[1].name, "d");
    let names = repo.all(Tag::query().order_by(|t| t.name).select(|t| t.name)).await.unwrap();
    assert_eq!(names, ["a", "b", "c", "d"]);
    assert_eq!(repo.insert_all(Vec::<Tag>::new()).await.unwrap(), 0);
}

pub async fn insert_all_fills_no_timestamps(repo: Repo) {
    let chosen = DateTime::from_timestamp(1_000_000, 0).unwrap();
    let rows = [
        Robot { inserted_at: chosen, updated_at: chosen, ..robot("Ada", 1.0) },
        Robot { inserted_at: chosen, updated_at: chosen, ..robot("Bob", 2.0) },
    ];
    repo.insert_all(rows).await.unwrap();
    let stored = repo.fetch_by(Robot::name, "Ada").await.unwrap();
    assert_eq!((stored.inserted_at, stored.battery), (chosen, 1.0));
    // What nobody sets is the database's: its default, or a refusal where it has none.
    repo.execute_script("CREATE TABLE stamps (id INTEGER PRIMARY KEY, at TEXT NOT NULL)").await.unwrap();
    let error = repo.insert_all([Stamp { id: 1, inserted_at: DateTime::default() }]).await.unwrap_err();
    assert!(matches!(error, RepoError::Adapter(AdapterError::Constraint { kind: ConstraintKind::NotNull, .. })));
}

#[derive(Schema, Clone, Debug)]
#[schema(source = "stamps", timestamps(updated_at = false))]
pub struct Stamp {
    #[schema(primary_key)]
    pub id: i64,
    #[schema(source = "at")]
    pub inserted_at: DateTime<Utc>,
}

pub async fn rows_with_unlike_fields(repo: Repo) {
    let entries =
        || [Entry::new().set(Mission::title, "a").set(Mission::priority, 5), Entry::new().set(Mission::title, "b")];
    if repo.dialect() == Dialect::Sqlite {
        let error = repo.insert_all(entries()).await.unwrap_err();
        assert!(error.to_string().contains("the same fields"), "{error}");
    } else {
        repo.insert_all(entries()).await.unwrap();
        let priorities = repo.all(Mission::query().order_by(|m| m.title).select(|m| m.priority)).await.unwrap();
        assert_eq!(priorities, [5, 0]);
    }
    // Structs have all fields: null where they hold none.
    let people = [
        Person { name: "Ada".into(), email: Some("a@x".into()), ..Person::default() },
        Person { id: 77, name: "Bob".into(), ..Person::default() },
    ];
    assert_eq!(repo.insert_all(people).await.unwrap(), 2);
    assert_eq!(repo.fetch::<Person>(77_i64).await.unwrap().email, None);
}

pub async fn more_rows_than_a_statement_takes_are_sent_by_several(repo: Repo) {
    let count = repo.dialect().max_parameters() / 2 + 10;
    let entries = || (0..count).map(|number| Entry::new().set(Site::id, id(number)).set(Site::name, "x"));
    // All are done or none, whoever clashes.
    for place in [0, count / 2, count] {
        let mut clash: Vec<_> = entries().collect();
        clash.insert(place, Entry::new().set(Site::id, 7).set(Site::name, "again"));
        let error = repo.insert_all(clash).await.unwrap_err();
        assert!(matches!(error, RepoError::Adapter(AdapterError::Constraint { kind: ConstraintKind::Unique, .. })));
        assert_eq!(repo.count(Site::query()).await.unwrap(), 0);
    }
    assert_eq!(repo.insert_all(entries()).await.unwrap(), count as u64);
    assert_eq!(repo.count(Site::query()).await.unwrap(), id(count) - 1);
}

pub async fn one_statement_may_be_asked_for(repo: Repo) {
    let count = repo.dialect().max_parameters() / 2 + 10;
    // The first is left to the database, so that PostgreSQL too binds each value by itself.
    let unlike = [Entry::new().set(Site::name, "x")];
    let entries = || (0..count).map(|number| Entry::new().set(Site::id, id(number) + 10).set(Site::name, "x"));
    let entries = || unlike.clone().into_iter().chain(entries());
    let single = repo.insert_all_with(entries(), InsertAllOptions::new().single_statement()).await.unwrap_err();
    let said = single.to_string();
    assert!(said.contains(&repo.dialect().max_parameters().to_string()) && said.contains("fewer"), "{said}");
}

pub async fn many_rows_that_fail_leave_a_transaction_as_one_row_does(repo: Repo) {
    let many = || (0..9_000).map(|number| Entry::new().set(Site::id, id(number % 8_999)).set(Site::name, "x"));
    let one =
        || [Entry::new().set(Site::id, 1).set(Site::name, "one"), Entry::new().set(Site::id, 1).set(Site::name, "x")];
    for (before, entries) in [("a", many().collect::<Vec<_>>()), ("b", one().to_vec())] {
        let kept = repo
            .transaction(|tx| async move {
                tx.insert_all([tag(before)]).await?;
                tx.insert_all(entries).await.unwrap_err();
                Ok::<_, RepoError>(tx.count(Site::query()).await.unwrap_or(-1))
            })
            .await;
        if repo.dialect() == Dialect::Sqlite {
            assert_eq!(kept.unwrap(), 0);
        } else {
            assert!(matches!(kept, Err(RepoError::Rollback(_))), "{kept:?}");
        }
    }
    assert_eq!(repo.count(Tag::query()).await.unwrap(), if repo.dialect() == Dialect::Sqlite { 2 } else { 0 });
}

pub async fn shared_values_are_sent_once(repo: Repo) {
    let count = repo.dialect().max_parameters() - 10;
    let name = Shared::new("shared");
    let entries = (0..count).map(|number| Entry::new().set(Site::id, id(number)).set_shared(Site::name, &name));
    // Two values each would be twice what one statement takes.
    let options = InsertAllOptions::new().single_statement();
    assert_eq!(repo.insert_all_with(entries, options).await.unwrap().count, count as u64);
    assert_eq!(repo.count(Site::query().filter(|s| s.name.eq("shared"))).await.unwrap(), id(count) - 1);
}

pub async fn insert_all_resolves_conflicts(repo: Repo) {
    repo.insert(robot("Ada", 1.0)).await.unwrap();
    let rows = || [robot("Ada", 5.0), robot("Bob", 6.0)];
    let options = || InsertAllOptions::new().conflict_target(Robot::name);
    let nothing = repo.insert_all_with(rows(), options().on_conflict(OnConflict::nothing())).await.unwrap();
    assert_eq!(nothing.count, 1);
    assert_eq!(batteries(&repo).await, [("Ada".to_owned(), 1.0), ("Bob".to_owned(), 6.0)]);
    let sum = OnConflict::<Robot>::update_with(|new| {
        Robot::query().set_with(Robot::battery, move |r| r.battery + new.battery)
    });
    let options = options().on_conflict(sum).returning((Robot::name, Robot::battery));
    let mut inserted = repo.insert_all_with(rows(), options).await.unwrap().rows;
    inserted.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(inserted.iter().map(|it| it.battery).collect::<Vec<_>>(), [6.0, 12.0]);
}

pub async fn a_query_is_inserted_in_one_statement(repo: Repo) {
    repo.insert_all([robot("Ada", 1.0), robot("Bob", 2.0)]).await.unwrap();
    let names = || Robot::query().filter(|r| r.battery.gt(1.5)).select(|r| r.name);
    let inserted = repo.insert_all_from(Tag::name, names(), InsertAllOptions::new().returning_all()).await.unwrap();
    assert_eq!((inserted.count, inserted.rows[0].name.as_str()), (1, "Bob"));
    let options = InsertAllOptions::new().on_conflict(OnConflict::nothing()).conflict_target(Tag::name);
    assert_eq!(repo.insert_all_from(Tag::name, names(), options).await.unwrap().count, 0);
    let error = repo.insert_all_from((Tag::id, Tag::name), names(), InsertAllOptions::new()).await.unwrap_err();
    assert!(error.to_string().contains("1 columns for 2 fields"), "{error}");
}

pub async fn a_table_without_a_schema_takes_rows_too(repo: Repo) {
    let robot = repo.insert(robot("Ada", 1.0)).await.unwrap();
    let tags = repo.insert_all_with([tag("a"), tag("b")], InsertAllOptions::new().returning_all()).await.unwrap().rows;
    let rows = tags.iter().map(|tag| vec![Value::Int(robot.id), Value::Int(tag.id)]);
    assert_eq!(repo.insert_all_into("robots_tags", &["robot_id", "tag_id"], rows).await.unwrap(), 2);
    let short = repo.insert_all_into("robots_tags", &["robot_id", "tag_id"], [vec![Value::Int(1)]]).await.unwrap_err();
    assert!(short.to_string().contains("2 columns"), "{short}");
}

pub async fn a_form_says_early_that_a_name_is_taken(repo: Repo) {
    let ada = repo.insert(robot("Ada", 1.0)).await.unwrap();
    let named = |robot: Robot, name: &str| robot.change().put_change(Robot::name, name);
    let check = async |changeset: Changeset<Robot>| {
        changeset.unsafe_validate_unique(Robot::name, &repo).await.unwrap().errors_json()
    };
    assert_eq!(check(named(Robot::default(), "Ada")).await, json!({"name": ["has already been taken"]}));
    assert_eq!(check(named(Robot::default(), "Bob")).await, json!({}));
    // The row itself does not count, nor what did not change.
    assert_eq!(check(ada.clone().change().force_change(Robot::name, "Ada")).await, json!({}));
    assert_eq!(check(Robot::default().change()).await, json!({}));
    // Nor what has an error already.
    let faulty = named(Robot::default(), "Ada").add_error(Robot::name, "is odd");
    assert_eq!(check(faulty).await, json!({"name": ["is odd"]}));

    let options = UniqueOptions::new().message("is there").error_key("base");
    let both = named(Robot { battery: 1.0, ..Robot::default() }, "Ada")
        .unsafe_validate_unique_with((Robot::name, Robot::battery), &repo, options)
        .await
        .unwrap();
    assert_eq!(both.errors_json(), json!({"base": ["is there"]}));
    // Nulls are unlike each other unless told.
    let homeless = || ada.clone().change().put_change(Robot::name, "Bob").force_change(Robot::site_id, None);
    repo.insert(robot("Bob", 1.0)).await.unwrap();
    let fields = (Robot::name, Robot::site_id);
    assert!(homeless().unsafe_validate_unique(fields, &repo).await.unwrap().is_valid());
    let equal = UniqueOptions::new().nulls_distinct(false);
    assert!(!homeless().unsafe_validate_unique_with(fields, &repo, equal).await.unwrap().is_valid());
}
