//! `update_all` and `delete_all`.

use ecto_lite::RepoError;
use ecto_lite::adapter::{Dialect, Statement};
use ecto_lite::query::{Query, Update, from};

use super::{Gadget, Mission, Robot};

fn both<B, O>(update: &Update<B, O>) -> [Statement; 2] {
    [Dialect::Postgres, Dialect::Sqlite].map(|dialect| update.to_statement(dialect).unwrap())
}

fn deletions<B, O>(query: &Query<B, O>) -> [String; 2] {
    [Dialect::Postgres, Dialect::Sqlite].map(|dialect| query.to_delete_statement(dialect).unwrap().sql.to_string())
}

#[test]
fn fields_are_set() {
    let update = from::<Robot>()
        .filter(|r| r.active.eq(false))
        .set(Robot::battery, 100.0)
        .set(Robot::nickname, None::<String>)
        .set(Robot::site_id, 3)
        .inc(Robot::id, 1)
        .set_with(Robot::name, |r| r.name.lower());
    let [postgres, sqlite] = both(&update);
    assert_eq!(
        &*postgres.sql,
        r#"UPDATE "robots" AS r0 SET "battery" = $1, "nickname" = $2, "site_id" = $3, "id" = r0."id" + ($4), "name" = lower(r0."name") WHERE r0."active" = $5"#
    );
    assert_eq!(sqlite.values, postgres.values);
}

#[test]
fn arrays_grow_and_shrink() {
    let [postgres, sqlite] = both(&from::<Gadget>().push(Gadget::labels, "new").pull(Gadget::labels, "old"));
    assert_eq!(
        &*postgres.sql,
        r#"UPDATE "gadgets" AS g0 SET "labels" = array_append(g0."labels", $1), "labels" = array_remove(g0."labels", $2)"#
    );
    assert!(sqlite.sql.starts_with(r#"UPDATE "gadgets" AS g0 SET "labels" = json_insert(g0."labels", '$[#]', ?)"#));
}

#[test]
fn inner_joins_go_into_from() {
    let update = from::<Mission>().join_on::<Robot>(|(m, r)| r.id.eq(m.robot_id)).filter(|(_, r)| r.active.eq(false));
    let update = update.set_with(Mission::title, |(_, r)| r.name).select(|(m, _)| (m.id, m.title));
    let [postgres, sqlite] = both(&update);
    assert_eq!(
        &*postgres.sql,
        r#"UPDATE "missions" AS m0 SET "title" = r1."name" FROM "robots" AS r1 WHERE r1."id" = m0."robot_id" AND r1."active" = $1 RETURNING m0."id", m0."title""#
    );
    assert!(sqlite.sql.ends_with(r#"RETURNING "id", "title""#));
}

#[test]
fn other_shapes_choose_by_primary_key() {
    let first =
        from::<Robot>().left_join(|r| r.missions).order_by(|(r, _)| r.battery).limit(2).set(Robot::active, false);
    let [_, sqlite] = both(&first);
    assert_eq!(
        &*sqlite.sql,
        r#"UPDATE "robots" AS r0 SET "active" = ? WHERE r0."id" IN (SELECT r1."id" FROM "robots" AS r1 LEFT JOIN "missions" AS m2 ON m2."robot_id" = r1."id" ORDER BY r1."battery" LIMIT ?)"#
    );
}

#[test]
fn deletions_know_one_table() {
    assert_eq!(
        deletions(&from::<Mission>().filter(|m| m.open.eq(false)).select(|m| m.id)),
        [
            r#"DELETE FROM "missions" AS m0 WHERE m0."is_open" = $1 RETURNING m0."id""#,
            r#"DELETE FROM "missions" AS m0 WHERE m0."is_open" = ? RETURNING "id""#
        ]
    );
    assert_eq!(
        deletions(&from::<Robot>().join(|r| r.missions).filter(|(_, m)| m.open))[1],
        r#"DELETE FROM "robots" AS r0 WHERE r0."id" IN (SELECT r1."id" FROM "robots" AS r1 INNER JOIN "missions" AS m2 ON m2."robot_id" = r1."id" WHERE m2."is_open")"#
    );
}

#[test]
fn what_cannot_be_changed_is_refused() {
    let grouped = from::<Mission>().left_join_on::<Robot>(|(m, r)| r.id.eq(m.robot_id));
    let refused = grouped.set_with(Mission::title, |(_, r)| r.name).to_statement(Dialect::Sqlite);
    assert!(matches!(&refused, Err(RepoError::Query(message)) if message.contains("not in this query")), "{refused:?}");
    let low = ecto_lite::query::subquery(from::<Robot>());
    let refused = ecto_lite::query::from_source(low).to_delete_statement(Dialect::Sqlite);
    assert!(matches!(&refused, Err(RepoError::Query(message)) if message.contains("start the query")), "{refused:?}");
}
