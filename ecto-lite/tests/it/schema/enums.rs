use ecto_lite::adapter::Dialect;
use ecto_lite::{DbEnum, DbType, Schema, Type, Value, query};
use serde_json::json;

use super::{Mode, Robot};

#[derive(DbEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[db_enum(integer, rename_all = "SCREAMING_SNAKE_CASE")]
enum Level {
    Low = 1,
    VeryHigh = -10,
}

/// E05: stored as text.
#[test]
fn a_variant_is_stored_by_name() {
    assert_eq!(Mode::DB, DbType::Text);
    for (variant, name) in [(Mode::Idle, "idle"), (Mode::OnMission, "on_mission"), (Mode::Broken, "off")] {
        assert_eq!(variant.dump(), Ok(Value::Text(name.into())));
        assert_eq!(Mode::load(Value::Text(name.into())), Ok(variant));
        assert_eq!(Mode::cast(&json!(name)), Ok(variant));
        assert_eq!((variant.name(), Mode::named(name)), (name, Some(variant)));
    }
    assert_eq!(Mode::VARIANTS, [Mode::Idle, Mode::OnMission, Mode::Broken]);
}

/// E05: stored as integers.
#[test]
fn a_variant_is_stored_by_number_where_it_says_so() {
    assert_eq!(Level::DB, DbType::Int);
    assert_eq!(Level::VeryHigh.dump(), Ok(Value::Int(-10)));
    assert_eq!(Level::load(Value::Int(1)), Ok(Level::Low));
    for input in [json!("VERY_HIGH"), json!("-10"), json!(-10)] {
        assert_eq!(Level::cast(&input), Ok(Level::VeryHigh));
    }
    assert_eq!(Level::NAMES, ["LOW", "VERY_HIGH"]);
}

/// E05: an invalid value errors, and says what there is.
#[test]
fn what_is_no_variant_is_refused_by_naming_those_that_are() {
    for input in [json!("dancing"), json!("Idle"), json!(0), json!("0"), json!([])] {
        let error = Mode::cast(&input).expect_err("no such mode");
        assert_eq!(error.message, None);
        assert_eq!(
            error.metadata,
            [("validation", json!("inclusion")), ("enum", json!(["idle", "on_mission", "off"]))]
        );
    }
    let error = Level::load(Value::Int(2)).expect_err("no such level");
    assert_eq!((error.expected, error.to_string().contains('2')), ("enum", true));
}

#[test]
fn the_tables_name_the_values() {
    let mode = Robot::field("mode").expect("it is a field").meta();
    assert_eq!(mode.values, ["idle", "on_mission", "off"]);
    assert_eq!(<Option<Level> as Type>::VALUES, ["LOW", "VERY_HIGH"]);
    assert!(<i64 as Type>::VALUES.is_empty());
}

#[test]
fn variants_are_bound_in_queries() {
    let statement = query::from::<Robot>()
        .filter(|r| r.mode.eq(Mode::Broken).or(r.mode.is_in([Mode::Idle, Mode::OnMission])))
        .to_statement(Dialect::Sqlite)
        .expect("it can be written");
    let values: Vec<_> = ["off", "idle", "on_mission"].map(|name| Value::Text(name.into())).into();
    assert_eq!(statement.values, values);
}
