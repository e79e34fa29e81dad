//! Functions, windows, fragments.

use ecto_lite::adapter::Dialect;
use ecto_lite::query::functions::{
    Bound, Frame, Unit, ago, all, any, array_agg, cast_as, coalesce, constant, count, count_all, identifier, lag, now,
    ntile, nullif, row_number, splice, string_agg, sum, window,
};
use ecto_lite::query::{Query, from};
use ecto_lite::{Value, fragment};

use super::{Gadget, Mission, Robot, condition, postgres, refused, sqlite};

fn selected<B: ecto_lite::query::Bindings, O>(query: &Query<B, O>) -> [String; 2] {
    [postgres(query), sqlite(query)]
        .map(|statement| statement.sql.split_once("SELECT ").unwrap().1.split_once(" FROM \"").unwrap().0.to_owned())
}

#[test]
fn windows() {
    let query = from::<Mission>().select(|m| {
        let by_robot = window().partition_by(m.robot_id).order_by(m.id.desc());
        let near = window().order_by(m.id).frame(Frame::rows(Bound::Preceding(2), Bound::CurrentRow));
        (
            row_number().over(&by_robot),
            lag(m.title, 1).over(&by_robot),
            sum(m.id).over(near),
            ntile(4).over(window()),
            count(m.id).filter(m.open).over(by_robot),
        )
    });
    assert_eq!(
        selected(&query)[0],
        r#"row_number() OVER (PARTITION BY m0."robot_id" ORDER BY m0."id" DESC), lag(m0."title", 1) OVER (PARTITION BY m0."robot_id" ORDER BY m0."id" DESC), CAST(sum(m0."id") OVER (ORDER BY m0."id" ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS bigint), ntile(4) OVER (), count(m0."id") FILTER (WHERE m0."is_open") OVER (PARTITION BY m0."robot_id" ORDER BY m0."id" DESC)"#
    );
    refused(&from::<Mission>().select(|m| (m.id + 1).over(window())), Dialect::Sqlite, "row_number");
}

#[test]
fn aggregates_in_order() {
    let query = from::<Mission>().select(|m| (array_agg(m.title, m.id.desc()), string_agg(m.title, ", ", ())));
    assert_eq!(
        selected(&query),
        [
            r#"CAST(array_agg(m0."title" ORDER BY m0."id" DESC) AS text[]), string_agg(m0."title", $1)"#,
            r#"nullif(json_group_array(m0."title" ORDER BY m0."id" DESC), '[]'), string_agg(m0."title", ?)"#
        ]
    );
}

#[test]
fn fragments_are_text_of_the_program() {
    let query = from::<Robot>()
        .filter(|r| fragment!("lower(?) = ?", r.name, "x" => bool))
        .filter(|r| fragment!("? IN (?)", r.id, splice([1, 2]) => bool).or(r.active))
        .order_by(|r| fragment!("? COLLATE ?", r.name, identifier(r#"de"DE"#) => String));
    let sql = postgres(&query).sql;
    assert_eq!(
        sql.split_once(" WHERE ").unwrap().1,
        r#"(lower(r0."name") = $1) AND ((r0."id" IN ($2, $3)) OR r0."active") ORDER BY r0."name" COLLATE "de""DE""#
    );
    let query = from::<Gadget>().select(|g| fragment!(r"? \? ? || ?", g.meta, "key", constant(-3) => bool));
    assert_eq!(selected(&query)[0], r#"g0."meta" ? $1 ||  -3"#);
}

#[test]
fn casts_and_nulls() {
    let query = from::<Robot>().select(|r| {
        (cast_as::<i64, _>(r.battery), coalesce(r.nickname, r.name), coalesce(r.nickname, "none"), nullif(r.name, ""))
    });
    assert_eq!(
        selected(&query),
        [
            r#"CAST(r0."battery" AS bigint), coalesce(r0."nickname", r0."name"), coalesce(r0."nickname", $1), nullif(r0."name", $2)"#,
            r#"CAST(r0."battery" AS INTEGER), coalesce(r0."nickname", r0."name"), coalesce(r0."nickname", ?), nullif(r0."name", ?)"#
        ]
    );
}

#[test]
fn any_and_all_are_postgresqls() {
    let query = from::<Robot>().filter(|r| r.battery.gte(all(from::<Robot>().select(|r| r.battery))));
    assert!(postgres(&query).sql.ends_with(r#"r0."battery" >= ALL (SELECT r1."battery" FROM "robots" AS r1)"#));
    let query = from::<Robot>().filter(|r| r.battery.eq(any(from::<Robot>().select(|r| r.battery))));
    refused(&query, Dialect::Sqlite, "`ANY`");
}

#[test]
fn paths_into_json_are_values() {
    let query = from::<Gadget>().filter(|g| g.meta.json_path_as::<f64>(("arms", 0, "speed")).gt(1.5));
    condition(&query, r#"CAST((g0."meta" #>> $1) AS double precision) > $2"#, r#"CAST((g0."meta" ->> ?) AS REAL) > ?"#);
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        postgres(&query).values[0],
        Value::Array(&ecto_lite::DbType::Text, ["arms", "0", "speed"].map(text).to_vec())
    );
    assert_eq!(sqlite(&query).values[0], text(r#"$."arms"[0]."speed""#));

    let hostile = from::<Gadget>().select(|g| g.meta.json_path([r#"a") OR 1=1 --"#]));
    assert_eq!(&*postgres(&hostile).sql, r#"SELECT (g0."meta" #> $1) FROM "gadgets" AS g0"#);
    refused(&hostile, Dialect::Sqlite, "no path to the key");
}

#[test]
fn arrays_and_times() {
    condition(
        &from::<Gadget>().filter(|g| g.labels.array_contains("new")),
        r#"($1 = ANY(g0."labels"))"#,
        r#"EXISTS (SELECT 1 FROM json_each(g0."labels") AS element WHERE element.value = ?)"#,
    );
    let query = from::<Gadget>().filter(|g| g.seen_at.datetime_add(g.resets * 2, Unit::Week).lt(now()));
    condition(
        &query,
        r#"(g0."seen_at" + make_interval(weeks => CAST(g0."resets" * $1 AS integer))) < $2"#,
        r#"(strftime('%Y-%m-%d %H:%M:%f', g0."seen_at", (((g0."resets" * ?) * 7) || ' days')) || '000') < ?"#,
    );
    condition(
        &from::<Gadget>().filter(|g| g.made_on.date_add(-1, Unit::Month).eq(g.made_on)),
        r#"CAST(g0."made_on" + make_interval(months => CAST($1 AS integer)) AS date) = g0."made_on""#,
        r#"date(g0."made_on", ((?) || ' months')) = g0."made_on""#,
    );
    refused(&from::<Gadget>().filter(|g| g.made_on.date_add(1, Unit::Hour).eq(g.made_on)), Dialect::Sqlite, "Hour");
    refused(&from::<Gadget>().filter(|g| g.seen_at.gt(ago(i64::MAX, Unit::Year))), Dialect::Sqlite, "too far");
    let Value::DateTime(three_days_ago) =
        sqlite(&from::<Gadget>().filter(|g| g.seen_at.gt(ago(3, Unit::Day)))).values[0]
    else {
        panic!("a time is bound as one");
    };
    let since = chrono::Utc::now() - three_days_ago;
    assert_eq!(since.num_days(), 3);
}

#[test]
fn concatenation_keeps_its_operands_together() {
    condition(
        &from::<Robot>()
            .filter(|r| r.name.concat("a").concat(cast_as::<String, _>(r.id * 2)).eq(r.name.concat(r.nickname))),
        r#"r0."name" || $1 || CAST(r0."id" * $2 AS text) = r0."name" || r0."nickname""#,
        r#"r0."name" || ? || CAST(r0."id" * ? AS TEXT) = r0."name" || r0."nickname""#,
    );
}

#[test]
fn aggregates_alone_take_a_filter() {
    refused(&from::<Robot>().select(|r| (r.id + 1).filter(r.active)), Dialect::Sqlite, "follows an aggregate");
    refused(&from::<Robot>().select(|r| (r.id + 1).distinct()), Dialect::Sqlite, "follows an aggregate");
    assert_eq!(
        selected(&from::<Robot>().select(|r| count_all().filter(r.active)))[1],
        r#"count(*) FILTER (WHERE r0."active")"#
    );
}

#[test]
fn values_that_no_database_may_hold_are_refused() {
    refused(&from::<Robot>().filter(|r| r.battery.lt(f64::NAN)), Dialect::Sqlite, "NaN");
    refused(&from::<Robot>().filter(|r| r.id.eq(u64::MAX)), Dialect::Sqlite, "64-bit");
    let many = from::<Robot>().filter(|r| r.id.is_in((0..40_000_i64).collect::<Vec<_>>()));
    refused(&many, Dialect::Sqlite, "40000 values");
    assert!(many.to_statement(Dialect::Postgres).is_ok());
}
