//! E14, E15, E16, E31: rows are written as their changesets say, or not at all.
#![allow(clippy::float_cmp)] // What is stored is what was given, to the bit.

use chrono::{DateTime, TimeDelta, Utc};
use ecto_lite::adapter::{ConstraintKind, Dialect};
use ecto_lite::changeset::{Action, ConstraintOptions};
use ecto_lite::repo::{InsertOptions, WriteError, WriteOptions};
use ecto_lite::schema::{HasMany, Meta, State};
use ecto_lite::{Change, Changeset, Repo, RepoError, Schema, Value};
use uuid::Uuid;

use super::schemas::{Mission, Robot, Site};

/// A row with all that a write has to take care of.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "accounts")]
pub struct Account {
    #[schema(primary_key)]
    pub id: Uuid,
    pub owner: String,
    #[schema(writable = insert, on_violation = raise)]
    pub number: i64,
    #[schema(writable = insert)]
    pub branch: Option<String>,
    #[schema(writable = never, read_after_writes)]
    pub serial: i64,
    pub note: Option<String>,
    pub lock_version: i64,
    #[schema(virtual)]
    pub password: Option<String>,
    #[schema(meta)]
    pub meta: Meta,
}

async fn accounts(repo: &Repo) {
    let sql = match repo.dialect() {
        Dialect::Sqlite => {
            "CREATE TABLE accounts (id TEXT PRIMARY KEY, owner TEXT NOT NULL, number INTEGER NOT NULL, branch TEXT,
             serial INTEGER NOT NULL DEFAULT 7, note TEXT DEFAULT 'by the database', lock_version INTEGER NOT NULL);
             CREATE TRIGGER count_up AFTER UPDATE OF owner ON accounts BEGIN
                 UPDATE accounts SET serial = 8 WHERE id = new.id; END"
        }
        _ => {
            "CREATE TABLE accounts (id uuid PRIMARY KEY, owner text NOT NULL, number bigint NOT NULL, branch text,
             serial bigint NOT NULL DEFAULT 7, note text DEFAULT 'by the database', lock_version bigint NOT NULL);
             CREATE FUNCTION count_up() RETURNS trigger AS 'BEGIN NEW.serial := 8; RETURN NEW; END' LANGUAGE plpgsql;
             CREATE TRIGGER count_up BEFORE UPDATE OF owner ON accounts FOR EACH ROW EXECUTE FUNCTION count_up()"
        }
    };
    repo.execute_script(sql).await.unwrap();
}

fn account(owner: &str) -> Account {
    Account { owner: owner.into(), number: 1, ..Account::default() }
}

fn robot(name: &str) -> Robot {
    Robot { name: name.into(), ..Robot::default() }
}

fn named(robot: Robot, name: &str) -> Changeset<Robot> {
    robot.change().put_change(Robot::name, name).unique_constraint(Robot::name)
}

/// The errors of a changeset that was refused.
#[track_caller]
fn invalid<S: Schema + std::fmt::Debug>(result: Result<S, WriteError<S>>) -> Changeset<S> {
    match result {
        Err(WriteError::Invalid(changeset)) => *changeset,
        other => panic!("should be invalid: {other:?}"),
    }
}

#[track_caller]
fn refused<S: Schema + std::fmt::Debug>(result: Result<S, WriteError<S>>) -> RepoError {
    match result {
        Err(WriteError::Repo(error)) => error,
        other => panic!("the repo should refuse: {other:?}"),
    }
}

async fn count(repo: &Repo, sql: &'static str) -> i64 {
    match repo.query(sql, vec![]).await.unwrap().rows[0][0] {
        Value::Int(count) => count,
        ref other => panic!("{other:?}"),
    }
}

pub async fn an_insert_gives_the_row_as_it_is_stored(repo: Repo) {
    let before = Utc::now() - TimeDelta::seconds(1);
    let stored = repo.insert(robot("Ada")).await.unwrap();
    assert!(stored.id > 0);
    assert!(stored.inserted_at > before && stored.inserted_at == stored.updated_at);
    assert_eq!(stored.battery, 100.0);
    assert_eq!(repo.fetch::<Robot>(stored.id).await.unwrap().name, "Ada");
    assert_eq!(repo.reload(&stored).await.unwrap().inserted_at, stored.inserted_at);
}

pub async fn keys_that_types_make_are_made_before_the_insert(repo: Repo) {
    accounts(&repo).await;
    let first = repo.insert(account("a")).await.unwrap();
    let second = repo.insert(account("b")).await.unwrap();
    assert!(!first.id.is_nil() && first.id < second.id, "version 7 sorts by time");
    let chosen = Uuid::from_u128(42);
    let third = repo.insert(Account { id: chosen, ..account("c") }).await.unwrap();
    assert_eq!(third.id, chosen);
    assert_eq!(repo.fetch::<Account>(chosen).await.unwrap().owner, "c");
}

pub async fn a_null_that_nobody_chose_is_left_to_the_database(repo: Repo) {
    accounts(&repo).await;
    let left = repo.insert_with(account("a"), InsertOptions::new().returning(Account::note)).await.unwrap();
    assert_eq!(left.note.as_deref(), Some("by the database"));
    let chosen = repo.insert(account("b").change().force_change(Account::note, None)).await.unwrap();
    assert_eq!(repo.reload(&chosen).await.unwrap().note, None);
}

pub async fn what_the_database_decides_is_read_back(repo: Repo) {
    accounts(&repo).await;
    let stored = repo.insert(account("a")).await.unwrap();
    assert_eq!(stored.serial, 7);
    assert_eq!(stored.meta.state, State::Loaded);
    let note_only = repo.update(stored.change().put_change(Account::note, Some("x".to_owned()))).await.unwrap();
    assert_eq!(note_only.serial, 7);
    if repo.dialect() == Dialect::Postgres {
        // SQLite's triggers run after RETURNING.
        let updated = repo.update(note_only.change().put_change(Account::owner, "b")).await.unwrap();
        assert_eq!(updated.serial, 8);
    }
}

pub async fn returning_all_reads_what_others_wrote(repo: Repo) {
    accounts(&repo).await;
    let mine = repo.insert(account("a")).await.unwrap();
    repo.update(mine.clone().change().put_change(Account::note, Some("theirs".to_owned()))).await.unwrap();
    let change = mine.change().put_change(Account::owner, "b");
    let updated = repo.update_with(change, WriteOptions::new().returning_all()).await.unwrap();
    assert_eq!((updated.owner.as_str(), updated.note.as_deref()), ("b", Some("theirs")));
}

pub async fn virtual_fields_stay_in_the_struct_and_out_of_the_row(repo: Repo) {
    accounts(&repo).await;
    let change = account("a").change().put_change(Account::password, Some("secret".to_owned()));
    let stored = repo.insert(change).await.unwrap();
    assert_eq!(stored.password.as_deref(), Some("secret"));
    assert_eq!(repo.reload(&stored).await.unwrap().password, None);
}

pub async fn fields_are_written_only_when_they_may_be(repo: Repo) {
    accounts(&repo).await;
    let inserted = account("a").change().put_change(Account::branch, Some("north".to_owned())).put_change(Account::serial, 99);
    let stored = repo.insert(inserted).await.unwrap();
    assert_eq!(stored.branch.as_deref(), Some("north"));
    assert_eq!(repo.reload(&stored).await.unwrap().serial, 7, "never written");
    let ignored = stored.clone().change().put_change(Account::branch, Some("south".to_owned()));
    repo.update(ignored).await.unwrap();
    assert_eq!(repo.reload(&stored).await.unwrap().branch.as_deref(), Some("north"));
    let raised = refused(repo.update(stored.change().put_change(Account::number, 2)).await);
    assert!(raised.to_string().contains("`number` of `Account`"), "{raised}");
}

pub async fn an_invalid_changeset_comes_back_with_its_action(repo: Repo) {
    let insert = invalid(repo.insert(robot("").change().validate_required(Robot::name)).await);
    assert_eq!(insert.action(), Some(Action::Insert));
    assert_eq!(insert.errors_json(), serde_json::json!({"name": ["can't be blank"]}));
    let stored = repo.insert(robot("Ada")).await.unwrap();
    let wrong = stored.clone().change().add_error("base", "no");
    assert_eq!(invalid(repo.update(wrong.clone()).await).action(), Some(Action::Update));
    assert_eq!(invalid(repo.delete(wrong).await).action(), Some(Action::Delete));
    assert_eq!(repo.all(Robot::query()).await.unwrap().len(), 1);
}

pub async fn an_update_without_changes_sends_nothing(repo: Repo) {
    let stored = repo.insert(robot("Ada")).await.unwrap();
    repo.execute_script("DROP TABLE robots_tags; DELETE FROM robots").await.unwrap();
    // The row is gone, which nobody notices who does not ask.
    let same = repo.update(stored.clone().change().put_change(Robot::name, "Ada")).await.unwrap();
    assert_eq!(same, stored);
    let forced = repo.update_with(stored.change(), WriteOptions::new().force()).await;
    assert!(matches!(refused(forced), RepoError::StaleEntry { schema: "Robot", action: "update" }));
}

pub async fn updated_at_moves_on_real_updates_only(repo: Repo) {
    let stored = repo.insert(robot("Ada")).await.unwrap();
    let same = repo.update(stored.clone().change()).await.unwrap();
    assert_eq!(same.updated_at, stored.updated_at);
    let renamed = repo.update(named(same.clone(), "Bob")).await.unwrap();
    assert!(renamed.updated_at > stored.updated_at);
    assert_eq!(renamed.inserted_at, stored.inserted_at);
    let forced = repo.update_with(renamed.clone().change(), WriteOptions::new().force()).await.unwrap();
    assert!(forced.updated_at > renamed.updated_at);
    let chosen = DateTime::from_timestamp(1_000_000, 0).unwrap();
    let by_hand = forced.change().put_change(Robot::battery, 1.0).put_change(Robot::updated_at, chosen);
    assert_eq!(repo.update(by_hand).await.unwrap().updated_at, chosen);
}

pub async fn an_update_writes_what_changed_and_no_more(repo: Repo) {
    let mine = repo.insert(robot("Ada")).await.unwrap();
    repo.update(mine.clone().change().put_change(Robot::battery, 5.0)).await.unwrap();
    repo.update(named(mine.clone(), "Bob")).await.unwrap();
    let now = repo.reload(&mine).await.unwrap();
    assert_eq!((now.name.as_str(), now.battery), ("Bob", 5.0));
}

pub async fn a_delete_of_a_gone_row_is_stale_unless_allowed(repo: Repo) {
    accounts(&repo).await;
    let stored = repo.insert(account("a")).await.unwrap();
    let deleted = repo.delete(stored.clone()).await.unwrap();
    assert_eq!(deleted.meta.state, State::Deleted);
    let again = repo.delete(stored.clone()).await;
    assert!(matches!(refused(again), RepoError::StaleEntry { schema: "Account", action: "delete" }));
    repo.delete_with(stored.clone(), WriteOptions::new().allow_stale()).await.unwrap();
    let options = WriteOptions::new().stale_error_field(Account::owner);
    let changeset = invalid(repo.delete_with(stored, options).await);
    assert_eq!(changeset.errors_json(), serde_json::json!({"owner": ["is stale"]}));
}

pub async fn what_was_never_inserted_is_not_updated(repo: Repo) {
    let error = refused(repo.update(named(robot("Ada"), "Bob")).await);
    assert!(error.to_string().contains("primary key `id` is unset"), "{error}");
}

pub async fn insert_or_update_asks_the_state_or_the_key(repo: Repo) {
    accounts(&repo).await;
    let stored = repo.insert_or_update(account("a").change()).await.unwrap();
    let updated = repo.insert_or_update(stored.change().put_change(Account::owner, "b")).await.unwrap();
    assert_eq!(count(&repo, "SELECT count(*) FROM accounts").await, 1);
    assert_eq!(repo.reload(&updated).await.unwrap().owner, "b");
    let robot = repo.insert_or_update(robot("Ada").change()).await.unwrap();
    repo.insert_or_update(named(robot, "Bob")).await.unwrap();
    assert_eq!(count(&repo, "SELECT count(*) FROM robots").await, 1);
}

pub async fn a_taken_name_is_an_error_of_its_field(repo: Repo) {
    repo.insert(robot("Ada")).await.unwrap();
    let taken = invalid(repo.insert(named(Robot::default(), "Ada")).await);
    assert_eq!(taken.errors_json(), serde_json::json!({"name": ["has already been taken"]}));
    assert_eq!(taken.action(), Some(Action::Insert));
    let other = repo.insert(robot("Bob")).await.unwrap();
    let taken = invalid(repo.update(named(other, "Ada")).await);
    assert_eq!(taken.errors_on(Robot::name).count(), 1);
}

pub async fn of_concurrent_duplicates_one_is_stored_and_the_others_get_the_error(repo: Repo) {
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let repo = repo.clone();
            tokio::spawn(async move { repo.insert(named(Robot::default(), "Ada")).await })
        })
        .collect();
    let mut stored = 0;
    for writer in writers {
        match writer.await.unwrap() {
            Ok(_) => stored += 1,
            Err(WriteError::Invalid(changeset)) => assert_eq!(changeset.errors_on(Robot::name).count(), 1),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(stored, 1);
}

pub async fn a_constraint_that_the_changeset_does_not_have_lists_those_it_has(repo: Repo) {
    let wrong = named(Robot { battery: 200.0, ..Robot::default() }, "Ada");
    match refused(repo.insert(wrong).await) {
        RepoError::Constraint { kind: ConstraintKind::Check, name, schema, defined } => {
            assert_eq!((name.as_str(), schema.as_str()), ("robots_battery_range", "Robot"));
            assert_eq!(defined, ["unique robots_name_index"]);
        }
        other => panic!("{other:?}"),
    }
}

pub async fn checks_and_foreign_keys_become_errors(repo: Repo) {
    let change = Robot { battery: 200.0, ..robot("Ada") }.change();
    let check = invalid(repo.insert(change.check_constraint(Robot::battery, "robots_battery_range")).await);
    assert_eq!(check.errors_json(), serde_json::json!({"battery": ["is invalid"]}));
    let nowhere = robot("Ada").change().put_change(Robot::site_id, Some(99));
    let site = invalid(repo.insert(nowhere.clone().foreign_key_constraint(Robot::site_id)).await);
    assert_eq!(site.errors_json(), serde_json::json!({"site_id": ["does not exist"]}));
    let site = invalid(repo.insert(nowhere.assoc_constraint(Robot::site)).await);
    assert_eq!(site.errors_json(), serde_json::json!({"site": ["does not exist"]}));
    let stored = repo.insert(robot("Ada")).await.unwrap();
    repo.insert(Mission { title: "Map".into(), robot_id: Some(stored.id), ..Mission::default() }).await.unwrap();
    let busy = invalid(repo.delete(stored.change().no_assoc_constraint(Robot::missions)).await);
    assert_eq!(busy.errors_json(), serde_json::json!({"missions": ["are still associated with this entry"]}));
}

pub async fn a_savepoint_lets_the_transaction_go_on_after_a_constraint(repo: Repo) {
    repo.insert(robot("Ada")).await.unwrap();
    repo.transaction(|tx| async move {
        let options = InsertOptions::new().savepoint();
        let _taken = invalid(tx.insert_with(named(Robot::default(), "Ada"), options).await);
        tx.insert(robot("Bob")).await
    })
    .await
    .unwrap();
    assert_eq!(count(&repo, "SELECT count(*) FROM robots").await, 2);
}

pub async fn of_two_updates_of_one_version_the_second_is_stale(repo: Repo) {
    accounts(&repo).await;
    let stored = repo.insert(account("a")).await.unwrap();
    let change = |owner: &str| stored.clone().change().put_change(Account::owner, owner).optimistic_lock(Account::lock_version);
    let updated = repo.update(change("b")).await.unwrap();
    assert_eq!(updated.lock_version, stored.lock_version + 1);
    assert!(matches!(refused(repo.update(change("c")).await), RepoError::StaleEntry { .. }));
    let options = WriteOptions::new().stale_error(Account::owner, "was changed meanwhile");
    let stale = invalid(repo.update_with(change("c"), options).await);
    assert_eq!(stale.errors_json(), serde_json::json!({"owner": ["was changed meanwhile"]}));
    assert!(matches!(refused(repo.delete(change("c")).await), RepoError::StaleEntry { .. }));
    assert_eq!(repo.reload(&stored).await.unwrap(), repo.reload(&updated).await.unwrap());
    repo.delete(updated.change().optimistic_lock(Account::lock_version)).await.unwrap();
}

pub async fn a_filtered_write_finds_only_the_row_that_is_as_it_was(repo: Repo) {
    accounts(&repo).await;
    let stored = repo.insert(account("a")).await.unwrap();
    let change = |from: &str, to: &str| {
        stored.clone().change().put_change(Account::owner, to).filter(Account::owner, from)
    };
    let updated = repo.update(change("a", "b")).await.unwrap();
    assert_eq!(updated.owner, "b");
    assert!(matches!(refused(repo.update(change("a", "c")).await), RepoError::StaleEntry { .. }));
    let options = WriteOptions::new().stale_error(Account::owner, "was changed meanwhile");
    let stale = invalid(repo.update_with(change("a", "c"), options).await);
    assert_eq!(stale.errors_json(), serde_json::json!({"owner": ["was changed meanwhile"]}));
    assert!(matches!(refused(repo.delete(change("a", "c")).await), RepoError::StaleEntry { .. }));
    assert_eq!(repo.reload(&stored).await.unwrap().owner, "b");
    repo.delete(updated.change().filter(Account::owner, "b")).await.unwrap();
}

pub async fn prepared_changes_are_part_of_the_write(repo: Repo) {
    let site = repo.insert(Site { name: "Lab".into(), ..Site::default() }).await.unwrap();
    let counted = |robot: Robot, name: &str| {
        named(robot, name).prepare_changes(move |changeset, tx| async move {
            assert!(tx.in_transaction());
            tx.command("UPDATE sites SET name = name || '+'", vec![]).await?;
            Ok(changeset.put_change(Robot::battery, 50.0))
        })
    };
    let stored = repo.insert(counted(Robot::default(), "Ada")).await.unwrap();
    assert_eq!(stored.battery, 50.0);
    assert_eq!(repo.reload(&site).await.unwrap().name, "Lab+");
    // What fails takes the counter back with it.
    let taken = invalid(repo.insert(counted(Robot::default(), "Ada")).await);
    assert_eq!(taken.errors_on(Robot::name).count(), 1);
    assert_eq!(repo.reload(&site).await.unwrap().name, "Lab+");
    // Without changes there is nothing to prepare.
    repo.update(counted(stored, "Ada")).await.unwrap();
    assert_eq!(repo.reload(&site).await.unwrap().name, "Lab+");
}

pub async fn a_prefix_is_another_table(repo: Repo) {
    accounts(&repo).await;
    let prefix = if repo.dialect() == Dialect::Sqlite { "main" } else { "tenant" };
    if repo.dialect() == Dialect::Postgres {
        repo.execute_script("CREATE SCHEMA tenant; CREATE TABLE tenant.accounts (LIKE accounts INCLUDING ALL)").await.unwrap();
    }
    let stored = repo.insert_with(account("a"), InsertOptions::new().prefix(prefix)).await.unwrap();
    assert_eq!(stored.meta.prefix.as_deref(), Some(prefix));
    let renamed = repo.update(stored.change().put_change(Account::owner, "b")).await.unwrap();
    assert_eq!(renamed.owner, "b");
    if repo.dialect() == Dialect::Postgres {
        assert_eq!(count(&repo, "SELECT count(*) FROM tenant.accounts WHERE owner = 'b'").await, 1);
        assert_eq!(count(&repo, "SELECT count(*) FROM accounts").await, 0);
    }
    repo.delete(renamed).await.unwrap();
}

/// What deleting the owner does to its rows.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "robots")]
pub struct Owner {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    #[schema(has_many(foreign_key = robot_id, on_delete = nilify_all))]
    pub missions: HasMany<Mission>,
    #[schema(has_one(foreign_key = robot_id, on_delete = delete_all))]
    pub badge: ecto_lite::schema::HasOne<super::schemas::Badge>,
    #[schema(many_to_many(join_through = "robots_tags", join_keys(robot_id, tag_id), on_delete = delete_all))]
    pub tags: ecto_lite::schema::ManyToMany<super::schemas::Tag>,
}

pub async fn deleting_the_owner_takes_care_of_its_rows(repo: Repo) {
    let owner = repo.insert(Owner { name: "Ada".into(), ..Owner::default() }).await.unwrap();
    repo.insert(Mission { title: "Map".into(), robot_id: Some(owner.id), ..Mission::default() }).await.unwrap();
    repo.insert(super::schemas::Badge { number: 1, robot_id: owner.id, ..<_>::default() }).await.unwrap();
    repo.execute_script("INSERT INTO tags (name) VALUES ('lab'); INSERT INTO robots_tags SELECT robots.id, tags.id FROM robots, tags")
        .await
        .unwrap();
    repo.delete(owner).await.unwrap();
    assert_eq!(count(&repo, "SELECT count(*) FROM robots_tags").await, 0);
    assert_eq!(count(&repo, "SELECT count(*) FROM badges").await, 0);
    assert_eq!(count(&repo, "SELECT count(*) FROM tags").await, 1);
    assert_eq!(count(&repo, "SELECT count(*) FROM missions WHERE robot_id IS NULL").await, 1);
}

pub async fn options_of_constraints_count_when_writing(repo: Repo) {
    repo.insert(robot("Ada")).await.unwrap();
    let options = ConstraintOptions::default().message("is taken").error_key("base");
    let change = Robot::default().change().put_change(Robot::name, "Ada");
    let taken = invalid(repo.insert(change.unique_constraint_with(Robot::name, options)).await);
    assert_eq!(taken.errors_json(), serde_json::json!({"base": ["is taken"]}));
}
