//! What is chosen at run time.

use ecto_lite::adapter::Dialect;
use ecto_lite::query::{AnyField, Comparison, Dynamic, Updates, dynamic, from};

use super::{Mission, Robot, condition, refused, sqlite};

/// Any subset of a form's fields.
fn filters(name: Option<&str>, battery: Option<f64>, site: Option<i64>) -> Dynamic<Robot> {
    let conditions = [
        name.map(|name| dynamic::<Robot>(|r| r.name.contains(name))),
        battery.map(|battery| dynamic::<Robot>(|r| r.battery.lt(battery).or(r.active))),
        site.map(|site| dynamic::<Robot>(|r| r.site_id.eq(site))),
    ];
    Dynamic::all(conditions.into_iter().flatten())
}

#[test]
fn any_subset_of_a_form_is_one_query() {
    let query = |name, battery, site| from::<Robot>().filter_dynamic(filters(name, battery, site));
    condition(&query(None, None, None), "1 = 1", "1 = 1");
    condition(
        &query(Some("a"), Some(20.0), None),
        r#"r0."name" LIKE $1 ESCAPE '\' AND (r0."battery" < $2 OR r0."active")"#,
        r#"r0."name" LIKE ? ESCAPE '\' AND (r0."battery" < ? OR r0."active")"#,
    );
    assert_eq!(sqlite(&query(Some("a"), Some(20.0), Some(3))).values.len(), 3);
}

#[test]
fn a_condition_holds_for_what_begins_with_its_sources() {
    let query = from::<Robot>().join(|r| r.missions).filter_dynamic(filters(None, None, Some(1)));
    assert!(sqlite(&query).sql.ends_with(r#"WHERE r0."site_id" = ?"#));
    let both = dynamic::<(Robot, Mission)>(|(r, m)| r.name.eq(m.title));
    let query = from::<Robot>().join(|r| r.missions).join(|(r, _)| r.site).filter_dynamic(both.not());
    assert!(sqlite(&query).sql.ends_with(r#"WHERE NOT (r0."name" = m1."title")"#));
}

#[test]
fn conditions_can_be_negated_and_combined() {
    let low = dynamic::<Robot>(|r| r.battery.lt(20.0));
    let either = low.clone().or(dynamic::<Robot>(|r| !r.active)).and(low.not());
    let query = from::<Robot>().filter(|r| r.id.gt(1)).or_filter_dynamic(either);
    assert!(
        sqlite(&query)
            .sql
            .ends_with(r#"WHERE r0."id" > ? OR (r0."battery" < ? OR NOT (r0."active")) AND NOT (r0."battery" < ?)"#),
        "{}",
        sqlite(&query).sql
    );
    let twice = dynamic::<Mission>(|m| m.open.eq(true));
    let query =
        from::<Mission>().join_on::<Mission>(|(a, b)| a.id.lt(b.id)).filter(|(_, b)| twice.clone().on(b).eq(true));
    assert!(sqlite(&query).sql.ends_with(r#"WHERE (m1."is_open" = ?) = ?"#));
}

#[test]
fn fields_are_named_at_run_time() {
    let by = AnyField::<Robot>::named("battery").unwrap();
    let query = from::<Robot>().order_by(|r| r.desc(by).nulls_last());
    assert!(sqlite(&query).sql.ends_with(r#"ORDER BY r0."battery" DESC NULLS LAST"#));
    assert!(AnyField::<Robot>::named(r#"battery"; DROP TABLE robots"#).is_none());
    assert!(AnyField::<Robot>::named("missions").is_none());

    let robot = from::<Robot>().bindings();
    let below = robot.compare(by, Comparison::Lt, &"20.5".into()).unwrap();
    assert!(robot.compare(by, Comparison::Lt, &"low".into()).is_err());
    assert!(robot.compare(by, Comparison::Eq, &serde_json::Value::Null).is_err());
    refused(&from::<Robot>().filter(|_| below), Dialect::Sqlite, "not in this query");
    let query = from::<Robot>().filter(|r| r.compare(by, Comparison::Lt, &"20.5".into()).unwrap());
    assert_eq!(sqlite(&query).values, [ecto_lite::Value::Float(20.5)]);
}

#[test]
fn a_list_of_updates_is_one_statement() {
    let updates = |name: Option<&str>, charge: Option<f64>| {
        let mut updates = Updates::<Robot>::new();
        if let Some(name) = name {
            updates = updates.set(Robot::name, name);
        }
        if let Some(charge) = charge {
            updates = updates.inc(Robot::battery, charge).set_with(Robot::nickname, |r| r.name.upper());
        }
        updates
    };
    let statement = |updates: Updates<Robot>| {
        let update = from::<Robot>().filter(|r| r.active.eq(true)).update(updates);
        update.to_statement(Dialect::Sqlite)
    };
    let both = statement(updates(Some("Ada"), Some(5.0))).unwrap();
    assert_eq!(
        &*both.sql,
        r#"UPDATE "robots" AS r0 SET "name" = ?, "battery" = r0."battery" + (?), "nickname" = upper(r0."name") WHERE r0."active" = ?"#
    );
    assert_eq!(both.values.len(), 3);
    assert!(statement(updates(Some("Ada"), None)).unwrap().sql.contains(r#"SET "name" = ? WHERE"#));
    assert!(updates(None, None).is_empty());
    assert!(statement(updates(None, None)).unwrap_err().to_string().contains("set a field"));
}

#[test]
fn a_list_of_updates_holds_for_what_begins_with_its_sources() {
    let charge = Updates::<Robot>::new().set_with(Robot::battery, |r| r.battery * 2.0);
    let update =
        from::<Robot>().join(|r| r.missions).filter(|(_, m)| m.open.eq(true)).set(Robot::name, "x").update(charge);
    let sql = update.to_statement(Dialect::Postgres).unwrap().sql;
    assert!(sql.starts_with(r#"UPDATE "robots" AS r0 SET "name" = $1, "battery" = r0."battery" * $2"#), "{sql}");
}

#[test]
fn fields_and_input_of_an_update_come_at_run_time() {
    let field = |name| AnyField::<Robot>::named(name).unwrap();
    let updates = Updates::<Robot>::new();
    let updates = updates.set_input(field("battery"), &"12.5".into()).unwrap();
    let updates = updates.set_input(field("nickname"), &serde_json::Value::Null).unwrap();
    let statement = from::<Robot>().update(updates.clone()).to_statement(Dialect::Sqlite).unwrap();
    assert_eq!(&*statement.sql, r#"UPDATE "robots" AS r0 SET "battery" = ?, "nickname" = ?"#);
    assert_eq!(statement.values, [ecto_lite::Value::Float(12.5), ecto_lite::Value::Null(ecto_lite::DbType::Text)]);
    assert!(updates.set_input(field("battery"), &"full".into()).is_err());
}
