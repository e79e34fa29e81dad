//! What a database lacks of what the schemas suppose.

use ecto_lite::diff::{self, Diff, Difference};
use ecto_lite::migration::{
    Commands, Migration, Migrator, OnDelete, bigserial, boolean, float, index, integer, migrations, references, string,
    table, text, unique_index, uuid,
};
use ecto_lite::schema::{BelongsTo, HasMany, HasOne, ManyToMany};
use ecto_lite::{Repo, Schema, schemas};

use super::schemas::{Badge, LogEntry, Mission, Person, Robot, Site, Tag};

struct Step(fn(&mut Commands));

impl Migration for Step {
    const VERSION: i64 = 1;

    fn change(&self, m: &mut Commands) {
        self.0(m);
    }
}

async fn migrate(repo: &Repo, change: fn(&mut Commands)) {
    Migrator::new(repo, migrations![Step(change)]).up().await.expect("it migrates");
}

fn lines(diff: &Diff) -> Vec<String> {
    diff.differences().iter().map(ToString::to_string).collect()
}

pub async fn the_tests_own_schemas_lack_nothing(repo: Repo) {
    let all = schemas![Site, Robot, Mission, LogEntry, Badge, Tag, Person];
    let found = diff::diff(&repo, all).await.expect("a diff");
    assert_eq!(found.problems().count(), 0, "{found}");
    // Their tables were written by hand, without an index on some keys.
    assert!(found.advice().all(|advice| matches!(advice, Difference::MissingIndex { .. })), "{found}");
}

mod fleet {
    use super::{BelongsTo, HasMany, HasOne, ManyToMany, Schema};

    #[derive(Schema, Clone, Debug)]
    #[schema(source = "hangars")]
    pub struct Hangar {
        #[schema(primary_key)]
        pub id: i64,
        pub name: String,
        #[schema(has_many)]
        pub drones: HasMany<Drone>,
    }

    #[derive(Schema, Clone, Debug)]
    #[schema(source = "drones")]
    pub struct Drone {
        #[schema(primary_key)]
        pub id: i64,
        pub name: String,
        pub range: f64,
        pub active: bool,
        pub nick: Option<String>,
        pub serial: uuid::Uuid,
        pub hangar_id: i64,
        #[schema(belongs_to)]
        pub hangar: BelongsTo<Hangar>,
        #[schema(has_one)]
        pub licence: HasOne<Licence>,
        #[schema(many_to_many(join_through = "drones_pilots"))]
        pub pilots: ManyToMany<Pilot>,
    }

    #[derive(Schema, Clone, Debug)]
    #[schema(source = "licences")]
    pub struct Licence {
        #[schema(primary_key)]
        pub id: i64,
        pub drone_id: i64,
        #[schema(belongs_to)]
        pub drone: BelongsTo<Drone>,
    }

    #[derive(Schema, Clone, Debug)]
    #[schema(source = "pilots")]
    pub struct Pilot {
        #[schema(primary_key)]
        pub id: i64,
        pub name: String,
        #[schema(many_to_many(join_through = "drones_pilots"))]
        pub drones: ManyToMany<Drone>,
    }
}

use fleet::{Drone, Hangar, Licence, Pilot};

pub async fn an_empty_database_lacks_every_table(repo: Repo) {
    let found = diff::diff(&repo, schemas![Drone, Hangar, Licence, Pilot]).await.expect("a diff");
    let missing: Vec<_> = found
        .differences()
        .iter()
        .filter_map(|difference| match difference {
            Difference::MissingTable { table, .. } => Some(table.name.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(missing, ["drones", "hangars", "licences", "pilots", "drones_pilots"]);
    let code = found.to_migration();
    let at = |part: &str| code.find(part).unwrap_or_else(|| panic!("{part} is missing in\n{code}"));
    assert!(at("table(\"hangars\")") < at("table(\"drones\")"), "a table comes after those that it refers to\n{code}");
    assert!(at("table(\"pilots\")") < at("table(\"drones_pilots\")"));
    for part in [
        ".add(\"name\", text().null(false))",
        ".add(\"range\", float().null(false))",
        ".add(\"nick\", text())",
        ".add(\"serial\", uuid().null(false))",
        ".add(\"hangar_id\", references(\"hangars\").null(false))",
        ".add(\"drone_id\", references(\"drones\").primary_key())",
        "m.create(unique_index(\"licences\", [\"drone_id\"]));",
        "m.create(index(\"drones\", [\"hangar_id\"]));",
    ] {
        at(part);
    }
}

/// What the sketch of the empty database says, typed in: see above.
fn as_sketched(m: &mut Commands) {
    m.create(table("hangars").add("name", text().null(false)));
    m.create(
        table("drones")
            .add("name", text().null(false))
            .add("range", float().null(false))
            .add("active", boolean().null(false))
            .add("nick", text())
            .add("serial", uuid().null(false))
            .add("hangar_id", references("hangars").null(false)),
    );
    m.create(table("licences").add("drone_id", references("drones").null(false)));
    m.create(table("pilots").add("name", text().null(false)));
    m.create(
        table("drones_pilots")
            .add("drone_id", references("drones").primary_key())
            .add("pilot_id", references("pilots").primary_key()),
    );
    m.create(unique_index("licences", ["drone_id"]));
    m.create(index("drones", ["hangar_id"]));
    m.create(index("drones_pilots", ["pilot_id"]));
}

pub async fn what_the_sketch_makes_lacks_nothing(repo: Repo) {
    migrate(&repo, as_sketched).await;
    let found = diff::diff(&repo, schemas![Drone, Hangar, Licence, Pilot]).await.expect("a diff");
    assert!(found.is_empty(), "{found}");
    assert_eq!(found.to_string(), "the database is what the schemas suppose");
}

#[derive(Schema, Clone, Debug)]
#[schema(source = "busy_hangars")]
struct BusyHangar {
    #[schema(primary_key)]
    id: i64,
    name: String,
    drones: i64,
}

pub async fn a_schema_may_read_a_view(repo: Repo) {
    fn view(m: &mut Commands) {
        as_sketched(m);
        m.execute(
            "create view busy_hangars as select h.id, h.name, count(*) as drones from hangars h \
             join drones d on d.hangar_id = h.id group by h.id, h.name",
        )
        .down("drop view busy_hangars");
    }
    migrate(&repo, view).await;
    let found = diff::diff(&repo, schemas![BusyHangar]).await.expect("a diff");
    assert!(found.is_empty(), "{found}");
    repo.execute_script(
        "insert into hangars (name) values ('north'); \
         insert into drones (name, range, active, serial, hangar_id) \
         values ('a', 1.5, true, '00000000-0000-0000-0000-000000000000', 1)",
    )
    .await
    .expect("a drone");
    let rows = repo.all(BusyHangar::query()).await.expect("it is read as a table is");
    let rows: Vec<_> = rows.iter().map(|row| (row.id, row.name.as_str(), row.drones)).collect();
    assert_eq!(rows, [(1, "north", 1)]);
}

pub async fn each_difference_is_told_in_words(repo: Repo) {
    fn change(m: &mut Commands) {
        m.create(table("hangars").add("id", uuid().primary_key()).add("name", text().null(false)));
        m.create(
            table("drones")
                .add("id", bigserial().primary_key())
                .add("name", string(9).null(true))
                .add("range", text().null(false))
                .add("active", boolean().null(false))
                .add("nick", text().null(false))
                .add("hangar_id", ecto_lite::migration::bigint().null(false))
                .add("colour", text())
                .add("weight", integer().null(false)),
        );
        m.create(
            table("licences")
                .without_id()
                .add("id", integer().null(false))
                .add("number", integer().primary_key())
                .add("drone_id", references("drones").on_delete(OnDelete::DeleteAll).null(false)),
        );
        m.create(index("licences", ["drone_id"]));
    }
    migrate(&repo, change).await;
    let found = diff::diff(&repo, schemas![Drone, Hangar, Licence]).await.expect("a diff");
    let (problems, advice): (Vec<_>, Vec<_>) = found.differences().iter().partition(|it| !it.is_advice());
    let text = lines(&found).join("\n");
    for expected in [
        "column drones.name may be null, and the field name may not",
        "column drones.range is text, which does not hold",
        "modify it to float().null(false)",
        "column drones.nick may not be null, and the field nick may",
        "column drones.serial is missing: add it as uuid().null(false)",
        "column drones.weight is of no field, may not be null and has no default",
        "column drones.colour is of no field: add one to the schema, or remove it",
        "column drones.hangar_id refers to rows that may not be there: modify it to references(\"hangars\").null(false)",
        "the primary key of licences is (number), and that of its schema (id)",
        "table drones_pilots of Drone is missing: create it",
        "rows of licences are looked up by drone_id, which is to occur once: create a unique index",
        "rows of drones are looked up by hangar_id, which has no index: create one",
    ] {
        assert!(text.contains(expected), "{expected:?} is missing in\n{text}");
    }
    let is_problem = |part: &str| problems.iter().any(|it| it.to_string().contains(part));
    assert!(is_problem("drones.weight") && is_problem("drones.range") && !is_problem("drones.colour"));
    assert!(advice.iter().any(|it| it.to_string().contains("drones.colour")));
    assert!(!text.contains("drones.id") && !text.contains("drones.active"), "what fits is not told of:\n{text}");
    let code = found.to_migration();
    for expected in [
        "m.alter(\"drones\", |t| {",
        ".modify(\"name\", text().null(false).from(text()))",
        ".modify(\"nick\", text().null(true).from(text().null(false)))",
        ".add(\"serial\", uuid().null(false)) // rows that are there want a default",
        "m.create(unique_index(\"licences\", [\"drone_id\"]));",
        "// the primary key of licences",
    ] {
        assert!(code.contains(expected), "{expected:?} is missing in\n{code}");
    }
}
