//! What `from!` makes is what the builder makes.

use ecto_lite::adapter::Dialect;
use ecto_lite::query::{self, Query};
use ecto_lite::schema::{BelongsTo, HasMany};
use ecto_lite::{Schema, from};

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "robots")]
pub struct Robot {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    pub battery: f64,
    pub resets: i64,
    pub site_id: Option<i64>,
    #[schema(belongs_to)]
    pub site: BelongsTo<Site>,
    #[schema(has_many)]
    pub missions: HasMany<Mission>,
    #[schema(virtual)]
    pub total: i64,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "missions")]
pub struct Mission {
    #[schema(primary_key)]
    pub id: i64,
    pub robot_id: i64,
    pub open: bool,
    #[schema(belongs_to)]
    pub robot: BelongsTo<Robot>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "sites")]
pub struct Site {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Debug, PartialEq)]
struct Summary {
    name: String,
    missions: i64,
}

/// Both write the same statement on both databases.
#[track_caller]
fn same<A, B, O>(by_macro: &Query<A, O>, by_builder: &Query<B, O>) {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let (one, other) = (by_macro.to_statement(dialect), by_builder.to_statement(dialect));
        let (one, other) = (one.expect("the macro's query"), other.expect("the builder's query"));
        assert_eq!(one.sql, other.sql);
        assert_eq!(one.values, other.values);
    }
}

#[test]
fn a_condition_and_an_order() {
    let limit = 20.0;
    same(
        &from!(r in Robot, where: r.battery < limit && r.name != "x", order_by: r.name),
        &query::from::<Robot>().filter(|r| r.battery.lt(20.0).and(r.name.ne("x"))).order_by(|r| r.name),
    );
}

#[test]
fn joins() {
    same(
        &from!(r in Robot, join: m in r.missions, left_join: s in Site, on: s.id == r.site_id, where: m.open && s.name == r.name),
        &query::from::<Robot>()
            .join(|r| r.missions)
            .left_join_on::<Site>(|(r, _, s)| s.id.eq(r.site_id))
            .filter(|(r, m, s)| m.open.and(s.name.eq(r.name))),
    );
}

#[test]
fn a_struct_is_selected() {
    let by_macro: Query<_, Summary> = from!(r in Robot,
        join: m in r.missions,
        group_by: (r.id, r.name),
        having: count(m.id) > 3,
        select: Summary { name: r.name, missions: count(m.id) });
    same(
        &by_macro,
        &query::from::<Robot>()
            .join(|r| r.missions)
            .group_by(|(r, _)| (r.id, r.name))
            .having(|(_, m)| m.id.count().gt(3))
            .select_with(
                |(r, m)| (r.name, m.id.count()),
                &["name", "missions"],
                |(name, missions)| Summary { name, missions },
            ),
    );
}
