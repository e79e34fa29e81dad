//! The SQL of queries, by dialect, and what is refused.

mod changes;
mod compose;
mod dynamic;
mod functions;

use ecto_lite::adapter::{Dialect, Statement};
use ecto_lite::query::{Bindings, Query, from, optional};
use ecto_lite::schema::{BelongsTo, HasMany, ManyToMany};
use ecto_lite::{RepoError, Schema, Value};

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "robots")]
pub struct Robot {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    pub battery: f64,
    pub active: bool,
    pub nickname: Option<String>,
    pub site_id: Option<i64>,
    #[schema(belongs_to)]
    pub site: BelongsTo<Site>,
    #[schema(has_many)]
    pub missions: HasMany<Mission>,
    #[schema(has_many, through(missions, logs))]
    pub logs: HasMany<Log>,
    #[schema(many_to_many, join_through = "robots_tags", join_keys(robot_id, tag_id))]
    pub tags: ManyToMany<Tag>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "missions")]
pub struct Mission {
    #[schema(primary_key)]
    pub id: i64,
    pub robot_id: i64,
    pub title: String,
    #[schema(source = "is_open")]
    pub open: bool,
    #[schema(has_many)]
    pub logs: HasMany<Log>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "logs")]
pub struct Log {
    #[schema(primary_key)]
    pub id: i64,
    pub mission_id: i64,
    pub line: String,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "tags")]
pub struct Tag {
    #[schema(primary_key)]
    pub id: i64,
    pub label: String,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "sites")]
pub struct Site {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
}

fn postgres<B: Bindings, O>(query: &Query<B, O>) -> Statement {
    query.to_statement(Dialect::Postgres).unwrap()
}

fn sqlite<B: Bindings, O>(query: &Query<B, O>) -> Statement {
    query.to_statement(Dialect::Sqlite).unwrap()
}

#[track_caller]
fn refused<B: Bindings, O>(query: &Query<B, O>, dialect: Dialect, says: &str) {
    match query.to_statement(dialect) {
        Err(RepoError::Query(message)) => assert!(message.contains(says), "{message}"),
        other => panic!("{other:?}"),
    }
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "gadgets")]
pub struct Gadget {
    #[schema(primary_key)]
    pub id: i64,
    pub labels: Vec<String>,
    pub meta: serde_json::Value,
    pub made_on: chrono::NaiveDate,
    pub seen_at: chrono::DateTime<chrono::Utc>,
    pub resets: i32,
}

/// A row of a query, read again by another one.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(embedded, primary_key = false)]
pub struct Total {
    pub robot_id: i64,
    pub total: i64,
}

/// What is between `SELECT … FROM` and the end, for short.
fn after_from(sql: &str) -> &str {
    sql.split_once(" FROM ").unwrap().1
}

#[track_caller]
fn condition<B: Bindings, O>(query: &Query<B, O>, postgres_sql: &str, sqlite_sql: &str) {
    let (on_postgres, on_sqlite) = (postgres(query), sqlite(query));
    assert_eq!(on_postgres.sql.split_once(" WHERE ").unwrap().1, postgres_sql);
    assert_eq!(on_sqlite.sql.split_once(" WHERE ").unwrap().1, sqlite_sql);
}

#[test]
fn a_typical_query() {
    let query = from::<Robot>()
        .filter(|r| r.battery.lt(20.0))
        .filter(|r| r.name.ne("r2"))
        .order_by(|r| (r.name, r.id.desc().nulls_last()))
        .limit(10)
        .offset(20);
    assert_eq!(
        &*postgres(&query).sql,
        r#"SELECT r0."id", r0."name", r0."battery", r0."active", r0."nickname", r0."site_id" FROM "robots" AS r0 WHERE r0."battery" < $1 AND r0."name" <> $2 ORDER BY r0."name", r0."id" DESC NULLS LAST LIMIT $3 OFFSET $4"#
    );
    assert_eq!(postgres(&query).values, [Value::Float(20.0), Value::Text("r2".into()), Value::Int(10), Value::Int(20)]);
    assert_eq!(
        after_from(&sqlite(&query).sql),
        r#""robots" AS r0 WHERE r0."battery" < ? AND r0."name" <> ? ORDER BY r0."name", r0."id" DESC NULLS LAST LIMIT ? OFFSET ?"#
    );
}

#[test]
fn conditions_keep_their_meaning_in_each_other() {
    let query = from::<Robot>()
        .filter(|r| r.active.or(r.battery.gt(50)).and(!r.name.eq("x")))
        .or_filter(|r| (r.battery + 1.0 - (r.battery - 2.0)).lt(r.battery * (r.battery + 3)));
    condition(
        &query,
        r#"(r0."active" OR r0."battery" > $1) AND NOT (r0."name" = $2) OR r0."battery" + $3 - (r0."battery" - $4) < r0."battery" * (r0."battery" + $5)"#,
        r#"(r0."active" OR r0."battery" > ?) AND NOT (r0."name" = ?) OR r0."battery" + ? - (r0."battery" - ?) < r0."battery" * (r0."battery" + ?)"#,
    );
}

#[test]
fn null_is_asked_for() {
    condition(
        &from::<Robot>().filter(|r| r.nickname.is_null().or(r.site_id.is_not_null())),
        r#"r0."nickname" IS NULL OR r0."site_id" IS NOT NULL"#,
        r#"r0."nickname" IS NULL OR r0."site_id" IS NOT NULL"#,
    );
}

#[test]
fn a_list_is_one_value_on_postgresql() {
    let query = from::<Robot>().filter(|r| r.id.is_in(vec![1, 2, 3]));
    condition(&query, r#"r0."id" = ANY($1)"#, r#"r0."id" IN (?, ?, ?)"#);
    assert_eq!(postgres(&query).values.len(), 1);
    condition(&from::<Robot>().filter(|r| r.id.not_in([7])), r#"r0."id" <> ALL($1)"#, r#"r0."id" NOT IN (?)"#);
    condition(&from::<Robot>().filter(|r| r.id.is_in(Vec::<i64>::new())), "1 = 0", "1 = 0");
    condition(&from::<Robot>().filter(|r| r.id.not_in(Vec::<i64>::new())), "1 = 1", "1 = 1");
}

#[test]
fn text_that_is_searched_for_is_escaped() {
    let query = from::<Robot>().filter(|r| r.name.contains(r"50%_\"));
    condition(&query, r#"r0."name" LIKE $1 ESCAPE '\'"#, r#"r0."name" LIKE ? ESCAPE '\'"#);
    assert_eq!(sqlite(&query).values, [Value::Text(r"%50\%\_\\%".into())]);
    condition(
        &from::<Robot>().filter(|r| r.name.ilike("a%")),
        r#"r0."name" ILIKE $1"#,
        r#"r0."name" LIKE ? ESCAPE '\'"#,
    );
}

#[test]
fn joins_along_associations() {
    let query =
        from::<Robot>().left_join(|r| r.missions).join(|(r, _)| r.site).filter(|(_, m, s)| m.open.and(s.name.eq("x")));
    assert_eq!(
        after_from(&postgres(&query).sql),
        r#""robots" AS r0 LEFT JOIN "missions" AS m1 ON m1."robot_id" = r0."id" INNER JOIN "sites" AS s2 ON s2."id" = r0."site_id" WHERE m1."is_open" AND s2."name" = $1"#
    );
}

#[test]
fn joins_through_a_table_and_through_associations() {
    let query = from::<Robot>().join(|r| r.tags).filter(|(_, t)| t.label.eq("x"));
    assert_eq!(
        after_from(&postgres(&query).sql),
        r#""robots" AS r0 INNER JOIN "robots_tags" AS r1 ON r1."robot_id" = r0."id" INNER JOIN "tags" AS t2 ON t2."id" = r1."tag_id" WHERE t2."label" = $1"#
    );
    let query = from::<Robot>().join(|r| r.logs).filter(|(_, l)| l.line.eq("x"));
    assert_eq!(
        after_from(&postgres(&query).sql),
        r#""robots" AS r0 INNER JOIN "missions" AS m1 ON m1."robot_id" = r0."id" INNER JOIN "logs" AS l2 ON l2."mission_id" = m1."id" WHERE l2."line" = $1"#
    );
}

#[test]
fn joins_on_conditions() {
    let query = from::<Robot>().right_join_on::<Mission>(|(r, m)| m.robot_id.eq(r.id)).cross_join::<Site>();
    assert_eq!(
        after_from(&postgres(&query).sql),
        r#""robots" AS r0 RIGHT JOIN "missions" AS m1 ON m1."robot_id" = r0."id" CROSS JOIN "sites" AS s2"#
    );
    let query = from::<Robot>().full_join_on::<Mission>(|(r, m)| m.robot_id.eq(r.id));
    assert!(sqlite(&query).sql.contains(" FULL JOIN "));
}

#[test]
fn aggregates_give_the_same_types_on_both() {
    let query =
        from::<Robot>().join(|r| r.missions).group_by(|(r, _)| r.name).having(|(_, m)| m.id.count().gt(3)).select(
            |(r, m)| (r.name, m.id.sum(), r.battery.avg(), m.id.count().filter(m.open), m.title.count().distinct()),
        );
    assert_eq!(
        &*postgres(&query).sql,
        r#"SELECT r0."name", CAST(sum(m1."id") AS bigint), CAST(avg(r0."battery") AS double precision), count(m1."id") FILTER (WHERE m1."is_open"), count(DISTINCT m1."title") FROM "robots" AS r0 INNER JOIN "missions" AS m1 ON m1."robot_id" = r0."id" GROUP BY r0."name" HAVING count(m1."id") > $1"#
    );
    assert!(
        sqlite(&query).sql.starts_with(r#"SELECT r0."name", sum(m1."id"), avg(r0."battery"), count(m1."id") FILTER"#)
    );
}

#[test]
fn an_inner_query_names_the_outer_one() {
    let query = from::<Robot>().filter(|r| {
        ecto_lite::query::functions::exists(from::<Mission>().filter(|m| m.robot_id.eq(r.id)).select(|m| m.id))
    });
    condition(
        &query,
        r#"EXISTS (SELECT m1."id" FROM "missions" AS m1 WHERE m1."robot_id" = r0."id")"#,
        r#"EXISTS (SELECT m1."id" FROM "missions" AS m1 WHERE m1."robot_id" = r0."id")"#,
    );
    // The same query inside itself: the inner one's own sources win.
    let same = from::<Robot>().filter(|r| r.battery.gt(1.0));
    let query = same.clone().filter(|r| r.id.is_in(same.clone().select(|r| r.id)));
    condition(
        &query,
        r#"r0."battery" > $1 AND r0."id" IN (SELECT r1."id" FROM "robots" AS r1 WHERE r1."battery" > $2)"#,
        r#"r0."battery" > ? AND r0."id" IN (SELECT r1."id" FROM "robots" AS r1 WHERE r1."battery" > ?)"#,
    );
}

#[test]
fn a_column_of_another_query_is_refused() {
    let other = from::<Mission>().bindings();
    refused(&from::<Robot>().filter(|r| r.id.eq(other.robot_id)), Dialect::Sqlite, "is not in this query");
}

#[test]
fn selects_of_any_shape() {
    let query = from::<Robot>().left_join(|r| r.missions).select(|(r, m)| (r, optional(m), r.battery + 1.0));
    assert!(postgres(&query).sql.starts_with(
        r#"SELECT r0."id", r0."name", r0."battery", r0."active", r0."nickname", r0."site_id", m1."id", m1."robot_id", m1."title", m1."is_open", r0."battery" + $1 FROM"#
    ));
}

#[test]
fn distinct_on_is_postgresqls() {
    let query = from::<Robot>().distinct_on(|r| r.site_id).order_by(|r| (r.site_id, r.battery.desc()));
    assert!(postgres(&query).sql.starts_with(r#"SELECT DISTINCT ON (r0."site_id") r0."id""#));
    refused(&query, Dialect::Sqlite, "row_number");
}

#[test]
fn the_last_is_the_first_of_the_reverse() {
    assert!(sqlite(&from::<Robot>().last()).sql.ends_with(r#"ORDER BY r0."id" DESC LIMIT ?"#));
    let query = from::<Robot>().order_by(|r| r.nickname.desc().nulls_first()).last();
    assert!(sqlite(&query).sql.ends_with(r#"ORDER BY r0."nickname" NULLS LAST LIMIT ?"#));
}

#[test]
fn hostile_names_stay_names() {
    let query = from::<Robot>().prefix(r#"a"."b"; DROP TABLE robots; --"#);
    assert!(sqlite(&query).sql.ends_with(r#"FROM "a"".""b""; DROP TABLE robots; --"."robots" AS r0"#));
}

#[test]
fn hostile_values_are_not_in_the_text() {
    let hostile = "'; DROP TABLE robots; --";
    let query = from::<Robot>().filter(|r| r.name.eq(hostile).or(r.name.contains(hostile)).or(r.name.is_in([hostile])));
    for statement in [sqlite(&query), postgres(&query)] {
        assert!(!statement.sql.contains("DROP"), "{}", statement.sql);
    }
}
