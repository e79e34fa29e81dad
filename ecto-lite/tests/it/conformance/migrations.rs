//! E41, E42: what migrations do to a database, and how they are undone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use ecto_lite::adapter::{AdapterError, ConstraintKind, Dialect};
use ecto_lite::diff::{self, LiveTable};
use ecto_lite::migration::{
    Commands, Direction, Migration, MigrationError, MigrationState, Migrations, Migrator, OnDelete, OnUpdate,
    Timestamps, array, bigint, binary, boolean, constraint, custom, date, datetime, decimal, desc, expression, float,
    identity, index, integer, json, migrations, naive_datetime, numeric, real, references, smallint, string, structure,
    table, text, time, unique_index, uuid,
};
use ecto_lite::{DbType, Repo, RepoError, Schema, Value};

/// A change, and what it is called.
type Case = (&'static str, fn(&mut Commands));

/// A migration that is a function.
struct Step<const VERSION: i64>(fn(&mut Commands));

impl<const N: i64> Migration for Step<N> {
    const VERSION: i64 = N;

    fn change(&self, m: &mut Commands) {
        self.0(m);
    }
}

fn depots_and_machines(m: &mut Commands) {
    m.create(table("depots").add("name", text().null(false)).add("code", integer()));
    m.create(
        table("machines")
            .add("name", string(40).null(false).default("R2-D2's \\ twin"))
            .add("battery", float().null(false).default(100.0))
            .add("legs", integer().default(2))
            .add("depot_id", references("depots").on_delete(OnDelete::DeleteAll).on_update(OnUpdate::UpdateAll))
            .timestamps(),
    );
    m.create(unique_index("machines", ["name"]));
    m.create(index("machines", ["depot_id"]));
}

async fn base(repo: &Repo) {
    Migrator::new(repo, migrations![Step::<1>(depots_and_machines)]).up().await.expect("the base");
}

/// The database's structure, whatever the order of columns: what is removed and added again comes last.
async fn snapshot(repo: &Repo) -> Vec<LiveTable> {
    let mut tables = diff::tables(repo, None).await.expect("the catalogue can be read");
    for table in &mut tables {
        table.columns.sort_by(|one, other| one.name.cmp(&other.name));
    }
    tables
}

async fn run(repo: &Repo, sql: &'static str) {
    repo.execute_script(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
}

async fn values(repo: &Repo, sql: &'static str) -> Vec<Value> {
    let rows = repo.query(sql, vec![]).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    rows.rows.into_iter().flatten().collect()
}

async fn count(repo: &Repo, sql: &'static str) -> i64 {
    match values(repo, sql).await.as_slice() {
        [Value::Int(count)] => *count,
        other => panic!("{sql} gave {other:?}"),
    }
}

async fn violates(repo: &Repo, sql: &'static str) -> ConstraintKind {
    match repo.command(sql, vec![]).await {
        Err(RepoError::Adapter(AdapterError::Constraint { kind, .. })) => kind,
        other => panic!("{sql} gave {other:?}"),
    }
}

/// Does `change`, undoes it, and finds the structure as it was; then does it again, so that undoing left no traces.
async fn restores(repo: &Repo, what: &str, change: fn(&mut Commands)) {
    let before = snapshot(repo).await;
    let migrator = Migrator::new(repo, migrations![Step::<1>(depots_and_machines), Step::<2>(change)]);
    migrator.up().await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
    let changed = snapshot(repo).await;
    assert_ne!(before, changed, "{what} changes something");
    migrator.rollback(1).await.unwrap_or_else(|error| panic!("{what}, undone: {error:?}"));
    pretty_assertions(&before, &snapshot(repo).await, what);
    migrator.up().await.unwrap_or_else(|error| panic!("{what}, again: {error:?}"));
    pretty_assertions(&changed, &snapshot(repo).await, what);
    migrator.rollback(1).await.unwrap_or_else(|error| panic!("{what}, undone again: {error:?}"));
}

fn pretty_assertions(expected: &[LiveTable], found: &[LiveTable], what: &str) {
    for table in expected {
        let other = found.iter().find(|other| other.name == table.name);
        assert_eq!(Some(table), other, "{what}");
    }
    assert_eq!(expected.len(), found.len(), "{what}");
}

pub async fn what_is_reversed_restores_the_structure(repo: Repo) {
    base(&repo).await;
    let r = &repo;
    restores(r, "create table", |m| {
        m.create(
            table("parts")
                .add("number", bigint().primary_key())
                .add("machine_id", references("machines").null(false).primary_key())
                .add("price", numeric(10, 2).default(rust_decimal_literal()))
                .timestamps(),
        );
    })
    .await;
    restores(r, "create table if not exists", |m| m.create_if_not_exists(table("parts").add("name", text()))).await;
    restores(r, "drop table", |m| {
        m.create(table("parts").add("name", text()));
        m.drop(table("parts").add("name", text()));
        m.create(table("parts2").add("name", text()));
    })
    .await;
    restores(r, "add", |m| {
        m.alter("machines", |t| {
            t.add("wheels", integer().null(false).default(4))
                .add("site_id", references("depots"))
                .add("seen_at", datetime().default_now())
                .timestamps_with(
                    Timestamps::default()
                        .inserted_at("made_at")
                        .no_updated_at()
                        .column(datetime().null(false).default_now()),
                )
        });
    })
    .await;
    restores(r, "add_if_not_exists", |m| m.alter("machines", |t| t.add_if_not_exists("wheels", integer()))).await;
    restores(r, "remove", |m| m.alter("machines", |t| t.remove("legs", integer().default(2)))).await;
    restores(r, "remove_if_exists", |m| m.alter("machines", |t| t.remove_if_exists("legs", integer().default(2))))
        .await;
    restores(r, "remove a key", |m| {
        m.drop(index("machines", ["depot_id"]));
        m.alter("machines", |t| {
            let was = references("depots").on_delete(OnDelete::DeleteAll).on_update(OnUpdate::UpdateAll);
            t.remove("depot_id", was)
        });
    })
    .await;
    restores(r, "modify", |m| {
        m.alter("machines", |t| {
            t.modify("legs", bigint().null(false).default(4).from(integer().default(2)))
                .modify("name", text().default("x").from(string(40).null(false).default("R2-D2's \\ twin")))
        });
    })
    .await;
    restores(r, "modify a key", |m| {
        m.alter("machines", |t| {
            let was = references("depots").on_delete(OnDelete::DeleteAll).on_update(OnUpdate::UpdateAll);
            t.modify("depot_id", references("depots").on_delete(OnDelete::NilifyAll).from(was))
        });
    })
    .await;
    restores(r, "make a column a key", |m| {
        m.alter("machines", |t| t.modify("legs", references("depots").of(integer()).from(integer())));
    })
    .await;
    restores(r, "rename table", |m| m.rename("machines", "robots2")).await;
    restores(r, "rename column", |m| m.rename_column("machines", "legs", "feet")).await;
    restores(r, "create index", |m| {
        m.create(index("machines", [desc("legs"), desc("name")]).filter("legs > 2").unique());
        m.create(index("machines", [expression("lower(name)")]));
        m.create(index("machines", ["legs"]).include(["battery"]).name("covering"));
    })
    .await;
    restores(r, "create index if not exists", |m| m.create_if_not_exists(index("machines", ["legs"]))).await;
    restores(r, "drop index", |m| m.drop(unique_index("machines", ["name"]))).await;
    restores(r, "rename index", |m| m.rename_index("machines", "machines_name_index", "by name")).await;
    restores(r, "execute", |m| {
        m.execute("create table parts (id bigint); create index parts_index on parts (id)").down("drop table parts");
    })
    .await;
}

fn rust_decimal_literal() -> Value {
    Value::Decimal("19.90".parse().expect("a number"))
}

pub async fn what_cannot_be_reversed_says_so(repo: Repo) {
    base(&repo).await;
    let irreversible: [Case; 5] = [
        ("alter table machines", |m| m.alter("machines", |t| t.remove_untyped("legs"))),
        ("alter table machines", |m| m.alter("machines", |t| t.modify("legs", bigint()))),
        ("execute update machines set legs = 3", |m| {
            m.execute("\n update machines set legs = 3\n where true");
        }),
        ("run a step", |m| {
            m.run(|_| async { Ok(()) });
        }),
        ("drop constraint if exists x of table machines", |m| m.drop_if_exists(constraint("machines", "x"))),
    ];
    for (named, change) in irreversible {
        let migrator = Migrator::new(&repo, migrations![Step::<1>(depots_and_machines), Step::<2>(change)]);
        migrator.up().await.unwrap_or_else(|error| panic!("{named}: {error:?}"));
        let before = snapshot(&repo).await;
        let Err(MigrationError::Failed { version: 2, source, .. }) = migrator.rollback(1).await else {
            panic!("{named} is undone")
        };
        let MigrationError::Irreversible { command } = *source else { panic!("{named}: {source:?}") };
        assert_eq!(command, named);
        assert_eq!(before, snapshot(&repo).await, "nothing was touched");
        assert_eq!(migrator.status().await.expect("a status").pending(), 0);
        // The way out that the message names.
        let migrator = Migrator::new(&repo, migrations![UpDown(change)]);
        assert_eq!(migrator.rollback_to(2).await.expect("down"), [2]);
    }
}

/// Its way down is written out.
struct UpDown(fn(&mut Commands));

impl Migration for UpDown {
    const VERSION: i64 = 2;
    fn up(&self, m: &mut Commands) {
        self.0(m);
    }

    fn down(&self, m: &mut Commands) {
        m.drop_if_exists(table("machines"));
        depots_and_machines_again(m);
    }
}

fn depots_and_machines_again(m: &mut Commands) {
    m.drop(table("depots"));
    depots_and_machines(m);
}

pub async fn rows_survive_what_sqlite_has_to_rebuild(repo: Repo) {
    base(&repo).await;
    run(&repo, "insert into depots (name, code) values ('north', 7), ('south', 8)").await;
    run(
        &repo,
        "insert into machines (name, legs, depot_id, inserted_at, updated_at) \
         values ('a', 1, 1, '2026-11-22 12:00:00', '2026-11-22 12:00:00'), \
                ('b', 3, 2, '2026-11-22 12:00:00', '2026-11-22 12:00:00')",
    )
    .await;
    if repo.dialect() == Dialect::Sqlite {
        run(
            &repo,
            "create trigger noticed after update on depots begin select 1; end; \
             create view names as select name from depots; insert into depots (id, name) values (50, 'gone'); \
             delete from depots where id = 50",
        )
        .await;
    }
    // `machines` refers to `depots` with `on delete cascade`: replacing `depots` must not be deleting its rows.
    let change = |m: &mut Commands| {
        m.alter("depots", |t| t.modify("code", text().null(false).from(integer())));
        m.create(constraint("depots", "named").check("name <> ''"));
        m.alter("depots", |t| t.add("doubled", text().generated("code || code")));
    };
    let migrator = Migrator::new(&repo, migrations![Step::<1>(depots_and_machines), Step::<2>(change)]);
    migrator.up().await.expect("it changes");
    assert_eq!(count(&repo, "select count(*) from machines where depot_id is not null").await, 2);
    let found = values(&repo, "select code from depots order by id").await;
    assert_eq!(found, [Value::Text("7".into()), Value::Text("8".into())]);
    assert_eq!(values(&repo, "select doubled from depots where id = 1").await, [Value::Text("77".into())]);
    assert_eq!(violates(&repo, "insert into depots (name, code) values ('', 'x')").await, ConstraintKind::Check);
    assert_eq!(violates(&repo, "insert into depots (name) values ('y')").await, ConstraintKind::NotNull);
    let orphan = "insert into machines (name, depot_id, inserted_at, updated_at) \
                  values ('c', 99, '2026-11-22 12:00:00', '2026-11-22 12:00:00')";
    assert_eq!(violates(&repo, orphan).await, ConstraintKind::ForeignKey, "foreign keys are enforced again");
    if repo.dialect() == Dialect::Sqlite {
        assert_eq!(count(&repo, "select count(*) from sqlite_master where name in ('noticed', 'names')").await, 2);
        run(&repo, "insert into depots (name, code) values ('new', '1')").await;
        assert_eq!(count(&repo, "select max(id) from depots").await, 51, "ids are not given twice");
        assert_eq!(count(&repo, "select count(*) from names").await, 3);
    }
    run(&repo, "delete from depots where id = 1").await;
    assert_eq!(count(&repo, "select count(*) from machines").await, 1, "the cascade is still there");
}

pub async fn constraints_come_and_go(repo: Repo) {
    base(&repo).await;
    let change = |m: &mut Commands| {
        m.create(constraint("machines", "few legs").check("legs < 10").comment("it's ours"));
        m.create(constraint("depots", "code").check("code > 0").validate(false));
    };
    let migrator = Migrator::new(&repo, migrations![Step::<1>(depots_and_machines), Step::<2>(change)]);
    let before = snapshot(&repo).await;
    let many = "insert into machines (name, legs, inserted_at, updated_at) \
                values ('x', 12, '2026-11-22 12:00:00', '2026-11-22 12:00:00')";
    migrator.up().await.expect("constraints");
    assert_eq!(violates(&repo, many).await, ConstraintKind::Check);
    migrator.rollback(1).await.expect("no constraints");
    assert_eq!(before, snapshot(&repo).await);
    run(&repo, many).await;
    let dropped = |m: &mut Commands| m.drop(constraint("machines", "missing").check("legs < 10"));
    let migrator = Migrator::new(&repo, migrations![Step::<1>(depots_and_machines), Step::<2>(dropped)]);
    assert!(migrator.up().await.is_err(), "there is no such constraint");
    let dropped = |m: &mut Commands| m.drop_if_exists(constraint("machines", "missing"));
    Migrator::new(&repo, migrations![Step::<2>(dropped)]).up().await.expect("if it exists");
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "everything")]
struct Everything {
    #[schema(primary_key)]
    id: i64,
    flag: bool,
    small: i16,
    number: i32,
    big: i64,
    single: f32,
    double: f64,
    label: String,
    words: String,
    bytes: Vec<u8>,
    uuid: uuid::Uuid,
    price: rust_decimal::Decimal,
    day: NaiveDate,
    hour: NaiveTime,
    local: NaiveDateTime,
    moment: DateTime<Utc>,
    tags: Vec<String>,
    ids: Vec<uuid::Uuid>,
    made_at: DateTime<Utc>,
}

pub async fn every_type_and_default_is_what_a_schema_reads(repo: Repo) {
    fn moment() -> DateTime<Utc> {
        "2026-11-22T12:34:56.789012Z".parse().expect("a time")
    }
    fn change(m: &mut Commands) {
        let nil = uuid::Uuid::nil();
        m.create(
            table("everything")
                .add("flag", boolean().null(false).default(true))
                .add("small", smallint().null(false).default(-3))
                .add("number", integer().null(false).default(2_000_000_000))
                .add("big", bigint().null(false).default(i64::MIN))
                .add("single", real().null(false).default(0.5))
                .add("double", float().null(false).default(-1e300))
                .add("label", string(40).null(false).default("it's \"quoted\" \\ and ☃"))
                .add("words", text().null(false).default(""))
                .add("bytes", binary().null(false).default(Value::Binary(vec![0, 255, 39])))
                .add("uuid", uuid().null(false).default(Value::Uuid(nil)))
                .add(
                    "price",
                    decimal().null(false).default(Value::Decimal("123456789.000000001".parse().expect("a number"))),
                )
                .add("day", date().null(false).default(Value::Date(moment().date_naive())))
                .add("hour", time().null(false).default(Value::Time(moment().time())))
                .add("local", naive_datetime().null(false).default(Value::NaiveDateTime(moment().naive_utc())))
                .add("moment", datetime().null(false).default(Value::DateTime(moment())))
                .add(
                    "tags",
                    array(text()).null(false).default(Value::Array(&DbType::Text, vec![Value::Text("a'b".into())])),
                )
                .add("ids", array(uuid()).null(false).default(Value::Array(&DbType::Uuid, vec![Value::Uuid(nil)])))
                .add("made_at", datetime().null(false).default_now())
                .add("extra", json().default(serde_json::json!({"it's": ["1e5", 1]}))),
        );
    }
    let started = Utc::now() - chrono::TimeDelta::milliseconds(2);
    Migrator::new(&repo, migrations![Step::<1>(change)]).up().await.expect("every type");
    run(&repo, "insert into everything (flag) values (true)").await;
    let row: Everything = repo.fetch(1).await.expect("it can be read");
    let expected = Everything {
        id: 1,
        flag: true,
        small: -3,
        number: 2_000_000_000,
        big: i64::MIN,
        single: 0.5,
        double: -1e300,
        label: "it's \"quoted\" \\ and ☃".into(),
        words: String::new(),
        bytes: vec![0, 255, 39],
        uuid: uuid::Uuid::nil(),
        price: "123456789.000000001".parse().expect("a number"),
        day: moment().date_naive(),
        hour: moment().time(),
        local: moment().naive_utc(),
        moment: moment(),
        tags: vec!["a'b".into()],
        ids: vec![uuid::Uuid::nil()],
        made_at: row.made_at,
    };
    assert_eq!(row, expected);
    assert!(row.made_at >= started && row.made_at <= Utc::now(), "the database's clock, in UTC: {}", row.made_at);
    let found = diff::diff(&repo, &[Everything::meta()]).await.expect("a diff");
    assert_eq!(found.problems().count(), 0, "{found}");
}

pub async fn names_of_any_kind_are_quoted(repo: Repo) {
    fn change(m: &mut Commands) {
        let other = "order; drop table \"sites\"; --";
        m.create(
            table("select \"from\" 'where'")
                .add("group", text().null(false).default("x"))
                .add("ключ☃ \"quoted\"", integer())
                .add("a`b[c]", integer()),
        );
        m.create(table(other).add("select", references("select \"from\" 'where'").on_delete(OnDelete::DeleteAll)));
        m.create(index(other, ["select"]).name("index; \"drop\" 'it'"));
        m.alter("select \"from\" 'where'", |t| {
            t.modify("group", string(9).null(true).from(text().null(false).default("x")))
                .add("null", integer().default(1))
                .add("check", integer().null(false).default(7))
                .remove("a`b[c]", integer())
        });
        m.create(constraint("select \"from\" 'where'", "check \"it\"").check("\"check\" > 0"));
        m.rename_column("select \"from\" 'where'", "ключ☃ \"quoted\"", "табл \"x\"");
        m.rename_index(other, "index; \"drop\" 'it'", "\"");
        m.rename(other, "'");
    }
    let before = snapshot(&repo).await;
    let migrator = Migrator::new(&repo, migrations![Step::<1>(change)]).source("schema \"migrations\"; '");
    migrator.up().await.expect("any name");
    let tables = snapshot(&repo).await;
    let made = tables.iter().find(|table| table.name == "select \"from\" 'where'").expect("it is there");
    let columns: Vec<_> = made.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["check", "group", "id", "null", "табл \"x\""]);
    let other = tables.iter().find(|table| table.name == "'").expect("it is there");
    assert_eq!(other.indexes.iter().filter(|index| index.name == "\"").count(), 1);
    assert!(tables.iter().any(|table| table.name == "sites"), "nothing was dropped");
    migrator.down().await.expect("and back");
    let after: Vec<_> =
        snapshot(&repo).await.into_iter().filter(|table| !table.name.starts_with("schema \"")).collect();
    assert_eq!(before, after);
}

pub async fn names_that_cannot_be_are_refused(repo: Repo) {
    for name in ["", "a\0b"] {
        let migrator = Migrator::new(&repo, Migrations::new().add(Named(name.into())));
        let Err(MigrationError::Failed { source, .. }) = migrator.up().await else { panic!("{name:?} is a name") };
        assert!(matches!(*source, MigrationError::Name { .. }), "{source:?}");
    }
    let long = "é".repeat(32);
    let migrator = Migrator::new(&repo, Migrations::new().add(Named(long)));
    let answer = migrator.up().await;
    // PostgreSQL would cut it, and a changeset look for a constraint that does not exist.
    assert_eq!(answer.is_err(), repo.dialect() == Dialect::Postgres);
}

struct Named(String);

impl Migration for Named {
    const VERSION: i64 = 1;

    fn change(&self, m: &mut Commands) {
        m.create(table("things").add("name", text()));
        m.create(index("things", ["name"]).name(self.0.as_str()));
    }
}

pub async fn a_run_goes_where_it_is_told(repo: Repo) {
    fn none(_: &mut Commands) {}
    let all = || migrations![Step::<30>(none), Step::<10>(none), Step::<20>(none)];
    let m = Migrator::new(&repo, all());
    assert_eq!(m.status().await.unwrap().pending(), 3);
    assert!(
        diff::tables(&repo, None).await.unwrap().iter().all(|table| table.name != "schema_migrations"),
        "asking changes nothing"
    );
    assert_eq!(m.rollback(1).await.unwrap(), [0_i64; 0]);
    assert_eq!(m.step(1).await.unwrap(), [10]);
    assert_eq!(m.up_to_exclusive(30).await.unwrap(), [20]);
    assert_eq!(m.up_to(30).await.unwrap(), [30]);
    assert_eq!(m.up().await.unwrap(), [0_i64; 0]);
    assert_eq!(m.rollback(1).await.unwrap(), [30]);
    assert_eq!(m.up().await.unwrap(), [30]);
    assert_eq!(m.rollback_to_exclusive(10).await.unwrap(), [30, 20]);
    assert_eq!(m.up().await.unwrap(), [20, 30]);
    assert_eq!(m.rollback_to(20).await.unwrap(), [30, 20]);
    assert_eq!(m.down().await.unwrap(), [10]);
    assert_eq!(m.up().await.unwrap(), [10, 20, 30]);

    // An application that knows less than the database.
    let older = Migrator::new(&repo, migrations![Step::<10>(none), Step::<40>(none)]);
    let status = older.status().await.unwrap();
    let told: Vec<_> = status.iter().map(|it| (it.version, it.state, it.name.is_some())).collect();
    let up = MigrationState::Up;
    assert_eq!(told, [(10, up, true), (20, up, false), (30, up, false), (40, MigrationState::Down, true)]);
    assert!(status.to_string().contains("NOT IN THIS APPLICATION"), "{status}");
    assert!(matches!(older.rollback(1).await, Err(MigrationError::Unknown { version: 30 })));
    assert_eq!(m.status().await.unwrap().pending(), 0, "nothing was undone");

    let late = || migrations![Step::<30>(none), Step::<5>(none)];
    let strict = Migrator::new(&repo, late()).strict_version_order(true);
    assert!(matches!(strict.up().await, Err(MigrationError::OutOfOrder { version: 5, latest: 30, .. })));
    assert_eq!(Migrator::new(&repo, late()).up().await.unwrap(), [5], "otherwise it is only warned of");
    let twice = Migrator::new(&repo, migrations![Step::<5>(none), Step::<6>(none), Step::<5>(none)]);
    assert!(matches!(twice.up().await, Err(MigrationError::DuplicateVersion { version: 5, .. })));
}

pub async fn a_migration_that_fails_leaves_nothing(repo: Repo) {
    let first = |m: &mut Commands| m.create(table("first").add("name", text()));
    let broken = |m: &mut Commands| {
        m.create(table("second").add("name", text()));
        m.execute("insert into second (name) values ('x')").down("");
        m.execute("insert into nowhere values (1)").down("");
    };
    let third = |m: &mut Commands| m.create(table("third").add("name", text()));
    let migrator = Migrator::new(&repo, migrations![Step::<1>(first), Step::<2>(broken), Step::<3>(third)]);
    let error = migrator.up().await.expect_err("it is broken");
    let MigrationError::Failed { version: 2, command, .. } = &error else { panic!("{error:?}") };
    assert_eq!(command, "execute insert into nowhere values (1)");
    let names: Vec<_> = diff::tables(&repo, None).await.unwrap().into_iter().map(|table| table.name).collect();
    assert!(names.contains(&"first".into()) && !names.contains(&"second".into()) && !names.contains(&"third".into()));
    let status = migrator.status().await.unwrap();
    assert_eq!(status.iter().map(|it| it.state == MigrationState::Up).collect::<Vec<_>>(), [true, false, false]);
    // A rebuild that fails too, and foreign keys are on again.
    let broken = |m: &mut Commands| {
        m.create(constraint("first", "x").check("name <> ''"));
        m.execute("insert into nowhere values (1)");
    };
    let migrator = Migrator::new(&repo, migrations![Step::<2>(broken)]);
    assert!(migrator.up().await.is_err());
    run(&repo, "insert into first (name) values ('')").await;
    for _ in 0..20 {
        assert_eq!(
            violates(&repo, "insert into robots (name, site_id) values ('x', 99)").await,
            ConstraintKind::ForeignKey
        );
    }
    let error = Migrator::new(&repo, migrations![Nothing]).up().await.expect_err("it does nothing");
    assert!(matches!(error, MigrationError::Failed { source, .. } if matches!(*source, MigrationError::Empty)));
}

struct Nothing;

impl Migration for Nothing {
    const VERSION: i64 = 9;
}

struct WithSteps;

impl Migration for WithSteps {
    const VERSION: i64 = 1;

    fn after_begin(&self, m: &mut Commands) {
        m.execute("create table trace (id bigint, what text)").down("");
        m.execute("insert into trace values (1, 'begin')").down("");
    }

    fn change(&self, m: &mut Commands) {
        m.create(table("parts").add("name", text()));
        m.run(|repo| async move {
            assert!(repo.in_transaction());
            repo.command("insert into parts (name) values ('made by a step')", vec![]).await?;
            repo.command("insert into trace values (2, 'step')", vec![]).await?;
            Ok(())
        })
        .down(|repo| async move {
            repo.command("insert into trace values (2, 'step down')", vec![]).await?;
            Ok(())
        });
        m.alter("parts", |t| t.add("size", integer().default(3)));
    }

    fn before_commit(&self, m: &mut Commands) {
        m.run(|repo| async move {
            let rows = repo.query("select what from trace order by id", vec![]).await?;
            let seen: Vec<_> = rows.rows.into_iter().flatten().collect();
            match seen.as_slice() {
                [Value::Text(first), Value::Text(second)] if first == "begin" && second.starts_with("step") => {}
                other => return Err(MigrationError::step(format!("{other:?}"))),
            }
            repo.command("drop table trace", vec![]).await?;
            Ok(())
        });
    }
}

pub async fn steps_and_callbacks_run_in_order_and_in_the_transaction(repo: Repo) {
    let migrator = Migrator::new(&repo, migrations![WithSteps]);
    assert_eq!(migrator.up().await.expect("up"), [1]);
    let found = values(&repo, "select name from parts where size = 3").await;
    assert_eq!(found, [Value::Text("made by a step".into())], "a step sees what is above it");
    assert_eq!(migrator.rollback(1).await.expect("down"), [1]);
    assert!(
        diff::tables(&repo, None).await.unwrap().iter().all(|table| table.name != "parts" && table.name != "trace")
    );
}

pub async fn a_step_that_fails_rolls_back(repo: Repo) {
    let change = |m: &mut Commands| {
        m.create(table("parts").add("name", text()));
        m.run(|_| async { Err(MigrationError::step("no parts today")) });
    };
    let error = Migrator::new(&repo, migrations![Step::<1>(change)]).up().await.expect_err("it fails");
    assert!(matches!(&error, MigrationError::Failed { command, .. } if command == "run a step"), "{error:?}");
    let cause = std::error::Error::source(&error).expect("a cause");
    assert_eq!(cause.to_string(), "no parts today");
    assert!(diff::tables(&repo, None).await.unwrap().iter().all(|table| table.name != "parts"));
}

pub async fn at_once_each_migration_runs_once(repo: Repo) {
    let runs = Arc::new(AtomicUsize::new(0));
    for round in 0..5 {
        let tasks: Vec<_> = (0..6)
            .map(|_| {
                let migrator =
                    Migrator::new(&repo, Migrations::new().add(Counting(Arc::clone(&runs))).add(CountingToo));
                tokio::spawn(async move { migrator.up().await })
            })
            .collect();
        let mut ran = Vec::new();
        for task in tasks {
            ran.extend(task.await.expect("no panic").expect("nobody fails"));
        }
        ran.sort_unstable();
        assert_eq!(ran, [1, 2], "in round {round}");
        assert_eq!(runs.load(Ordering::SeqCst), round + 1);
        assert_eq!(count(&repo, "select count(*) from once").await, 1);
        Migrator::new(&repo, Migrations::new().add(Counting(Arc::clone(&runs))).add(CountingToo))
            .down()
            .await
            .expect("down");
    }
}

struct Counting(Arc<AtomicUsize>);

impl Migration for Counting {
    const VERSION: i64 = 1;

    fn change(&self, m: &mut Commands) {
        m.create(table("once").add("name", text()));
        let runs = Arc::clone(&self.0);
        m.run(move |repo| {
            let runs = Arc::clone(&runs);
            async move {
                runs.fetch_add(1, Ordering::SeqCst);
                repo.command("insert into once (name) values ('x')", vec![]).await?;
                Ok(())
            }
        })
        .down_nothing();
    }
}

struct CountingToo;

impl Migration for CountingToo {
    const VERSION: i64 = 2;

    fn change(&self, m: &mut Commands) {
        m.alter("once", |t| t.modify("name", string(9).from(text())));
        m.create(constraint("once", "named").check("name <> ''"));
    }
}

struct Concurrently;

impl Migration for Concurrently {
    const VERSION: i64 = 2;
    const TRANSACTION: bool = false;

    fn change(&self, m: &mut Commands) {
        m.create(index("machines", ["legs"]).concurrently().comment("built while others write"));
    }
}

pub async fn an_index_is_built_while_others_write(repo: Repo) {
    base(&repo).await;
    let before = snapshot(&repo).await;
    let list = || migrations![Step::<1>(depots_and_machines), Concurrently];
    // Several at once: those that wait must not be what PostgreSQL waits for.
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let migrator = Migrator::new(&repo, list());
            tokio::spawn(async move { migrator.up().await })
        })
        .collect();
    let mut ran = Vec::new();
    for task in tasks {
        // In SQLite nothing locks a migration without a transaction, so another one may find the index there.
        match task.await.expect("no panic") {
            Ok(versions) => ran.extend(versions),
            Err(error) => assert_eq!(repo.dialect(), Dialect::Sqlite, "{error:?}"),
        }
    }
    assert_eq!(ran, [2]);
    let migrator = Migrator::new(&repo, list());
    assert_eq!(migrator.status().await.unwrap().pending(), 0);
    assert_eq!(migrator.rollback(1).await.expect("it is dropped"), [2]);
    assert_eq!(before, snapshot(&repo).await);
}

pub async fn each_prefix_is_migrated_for_itself(repo: Repo) {
    fn change(m: &mut Commands) {
        m.create(table("tenants").add("name", text()));
        m.create(
            table("tenant_rows")
                .add("tenant_id", references("tenants").on_delete(OnDelete::DeleteAll).null(false))
                .add("n", integer()),
        );
        m.create(unique_index("tenant_rows", ["n"]));
        m.alter("tenant_rows", |t| {
            t.modify("n", text().from(integer().using("cast(n as integer)"))).add("m", integer())
        });
        m.create(constraint("tenants", "named").check("name <> ''"));
        m.rename_index("tenant_rows", "tenant_rows_n_index", "by_n");
        m.rename_column("tenant_rows", "m", "o");
        let prefix = m.prefix().unwrap_or("none").to_owned();
        let own = prefix.clone();
        m.run(move |repo| {
            let is_own = repo.prefix() == Some(own.as_str());
            async move { if is_own { Ok(()) } else { Err(MigrationError::step("another tenant's repo")) } }
        })
        .down_nothing();
        m.execute(format!("insert into \"{prefix}\".tenants (name) values ('{prefix}')")).down("");
    }
    // In SQLite a database is attached to one connection.
    let answer: Result<(), MigrationError> = repo
        .checkout(|repo| async move {
            if repo.dialect() == Dialect::Sqlite {
                run(&repo, "attach ':memory:' as \"acme co\"; attach ':memory:' as zeta").await;
            }
            let before = diff::tables(&repo, None).await?;
            for prefix in ["acme co", "zeta"] {
                let migrator = Migrator::new(&repo, migrations![Step::<1>(change)]).prefix(prefix);
                assert_eq!(migrator.status().await?.pending(), 1, "{prefix} has its own versions");
                assert_eq!(migrator.up().await?, [1]);
                assert_eq!(migrator.up().await?, [0_i64; 0]);
                let names: Vec<_> = diff::tables(&repo, Some(prefix)).await?.into_iter().map(|it| it.name).collect();
                assert_eq!(names, ["schema_migrations", "tenant_rows", "tenants"]);
            }
            assert_eq!(before, diff::tables(&repo, None).await?, "nothing outside");
            let names =
                values(&repo, "select name from \"acme co\".tenants union all select name from zeta.tenants").await;
            assert_eq!(names, [Value::Text("acme co".into()), Value::Text("zeta".into())]);
            let zeta = Migrator::new(&repo.with_prefix("zeta"), migrations![Step::<1>(change)]);
            assert_eq!(zeta.down().await?, [1]);
            let left: Vec<_> = diff::tables(&repo, Some("zeta")).await?.into_iter().map(|it| it.name).collect();
            assert_eq!(left, ["schema_migrations"]);
            Ok(())
        })
        .await;
    answer.expect("each prefix");
}

pub async fn a_structure_is_dumped_and_loaded(repo: Repo) {
    base(&repo).await;
    let dumped = structure::dump(&repo).await.expect("a dump");
    let before = snapshot(&repo).await;
    let (off, on, cascade) = match repo.dialect() {
        Dialect::Postgres => ("", "", " cascade"),
        _ => ("pragma foreign_keys = off", "pragma foreign_keys = on", ""),
    };
    let emptied: Result<(), RepoError> = repo
        .checkout(|repo| async move {
            repo.execute_script(off).await?;
            for table in diff::tables(&repo, None).await.expect("the catalogue can be read") {
                repo.execute_script(&format!("drop table \"{}\"{cascade}", table.name)).await?;
            }
            repo.execute_script(on).await
        })
        .await;
    emptied.expect("everything can be dropped");
    assert_eq!(snapshot(&repo).await, []);
    structure::load(&repo, &dumped).await.expect("it is loaded");
    assert_eq!(before, snapshot(&repo).await);
    let migrator = Migrator::new(&repo, migrations![Step::<1>(depots_and_machines)]);
    assert_eq!(migrator.status().await.expect("a status").pending(), 0, "it says what has run");
    assert_eq!(structure::dump(&repo).await.expect("a dump"), dumped, "a dump is stable");
    assert!(structure::load(&repo, "create table half (id bigint); select nonsense from nowhere").await.is_err());
    assert_eq!(before, snapshot(&repo).await, "wholly or not at all");
}

fn things(m: &mut Commands) {
    m.create(
        table("things")
            .comment("what's \"here\"")
            .add("name", text().comment("its name").collation(collation(m.dialect())))
            .add("tags", array(text()))
            .add("low", integer())
            .add("high", integer())
            .add("citext", custom("varchar(7)")),
    );
}

fn collation(dialect: Dialect) -> &'static str {
    if dialect == Dialect::Postgres { "C" } else { "nocase" }
}

pub async fn what_only_postgres_has_is_made_there_and_refused_elsewhere(repo: Repo) {
    let changes: [Case; 6] = [
        ("gin", |m| m.create(index("things", ["tags"]).using("gin"))),
        ("nulls", |m| m.create(unique_index("things", ["name"]).nulls_distinct(false))),
        ("exclusion", |m| {
            m.create(constraint("things", "apart").exclude("gist (int4range(\"low\", \"high\") with &&)"));
        }),
        ("some columns", |m| {
            m.create(
                table("others")
                    .add("a", bigint())
                    .add("thing_id", references("things").on_delete(OnDelete::Nilify(vec!["thing_id".into()]))),
            );
        }),
        ("identity", |m| m.create(table("others").add("n", identity()))),
        ("options", |m| m.create(index("things", ["name"]).options("fillfactor = 70"))),
    ];
    Migrator::new(&repo, migrations![Step::<1>(things)]).up().await.expect("things");
    for (name, change) in changes {
        let before = snapshot(&repo).await;
        let migrator = Migrator::new(&repo, migrations![Step::<1>(things), Step::<2>(change)]);
        if repo.dialect() == Dialect::Postgres {
            migrator.up().await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert_ne!(before, snapshot(&repo).await, "{name}");
            migrator.rollback(1).await.unwrap_or_else(|error| panic!("{name}, undone: {error:?}"));
        } else {
            let Err(MigrationError::Failed { source, .. }) = migrator.up().await else { panic!("{name} is made") };
            assert!(matches!(*source, MigrationError::Unsupported { .. }), "{name}: {source:?}");
        }
        assert_eq!(before, snapshot(&repo).await, "{name}");
    }
    if repo.dialect() == Dialect::Postgres {
        let comments = values(
            &repo,
            "select obj_description('things'::regclass) || ' ' || col_description('things'::regclass, 2)",
        )
        .await;
        assert_eq!(comments, [Value::Text("what's \"here\" its name".into())]);
    }
}

pub async fn a_key_need_not_hold_for_old_rows(repo: Repo) {
    base(&repo).await;
    run(
        &repo,
        "insert into machines (name, legs, inserted_at, updated_at) \
         values ('x', 77, '2026-11-22 12:00:00', '2026-11-22 12:00:00')",
    )
    .await;
    let valid = |m: &mut Commands| {
        m.alter("machines", |t| t.modify("legs", references("depots").of(integer()).from(integer().default(2))));
    };
    let invalid = |m: &mut Commands| {
        m.alter("machines", |t| {
            t.modify("legs", references("depots").of(integer()).validate(false).from(integer().default(2)))
        });
    };
    let migrator = Migrator::new(&repo, migrations![Step::<1>(depots_and_machines), Step::<2>(valid)]);
    migrator.up().await.expect_err("there is no depot 77");
    let migrator = Migrator::new(&repo, migrations![Step::<1>(depots_and_machines), Step::<2>(invalid)]);
    // SQLite could not keep it: building the table anew for another reason would look at the rows.
    assert_eq!(migrator.up().await.is_ok(), repo.dialect() == Dialect::Postgres);
}

pub async fn composite_and_deferred_keys_are_kept(repo: Repo) {
    fn change(m: &mut Commands) {
        m.create(table("owners").add("org", integer().primary_key()).add("number", integer().primary_key()));
        m.create(table("owned").add("org", integer()).add(
            "owner",
            references("owners").of(integer()).column("number").with("org", "org").match_full().name("owned_by"),
        ));
        m.create(table("eggs").add("hen_id", references("eggs").deferred()));
    }
    fn alter(m: &mut Commands) {
        m.alter("owned", |t| t.add("second", references("owners").of(integer()).column("number").with("org", "org")));
    }
    let migrator = Migrator::new(&repo, migrations![Step::<1>(change), Step::<2>(alter)]);
    migrator.step(1).await.expect("keys");
    let before = snapshot(&repo).await;
    let owned = before.iter().find(|table| table.name == "owned").expect("it is there");
    assert_eq!(owned.foreign_keys[0].columns, ["owner", "org"]);
    assert_eq!(owned.foreign_keys[0].referenced, ["number", "org"]);
    let owners = before.iter().find(|table| table.name == "owners").expect("it is there");
    assert_eq!(owners.primary_key, ["org", "number"]);
    assert!(owners.columns.iter().all(|column| !column.nullable), "SQLite would allow null in a key");
    migrator.up().await.expect("one more key");
    migrator.rollback(1).await.expect("one fewer");
    assert_eq!(before, snapshot(&repo).await);
    assert_eq!(violates(&repo, "insert into owned (org, owner) values (1, 2)").await, ConstraintKind::ForeignKey);
    let answer: Result<(), RepoError> = repo
        .transaction(|tx| async move {
            tx.command("insert into eggs (id, hen_id) values (1, 2)", vec![]).await?;
            tx.command("insert into eggs (id, hen_id) values (2, 1)", vec![]).await?;
            Ok(())
        })
        .await;
    answer.expect("the key is looked at when all is there");
}

pub async fn a_transaction_of_the_caller_is_joined(repo: Repo) {
    let change = |m: &mut Commands| {
        m.create(table("inside").add("name", text()));
        m.create(constraint("inside", "named").check("name <> ''"));
    };
    let answer: Result<(), MigrationError> = repo
        .transaction(|tx| async move {
            assert_eq!(Migrator::new(&tx, migrations![Step::<1>(change)]).up().await?, [1]);
            Err(tx.rollback("only to see").into())
        })
        .await;
    assert!(matches!(answer, Err(MigrationError::Repo(RepoError::Rollback(_)))), "{answer:?}");
    assert!(diff::tables(&repo, None).await.unwrap().iter().all(|table| table.name != "inside"));
    if repo.dialect() == Dialect::Sqlite {
        // Others refer to `robots`, and foreign keys cannot be turned off any more.
        let change = |m: &mut Commands| m.create(constraint("robots", "named").check("name <> ''"));
        let answer: Result<(), MigrationError> = repo
            .transaction(|tx| async move { Migrator::new(&tx, migrations![Step::<1>(change)]).up().await.map(drop) })
            .await;
        let Err(MigrationError::Failed { source, .. }) = answer else { panic!("{answer:?}") };
        assert!(matches!(*source, MigrationError::Table { .. }), "{source:?}");
    }
    let sql = migrations![Step::<1>(change)].to_sql(1, repo.dialect(), Direction::Down).expect("it is reversed");
    assert_eq!(sql.last().map(String::as_str), Some("drop table \"inside\""));
}

/// A step that tells that it has begun, and never ends by itself.
struct Stuck {
    begun: Arc<tokio::sync::Notify>,
    rebuilds: bool,
}

impl Migration for Stuck {
    const VERSION: i64 = 1;

    fn change(&self, m: &mut Commands) {
        m.create(table("stuck").add("name", text()));
        if self.rebuilds {
            m.create(constraint("stuck", "named").check("name <> ''"));
        }
        let (begun, panics) = (Arc::clone(&self.begun), self.rebuilds);
        m.run(move |_| {
            let begun = Arc::clone(&begun);
            async move {
                begun.notify_one();
                assert!(!panics, "a step that panics");
                std::future::pending().await
            }
        });
    }
}

pub async fn a_run_that_is_dropped_or_panics_leaves_nothing(repo: Repo) {
    let nothing_is_left = async |repo: &Repo| {
        assert!(diff::tables(repo, None).await.unwrap().iter().all(|table| table.name != "stuck"));
        // Neither a lock nor a connection without foreign keys.
        let plain = |m: &mut Commands| m.create(table("plain").add("name", text()));
        let migrator = Migrator::new(repo, migrations![Step::<1>(plain)]);
        assert_eq!(migrator.up().await.expect("nobody is in the way"), [1]);
        assert_eq!(migrator.down().await.expect("nobody is in the way"), [1]);
        let orphan = "insert into robots (name, site_id) values ('x', 99)";
        assert_eq!(violates(repo, orphan).await, ConstraintKind::ForeignKey);
    };
    let begun = Arc::new(tokio::sync::Notify::new());
    let stuck = |rebuilds| Migrator::new(&repo, Migrations::new().add(Stuck { begun: Arc::clone(&begun), rebuilds }));
    let run = stuck(false);
    let task = tokio::spawn(async move { run.up().await });
    begun.notified().await;
    task.abort();
    assert!(task.await.is_err_and(|ended| ended.is_cancelled()));
    nothing_is_left(&repo).await;
    let error = stuck(true).up().await.expect_err("a step panics");
    let cause = std::error::Error::source(&error).expect("a cause").to_string();
    assert_eq!(cause, "it panicked: a step that panics");
    nothing_is_left(&repo).await;
}

pub async fn lists_are_merged_and_share_a_database_by_source(repo: Repo) {
    let one = |m: &mut Commands| m.create(table("one").add("name", text()));
    let two = |m: &mut Commands| m.create(table("two").add("name", text()));
    let merged = migrations![Step::<2>(two)].merge(migrations![Step::<1>(one)]);
    assert_eq!(Migrator::new(&repo, merged).up().await.expect("both"), [1, 2]);
    let library = |m: &mut Commands| m.create(table("library").add("name", text()));
    let own = Migrator::new(&repo, migrations![Step::<1>(library)]).source("library_migrations");
    assert_eq!(own.up().await.expect("its own versions"), [1]);
    assert_eq!(own.status().await.expect("a status").len(), 1);
}
