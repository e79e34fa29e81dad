//! Queries made of queries.

use ecto_lite::adapter::Dialect;
use ecto_lite::query::functions::{count, count_all, exists, selected, selected_as};
use ecto_lite::query::{
    Clause, JoinKind, Lock, as_, cte, from, from_source, subquery, subquery_as, table_fragment, values,
};
use ecto_lite::{Schema, fragment};

use super::{Log, Mission, Robot, Site, Total, after_from, postgres, refused, sqlite};

fn totals() -> ecto_lite::query::Query<Mission, (i64, i64)> {
    from::<Mission>().group_by(|m| m.robot_id).select(|m| (m.robot_id, selected_as(count(m.id), "total")))
}

#[test]
fn a_subquery_is_read_as_a_schema() {
    let query = from::<Robot>()
        .join_source(JoinKind::Inner, subquery_as::<Total>(totals()), |(r, t)| t.robot_id.eq(r.id))
        .filter(|(_, t)| t.total.gt(3));
    assert_eq!(
        after_from(&postgres(&query).sql),
        r#""robots" AS r0 INNER JOIN (SELECT m2."robot_id", count(m2."id") AS "total" FROM "missions" AS m2 GROUP BY m2."robot_id") AS s1 ON s1."robot_id" = r0."id" WHERE s1."total" > $1"#
    );
    let low = subquery(from::<Robot>().filter(|r| r.battery.lt(20.0)));
    assert_eq!(
        after_from(&sqlite(&from_source(low).filter(|r| r.name.eq("x")).select(|r| r.id)).sql),
        r#"(SELECT r1."id", r1."name", r1."battery", r1."active", r1."nickname", r1."site_id" FROM "robots" AS r1 WHERE r1."battery" < ?) AS s0 WHERE s0."name" = ?"#
    );
}

#[test]
fn a_subquery_that_lacks_a_column_is_refused() {
    let unnamed = from::<Mission>().select(|m| (m.robot_id, count(m.id)));
    refused(&from_source(subquery_as::<Total>(unnamed)), Dialect::Postgres, r#"nothing called "total""#);
}

#[test]
fn values_of_subqueries() {
    let query = from::<Robot>()
        .select(|r| (r.id, from::<Mission>().filter(move |m| m.robot_id.eq(r.id)).select(|_| count_all())));
    assert_eq!(
        &*sqlite(&query.map(|(id, missions): (i64, Option<i64>)| (id, missions))).sql,
        r#"SELECT r0."id", (SELECT count(*) FROM "missions" AS m1 WHERE m1."robot_id" = r0."id") FROM "robots" AS r0"#
    );
    let query = from::<Robot>().filter(|r| r.battery.gt(from::<Robot>().select(|r| r.battery.avg())));
    assert!(sqlite(&query).sql.ends_with(r#"WHERE r0."battery" > (SELECT avg(r1."battery") FROM "robots" AS r1)"#));
}

#[test]
fn common_table_expressions() {
    let query = from_source(cte::<Total>("totals")).filter(|t| t.total.gt(3)).with_cte("totals", totals());
    assert_eq!(
        &*sqlite(&query).sql,
        r#"WITH "totals" AS (SELECT m0."robot_id", count(m0."id") AS "total" FROM "missions" AS m0 GROUP BY m0."robot_id") SELECT t0."robot_id", t0."total" FROM "totals" AS t0 WHERE t0."total" > ?"#
    );
    let tree = from::<Mission>().filter(|m| m.id.eq(1)).union_all(
        from_source(cte::<Mission>("tree")).join_on::<Mission>(|(t, m)| m.robot_id.eq(t.id)).select(|(_, m)| m),
    );
    let query = from_source(cte::<Mission>("tree")).with_recursive_cte("tree", tree);
    assert!(sqlite(&query).sql.starts_with(
        r#"WITH RECURSIVE "tree" AS (SELECT m0."id", m0."robot_id", m0."title", m0."is_open" FROM "missions" AS m0 WHERE m0."id" = ? UNION ALL SELECT m1."id", m1."robot_id", m1."title", m1."is_open" FROM "tree" AS t0 INNER JOIN "missions" AS m1 ON m1."robot_id" = t0."id") SELECT t0."#
    ));
    let query = from_source(cte::<Total>("totals")).with_materialized_cte("totals", true, totals());
    assert!(postgres(&query).sql.starts_with(r#"WITH "totals" AS MATERIALIZED (SELECT"#));
}

#[test]
fn changes_as_common_table_expressions_are_postgresqls() {
    let closed = from::<Mission>().filter(|m| m.open.eq(true)).set(Mission::open, false).select(|m| m);
    let query = from_source(cte::<Mission>("closed")).with_cte("closed", closed);
    assert!(postgres(&query).sql.starts_with(
        r#"WITH "closed" AS (UPDATE "missions" AS m0 SET "is_open" = $1 WHERE m0."is_open" = $2 RETURNING m0."id""#
    ));
    refused(&query, Dialect::Sqlite, "change rows");
    let gone = from::<Mission>().filter(|m| m.open.eq(false)).select(|m| m).deletion();
    let query = from_source(cte::<Mission>("gone")).with_cte("gone", gone);
    assert!(postgres(&query).sql.starts_with(r#"WITH "gone" AS (DELETE FROM "missions" AS m0 WHERE"#));
}

#[test]
fn order_and_limit_are_those_of_the_whole_union() {
    let low = from::<Robot>().filter(|r| r.battery.lt(20.0)).select(|r| (r.id, r.name));
    let named = from::<Robot>().filter(|r| r.name.eq("x")).order_by(|r| r.id).limit(1).select(|r| (r.id, r.name));
    let query = low.order_by(|r| r.name.desc()).limit(5).union_all(named);
    assert_eq!(
        &*sqlite(&query).sql,
        r#"SELECT r0."id", r0."name" FROM "robots" AS r0 WHERE r0."battery" < ? UNION ALL SELECT * FROM (SELECT r0."id", r0."name" FROM "robots" AS r0 WHERE r0."name" = ? ORDER BY r0."id" LIMIT ?) AS combined ORDER BY "name" DESC LIMIT ?"#
    );
}

#[test]
fn combinations_of_unequal_rows_are_refused() {
    let query = from::<Robot>().select(|r| r).union(from::<Robot>());
    assert!(query.to_statement(Dialect::Sqlite).is_ok());
    let one = from::<Robot>().select(|r| (r.id, r.name)).map(|_| ());
    let other = from::<Robot>().select(|r| r.id).map(|_| ());
    refused(&one.except(other), Dialect::Postgres, "select 2 and 1 columns");
    refused(&from::<Robot>().except_all(from::<Robot>()), Dialect::Sqlite, "EXCEPT ALL");
    let by_expression = from::<Robot>().order_by(|r| r.name.lower()).union(from::<Robot>());
    refused(&by_expression, Dialect::Sqlite, "selected_as");
}

#[test]
fn names_reach_into_queries_built_elsewhere() {
    fn only_open<B, O>(query: ecto_lite::query::Query<B, O>) -> ecto_lite::query::Query<B, O>
    where
        B: ecto_lite::query::Bindings,
    {
        query.named::<Mission>("mission", |query, m| query.filter(|_| m.open.eq(true)))
    }
    let query = only_open(from::<Robot>().left_join(|r| r.missions).as_("mission"));
    assert!(sqlite(&query).sql.ends_with(r#"WHERE m1."is_open" = ?"#));
    assert!(query.has_named_binding("mission"));
    refused(&only_open(from::<Robot>()), Dialect::Sqlite, r#"no source called "mission""#);
    refused(&only_open(from::<Robot>().as_("mission")), Dialect::Sqlite, "is of Robot, not of Mission");
}

#[test]
fn a_source_is_joined_once() {
    let query = from::<Robot>()
        .join_once("site", JoinKind::Left, |r| r.site)
        .join_once("site", JoinKind::Left, |r| r.site)
        .named::<Site>("site", |query, s| query.filter(|_| s.name.eq("x")));
    assert_eq!(
        after_from(&sqlite(&query).sql),
        r#""robots" AS r0 LEFT JOIN "sites" AS s1 ON s1."id" = r0."site_id" WHERE s1."name" = ?"#
    );
}

#[test]
fn a_part_names_the_query_around_it() {
    // Written without the outer query at hand: Ecto's `parent_as`.
    let logged = exists(
        from::<Mission>()
            .join(|m| m.logs)
            .filter(|(m, _)| m.robot_id.eq(as_::<Robot>("robot").id))
            .select(|(m, _)| m.id),
    );
    let query = from::<Robot>().as_("robot").filter(|_| logged.clone());
    assert!(sqlite(&query).sql.ends_with(r#"WHERE m1."robot_id" = r0."id")"#));
    refused(&from::<Robot>().filter(|_| logged.clone()), Dialect::Sqlite, r#"called "robot""#);
    refused(&from::<Site>().as_("robot").filter(|_| logged), Dialect::Sqlite, "of Robot");
}

#[test]
fn lateral_joins_are_postgresqls() {
    let query = from::<Robot>().join_lateral(JoinKind::InnerLateral, |r| {
        subquery(from::<Mission>().filter(move |m| m.robot_id.eq(r.id)).order_by(|m| m.id.desc()).limit(3))
    });
    assert_eq!(
        after_from(&postgres(&query.clone().select(|(r, m)| (r.id, m.id))).sql),
        r#""robots" AS r0 INNER JOIN LATERAL (SELECT m2."id", m2."robot_id", m2."title", m2."is_open" FROM "missions" AS m2 WHERE m2."robot_id" = r0."id" ORDER BY m2."id" DESC LIMIT $1) AS m1 ON TRUE"#
            .replace("AS m1 ON", "AS s1 ON")
    );
    refused(&query, Dialect::Sqlite, "lateral");
}

#[test]
fn lists_and_fragments_are_sources() {
    let list = values([Total { robot_id: 1, total: 2 }, Total { robot_id: 3, total: 4 }]);
    let query =
        from::<Robot>().join_source(JoinKind::Inner, list, |(r, v)| v.robot_id.eq(r.id)).select(|(_, v)| v.total);
    assert_eq!(
        &*postgres(&query).sql,
        r#"SELECT v1."total" FROM "robots" AS r0 INNER JOIN (SELECT column1 AS "robot_id", column2 AS "total" FROM (VALUES ($1, $2), ($3, $4)) AS list) AS v1 ON v1."robot_id" = r0."id""#
    );
    let none = from_source(values(Vec::<Total>::new()));
    assert!(postgres(&none).sql.contains(r#"CAST(NULL AS bigint) AS "total" WHERE 1 = 0"#));
    let numbers = table_fragment::<Total>(fragment!("(SELECT ? AS robot_id, ? AS total)", 1, 2));
    assert!(sqlite(&from_source(numbers)).sql.ends_with("FROM (SELECT ? AS robot_id, ? AS total) AS f0"));
}

#[test]
fn a_join_without_a_condition_is_refused() {
    let (query, _) = ecto_lite::query::keyword::inner_join(from::<Robot>(), ecto_lite::query::table::<Log>());
    refused(&query, Dialect::Postgres, "cross_join");
}

#[test]
fn locks() {
    let jobs = from::<Mission>().order_by(|m| m.id).limit(1).lock(Lock::update().skip_locked());
    assert!(postgres(&jobs).sql.ends_with("LIMIT $1 FOR UPDATE SKIP LOCKED"));
    refused(&jobs, Dialect::Sqlite, "row locks");
    let query = from::<Robot>().left_join(|r| r.site).lock(Lock::share().no_wait().first_only());
    assert!(postgres(&query).sql.ends_with("FOR SHARE OF r0 NOWAIT"));
}

#[test]
fn ties() {
    let best = from::<Robot>().order_by(|r| r.battery.desc()).limit(3).with_ties();
    assert!(postgres(&best).sql.ends_with(r#"ORDER BY r0."battery" DESC FETCH FIRST ($1) ROWS WITH TIES"#));
    refused(&best, Dialect::Sqlite, "rank");
    refused(&from::<Robot>().limit(3).with_ties(), Dialect::Postgres, "order_by");
}

#[test]
fn clauses_can_be_taken_away() {
    let query = from::<Robot>()
        .filter(|r| r.battery.lt(1.0))
        .order_by(|r| r.id)
        .limit(1)
        .offset(1)
        .distinct()
        .comment("why")
        .lock(Lock::update());
    let all = [
        Clause::Filter,
        Clause::OrderBy,
        Clause::Limit,
        Clause::Offset,
        Clause::Distinct,
        Clause::Lock,
        Clause::Comment,
    ];
    let bare = all.into_iter().fold(query, ecto_lite::query::Query::exclude);
    assert_eq!(sqlite(&bare), sqlite(&from::<Robot>()));
}

#[test]
fn names_of_what_is_selected_are_used_again() {
    let query = from::<Mission>()
        .group_by(|m| m.robot_id)
        .select(|m| (m.robot_id, selected_as(count(m.id), "total")))
        .order_by(|_| selected::<i64>("total").desc());
    assert!(postgres(&query).sql.ends_with(r#"GROUP BY m0."robot_id" ORDER BY "total" DESC"#));
    refused(&query.order_by(|_| selected::<i64>("totl")), Dialect::Postgres, r#"nothing is selected as "totl""#);
}

#[test]
fn comments_cannot_end_themselves() {
    let query = from::<Robot>().comment("*/ DROP TABLE robots; /*");
    assert!(sqlite(&query).sql.starts_with("/* / DROP TABLE robots; / */ SELECT "));
}

#[test]
fn prefixes() {
    let query = from::<Robot>().prefix("tenant").join(|r| r.missions).source_prefix("shared").join(|(r, _)| r.tags);
    assert_eq!(
        after_from(&postgres(&query).sql),
        r#""tenant"."robots" AS r0 INNER JOIN "shared"."missions" AS m1 ON m1."robot_id" = r0."id" INNER JOIN "tenant"."robots_tags" AS r2 ON r2."robot_id" = r0."id" INNER JOIN "tenant"."tags" AS t3 ON t3."id" = r2."tag_id""#
    );
    let inner = from::<Robot>().prefix("tenant").filter(|r| exists(from::<Mission>().filter(|m| m.robot_id.eq(r.id))));
    assert!(postgres(&inner).sql.contains(r#"FROM "tenant"."missions" AS m1"#));
}

#[test]
fn an_embedded_schema_has_no_table() {
    refused(&Total::query(), Dialect::Sqlite, "embedded");
}
