//! What `from!` makes is what the builder makes: for each clause, the same statement on both databases.

mod hygiene;

use ecto_lite::adapter::{Dialect, Statement};
use ecto_lite::query::functions::{Unit, coalesce, exists, over, row_number, window};
use ecto_lite::query::{self, Dynamic, Lock, OrderBy, Query, Row, Update, optional, subquery};
use ecto_lite::{RepoError, Schema, dynamic, fragment, from};

use crate::conformance::schemas::{LogEntry, Mission, Person, Robot, Site, Tag};

#[derive(Clone, Debug, Default, PartialEq)]
struct Summary {
    name: String,
    missions: i64,
}

const BOTH: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

/// What is written for a database, or why it cannot be.
fn statement<B, O>(query: &Query<B, O>, dialect: Dialect) -> Result<Statement, String> {
    query.to_statement(dialect).map_err(|error: RepoError| error.to_string())
}

/// Both write the same statement on both databases, or refuse to for the same reason.
#[track_caller]
fn same<A, B, O>(by_macro: &Query<A, O>, by_builder: &Query<B, O>) {
    for dialect in BOTH {
        match (statement(by_macro, dialect), statement(by_builder, dialect)) {
            (Ok(one), Ok(other)) => {
                assert_eq!(one.sql, other.sql);
                assert_eq!(one.values, other.values);
            }
            (Err(one), Err(other)) => assert_eq!(one, other),
            (one, other) => panic!("{one:?} is not {other:?}"),
        }
    }
    assert!(BOTH.iter().any(|dialect| statement(by_macro, *dialect).is_ok()), "no database takes it");
}

#[track_caller]
fn same_update<A, B, O>(by_macro: &Update<A, O>, by_builder: &Update<B, O>)
where
    A: query::First,
    B: query::First,
{
    for dialect in BOTH {
        let (one, other) = (by_macro.to_statement(dialect), by_builder.to_statement(dialect));
        assert_eq!(format!("{one:?}"), format!("{other:?}"));
    }
    assert!(BOTH.iter().any(|dialect| by_macro.to_statement(*dialect).is_ok()), "no database takes it");
}

#[test]
fn conditions_are_and_and_or() {
    let (limit, name) = (20.0, String::from("x"));
    same(
        &from!(r in Robot, where: r.battery < limit && r.name != name, where: !(r.id == 3), or_where: r.id + 1 > 7),
        &Robot::query()
            .filter(|r| r.battery.lt(20.0).and(r.name.ne("x")))
            .filter(|r| query::functions::not(r.id.eq(3)))
            .or_filter(|r| (r.id + 1).gt(7)),
    );
    assert_eq!(name, "x", "the value was only lent");
}

#[test]
fn a_list_of_fields_is_a_condition() {
    same(&from!(r in Robot, where: [name: "x", id: 2 + 1]), &Robot::query().filter(|r| r.name.eq("x").and(r.id.eq(3))));
}

#[test]
fn methods_and_functions_are_the_querys() {
    let ids = vec![1, 2];
    same(
        &from!(r in Robot, where: r.name.like("x%") && r.id.is_in(&ids) && r.site_id.is_null() && coalesce(r.site_id, 0) < 3),
        &Robot::query().filter(|r| {
            r.name.like("x%").and(r.id.is_in(vec![1, 2])).and(r.site_id.is_null()).and(coalesce(r.site_id, 0).lt(3))
        }),
    );
}

#[test]
fn values_may_fail() {
    fn low(limit: &str) -> Result<Query<Robot>, std::num::ParseFloatError> {
        Ok(from!(r in Robot, where: r.battery < limit.parse::<f64>()?))
    }
    same(&low("20").unwrap(), &Robot::query().filter(|r| r.battery.lt(20.0)));
    assert!(low("much").is_err());
}

#[test]
fn orders_have_directions() {
    same(
        &from!(r in Robot,
            order_by: r.id,
            order_by: [desc: r.battery, asc_nulls_last: r.site_id, desc_nulls_first: r.name, r.id],
            prepend_order_by: (r.name, r.battery)),
        &Robot::query()
            .order_by(|r| r.id)
            .order_by(|r| (r.battery.desc(), OrderBy::asc(r.site_id).nulls_last(), r.name.desc().nulls_first(), r.id))
            .prepend_order_by(|r| (r.name, r.battery)),
    );
}

#[test]
fn an_order_may_be_a_value() {
    let query = Robot::query();
    let orders = vec![query.bindings().name.desc(), query.bindings().id.asc()];
    same(&from!(r in &query, order_by: orders), &query.clone().order_by(|r| (r.name.desc(), r.id)));
}

#[test]
fn limits_and_distinct() {
    let page = 3;
    same(
        &from!(r in Robot, limit: 10, offset: page * 10, distinct: true),
        &Robot::query().limit(10).offset(30).distinct(),
    );
    same(&from!(r in Robot, distinct: false), &Robot::query());
    same(
        &from!(r in Robot, distinct: [r.name, r.id], order_by: r.name),
        &Robot::query().distinct_on(|r| (r.name, r.id)).order_by(|r| r.name),
    );
    same(
        &from!(r in Robot, order_by: r.battery, limit: 3, with_ties: true),
        &Robot::query().order_by(|r| r.battery).limit(3).with_ties(),
    );
}

#[test]
fn joins_by_association() {
    same(
        &from!(r in Robot,
            join: m in r.missions,
            left_join: s in r.site,
            inner_join: t in r.tags,
            where: m.done && s.name == t.name),
        &Robot::query()
            .join(|r| r.missions)
            .left_join(|(r, _)| r.site)
            .join(|(r, _, _)| r.tags)
            .filter(|(_, m, s, t)| m.done.and(s.name.eq(t.name))),
    );
}

#[test]
fn joins_by_condition() {
    same(
        &from!(r in Robot,
            join: m in Mission, on: m.robot_id == r.id,
            left_join: s in Site, on: s.id == r.site_id && s.name == m.title,
            right_join: p in Person, on: p.name == r.name,
            full_join: t in Tag, on: t.name == p.name,
            cross_join: l in LogEntry,
            where: l.id == 1),
        &Robot::query()
            .join_on::<Mission>(|(r, m)| m.robot_id.eq(r.id))
            .left_join_on::<Site>(|(r, m, s)| s.id.eq(r.site_id).and(s.name.eq(m.title)))
            .right_join_on::<Person>(|(r, _, _, p)| p.name.eq(r.name))
            .full_join_on::<Tag>(|(_, _, _, p, t)| t.name.eq(p.name))
            .cross_join::<LogEntry>()
            .filter(|(.., l)| l.id.eq(1)),
    );
}

#[test]
fn an_association_may_have_one_more_condition() {
    for dialect in BOTH {
        let statement = from!(r in Robot, left_join: m in r.missions, on: m.done).to_statement(dialect).unwrap();
        assert!(statement.sql.contains(r#"ON m1."robot_id" = r0."id" AND m1."done""#), "{}", statement.sql);
    }
}

#[test]
fn a_query_goes_on() {
    let base = from!(r in Robot, join: m in r.missions, as: "missions", join: s in r.site);
    let by_builder = Robot::query().join(|r| r.missions).as_("missions").join(|(r, _)| r.site);
    same(
        &from!((r, m, s) in &base, where: m.done && s.id == r.id),
        &by_builder.clone().filter(|(r, m, s)| m.done.and(s.id.eq(r.id))),
    );
    same(&from!((r, ..) in &base, where: r.id == 1), &by_builder.clone().filter(|(r, ..)| r.id.eq(1)));
    same(&from!((.., s) in &base, where: s.id == 1), &by_builder.clone().filter(|(.., s)| s.id.eq(1)));
    same(&from!(r in base.clone(), where: r.id == 1), &by_builder.clone().filter(|(r, ..)| r.id.eq(1)));
    same(
        &from!((r, .., m in Mission as "missions") in base, where: m.done && r.id == 1),
        &by_builder.filter(|(r, m, _)| m.done.and(r.id.eq(1))),
    );
}

#[test]
fn a_name_that_is_not_there_is_a_mistake_of_the_query() {
    let query = from!((r, m in Mission as "missions") in Robot::query(), where: m.done && r.id == 1);
    let error = query.to_statement(Dialect::Sqlite).unwrap_err().to_string();
    assert!(error.contains("no source called \"missions\""), "{error}");
}

#[test]
fn a_source_has_a_prefix() {
    same(
        &from!(r in Robot, prefix: "tenant", join: m in r.missions, prefix: String::from("other")),
        &Robot::query().source_prefix("tenant").join(|r| r.missions).source_prefix("other"),
    );
}

#[test]
fn groups() {
    same(
        &from!(r in Robot,
            join: m in r.missions,
            group_by: (r.id, r.name),
            group_by: [r.site_id],
            having: count(m.id) > 3,
            or_having: count(m.id).filter(m.done) == 0,
            select: (r.name, count(), sum(m.priority))),
        &Robot::query()
            .join(|r| r.missions)
            .group_by(|(r, _)| (r.id, r.name))
            .group_by(|(r, _)| r.site_id)
            .having(|(_, m)| m.id.count().gt(3))
            .or_having(|(_, m)| m.id.count().filter(m.done).eq(0))
            .select(|(r, m)| (r.name, query::functions::count_all(), m.priority.sum())),
    );
}

#[test]
fn selects_of_every_shape() {
    same(&from!(r in Robot, select: r), &Robot::query().select(|r| r));
    same(&from!(r in Robot, select: r.name), &Robot::query().select(|r| r.name));
    same(&from!(r in Robot, select: (r.id * 2, (r.name, r))), &Robot::query().select(|r| (r.id * 2, (r.name, r))));
    let rows: Query<_, Row> = from!(r in Robot, select: { r.name, double: r.id * 2 });
    same(&rows, &Robot::query().select(|r| query::row().with("name", r.name).with("double", r.id * 2)));
}

#[test]
fn a_binding_of_a_left_join_is_selected_as_an_option() {
    let by_macro: Query<_, (Robot, Option<Mission>)> = from!(r in Robot, left_join: m in r.missions, select: (r, m));
    same(&by_macro, &Robot::query().left_join(|r| r.missions).select(|(r, m)| (r, optional(m))));
}

#[test]
fn a_struct_is_selected() {
    let by_macro: Query<_, Summary> = from!(r in Robot,
        join: m in r.missions,
        group_by: r.name,
        select: Summary { name: r.name, missions: count(m.id) });
    same(
        &by_macro,
        &Robot::query().join(|r| r.missions).group_by(|(r, _)| r.name).select_with(
            |(r, m)| (r.name, m.id.count()),
            &["name", "missions"],
            |(name, missions)| Summary { name, missions },
        ),
    );
}

#[test]
fn a_query_in_a_condition_names_the_bindings_around_it() {
    same(
        &from!(r in Robot, where: exists(from!(m in Mission, where: m.robot_id == r.id && m.done))),
        &Robot::query().filter(|r| exists(Mission::query().filter(|m| m.robot_id.eq(r.id).and(m.done)))),
    );
    same(
        &from!(r in Robot, where: r.id.is_in(from!(m in Mission, select: m.robot_id))),
        &Robot::query().filter(|r| r.id.is_in(Mission::query().select(|m| m.robot_id))),
    );
}

#[test]
fn subqueries_are_sources() {
    let busy = from!(m in Mission, where: m.priority > 3);
    same(
        &from!(m in subquery(busy.clone()), where: m.done),
        &query::from_source(subquery(busy.clone())).filter(|m| m.done),
    );
    for dialect in BOTH {
        let query = from!(r in Robot, join: m in &busy, on: m.robot_id == r.id, where: m.done);
        let sql = query.to_statement(dialect).unwrap().sql;
        assert!(sql.contains("JOIN (SELECT"), "{sql}");
    }
}

#[test]
fn a_lateral_join_names_the_sources_before_it() {
    let query = from!(r in Robot,
        left_lateral_join: m in subquery(from!(m in Mission, where: m.robot_id == r.id, order_by: m.id, limit: 1)), on: true,
        select: (r.name, m));
    let sql = query.to_statement(Dialect::Postgres).unwrap().sql;
    assert!(sql.contains("LEFT JOIN LATERAL (SELECT"), "{sql}");
    assert!(sql.contains(r#"."robot_id" = r0."id""#), "{sql}");
    let crossed = from!(r in Robot, cross_lateral_join: m in from!(m in Mission, where: m.robot_id == r.id));
    let sql = crossed.to_statement(Dialect::Postgres).unwrap().sql;
    assert!(sql.contains("LATERAL (SELECT"), "{sql}");
}

#[test]
fn windows_have_names() {
    same(
        &from!(m in Mission,
            windows: { w: { partition_by: m.robot_id, order_by: [desc: m.priority, m.id] } },
            select: (m.id, over(row_number(), w))),
        &Mission::query().select(|m| {
            (m.id, over(row_number(), window().partition_by(m.robot_id).order_by((m.priority.desc(), m.id))))
        }),
    );
}

#[test]
fn fragments_and_times() {
    same(
        &from!(r in Robot, where: fragment!("length(?)", r.name => i64) > 3, select: fragment!("? || ?", r.name, "x" => String)),
        &Robot::query()
            .filter(|r| fragment!("length(?)", r.name => i64).gt(3))
            .select(|r| fragment!("? || ?", r.name, "x" => String)),
    );
    let query = from!(r in Robot, where: r.updated_at < ago(3, Unit::Day));
    assert_eq!(query.to_statement(Dialect::Sqlite).unwrap().values.len(), 1);
}

#[test]
fn queries_are_put_together() {
    let low = from!(r in Robot, where: r.battery < 20.0);
    let site = Robot::query().filter(|r| r.site_id.eq(1));
    same(&from!(r in &low, union: site.clone()), &low.clone().union(site.clone()));
    same(&from!(r in &low, union_all: site.clone(), limit: 1), &low.clone().union_all(site.clone()).limit(1));
    same(&from!(r in &low, except: site.clone()), &low.clone().except(site.clone()));
    same(&from!(r in &low, intersect: site.clone()), &low.clone().intersect(site.clone()));
    same(&from!(r in &low, except_all: site.clone()), &low.clone().except_all(site.clone()));
    same(&from!(r in &low, intersect_all: site.clone()), &low.clone().intersect_all(site));
}

#[test]
fn locks_and_comments() {
    same(&from!(r in Robot, lock: update), &Robot::query().lock(Lock::update()));
    same(
        &from!(r in Robot, lock: no_key_update skip_locked first_only, limit: 1),
        &Robot::query().lock(Lock::no_key_update().skip_locked().first_only()).limit(1),
    );
    let lock = Lock::share().no_wait();
    same(&from!(r in Robot, lock: lock), &Robot::query().lock(lock));
    same(&from!(r in Robot, comment: "fleet"), &Robot::query().comment("fleet"));
}

#[test]
fn updates() {
    let name = String::from("x");
    same_update(
        &from!(r in Robot, update: { r.name = &name, r.battery += 1.5, r.site_id = None::<i64> }, where: r.id == 1),
        &Robot::query()
            .filter(|r| r.id.eq(1))
            .set(Robot::name, "x")
            .inc(Robot::battery, 1.5)
            .set(Robot::site_id, None::<i64>),
    );
    same_update(
        &from!(r in Robot, update: { r.battery -= 1.5, r.name = lower(r.name) }),
        &Robot::query().inc(Robot::battery, -1.5).set_with(Robot::name, |r| query::functions::lower(r.name)),
    );
}

#[test]
fn dynamics_are_conditions() {
    let limit = 20.0;
    let low = dynamic!(r in Robot, r.battery < limit);
    let named = dynamic!(r in Robot, r.name == "x");
    let pair = dynamic!((r, m) in (Robot, Mission), r.id == m.robot_id);
    same(
        &from!(r in Robot, where: low.clone().or(named.clone()), or_where: named.clone()),
        &Robot::query().filter_dynamic(low.clone().or(named.clone())).or_filter(|r| r.name.eq("x")),
    );
    same(
        &from!(r in Robot, cross_join: m in Mission, where: Dynamic::all([low.clone(), named.clone()]), where: pair),
        &Robot::query()
            .cross_join::<Mission>()
            .filter_dynamic(Dynamic::all([low.clone(), named]))
            .filter(|(r, m)| r.id.eq(m.robot_id)),
    );
    same(
        &from!(r in Robot, group_by: r.battery, having: low.clone(), select: r.battery),
        &Robot::query().group_by(|r| r.battery).having(|r| r.battery.lt(20.0)).select(|r| r.battery),
    );
    same(
        &from!(r in Robot, where: low.on(r) && r.id == 1),
        &Robot::query().filter(|r| r.battery.lt(20.0).and(r.id.eq(1))),
    );
}

#[test]
fn more_terms_than_a_tuple_holds() {
    same(
        &from!(r in Robot,
            join: m in r.missions,
            group_by: (r.id, r.name, r.battery, r.site_id, r.inserted_at, r.updated_at, m.id, m.title, m.done, m.priority),
            select: r.id),
        &Robot::query()
            .join(|r| r.missions)
            .group_by(|(r, _)| (r.id, r.name, r.battery, r.site_id))
            .group_by(|(r, m)| (r.inserted_at, r.updated_at, m.id, m.title, m.done, m.priority))
            .select(|(r, _)| r.id),
    );
}
