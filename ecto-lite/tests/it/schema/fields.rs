use chrono::{NaiveDate, TimeDelta, Utc};
use ecto_lite::RepoError;
use ecto_lite::changeset::Entry;
use ecto_lite::schema::{Autogenerate, FieldMeta, Loader, OnWritableViolation, State, Writable, load_map};
use serde_json::json;

use super::{Columns, Lone, Mission, Mode, Place, Robot};
use ecto_lite::{DbType, Schema, Value};

fn meta<S: Schema>(name: &str) -> &'static FieldMeta {
    S::field(name).expect("the schema has the field").meta()
}

/// E01: source, prefix and state are kept.
#[test]
fn a_schema_knows_where_it_is_stored_and_a_struct_whether_it_is() {
    assert_eq!(
        (Robot::meta().name, Robot::meta().source, Robot::meta().prefix),
        ("Robot", Some("robots"), Some("fleet"))
    );
    assert_eq!(Robot::SOURCE, Some("robots"));
    let robot = Robot::default();
    assert_eq!(robot.state().expect("a robot has a state").state, State::Built);
    assert!(Mission::default().state().is_none());
}

/// E01: a virtual field is part of the struct and of no table.
#[test]
fn a_virtual_field_is_cast_and_never_selected() {
    let password = meta::<Robot>("password");
    assert!(!password.is_stored());
    assert_eq!((password.cast)(&json!("geheim")), Ok(Value::Text("geheim".into())));
    assert!(Robot::meta().loaded().all(|(_, field)| field.name != "password"));
    let mut robot = Robot::default();
    robot.put(Robot::password.index(), Value::Text("geheim".into())).expect("text fits");
    assert_eq!(robot.password.as_deref(), Some("geheim"));
}

#[test]
fn what_is_skipped_is_unknown_to_the_schema() {
    assert!(Robot::default().cached.is_empty());
    assert!(Robot::field("cached").is_none() && Robot::field("meta").is_none() && Robot::field("missions").is_none());
}

#[test]
fn a_blank_struct_has_the_defaults_that_the_tables_tell() {
    let robot = Robot::default();
    assert_eq!((robot.id, robot.battery, robot.r#type.as_str(), robot.mode), (0, 100.0, "rover", Mode::Idle));
    assert_eq!((meta::<Robot>("battery").default)(), Ok(Value::Float(100.0)));
    assert_eq!((meta::<Robot>("type").default)(), Ok(Value::Text("rover".into())));
    assert_eq!((meta::<Robot>("serviced_at").default)(), Ok(Value::Null(DbType::NaiveDateTime)));
}

#[test]
fn a_column_is_named_as_its_field_unless_it_says_otherwise() {
    assert_eq!((meta::<Robot>("type").name, meta::<Robot>("type").column), ("type", "kind"));
    assert_eq!(meta::<Robot>("name").column, "name");
    assert_eq!(Robot::r#type.name(), "type");
}

/// E03: masked wherever the struct is printed.
#[test]
fn what_is_redacted_is_masked_in_debug() {
    let robot = Robot { secret: "hunter2".into(), password: Some("hunter3".into()), ..Robot::default() };
    let shown = format!("{robot:?}");
    assert!(!shown.contains("hunter"), "{shown}");
    assert!(shown.contains("secret: **redacted**, password: **redacted**"), "{shown}");
    assert!(shown.contains("missions: NotLoaded"), "{shown}");
}

/// E03: nor do errors say what such a field holds, or should have held.
#[test]
fn what_is_redacted_is_in_no_error() {
    let mut robot = Robot::default();
    let unfit = robot.put(Robot::secret.index(), Value::Json(serde_json::json!({"pin": "hunter2"}))).unwrap_err();
    assert_eq!(unfit.to_string(), "cannot load **redacted** as string");
    robot.secret = "hunter2\0".into();
    let refused = robot.get(Robot::secret.index()).unwrap_err();
    assert_eq!(refused.value, "**redacted**");
    let map = load_map::<Robot, _>([("secret", Value::Json(serde_json::json!({"pin": "hunter2"})))]).unwrap_err();
    let entry = Entry::<Robot>::new().set(Robot::secret, "hunter2\0");
    for shown in [format!("{refused:?}"), format!("{map:?}"), format!("{entry:?}")] {
        assert!(!shown.contains("hunter"), "{shown}");
    }
    // Of others they do.
    let unfit = robot.put(Robot::name.index(), Value::Int(7)).unwrap_err();
    assert_eq!(unfit.found, "Int(7)");
}

/// E03: what the repo is told.
#[test]
fn options_are_in_the_tables() {
    assert_eq!(meta::<Robot>("secret").writable, Writable::Insert(OnWritableViolation::Raise));
    assert_eq!(meta::<Robot>("serial").writable, Writable::Never(OnWritableViolation::Nothing));
    assert_eq!(meta::<Robot>("name").writable, Writable::Always);
    assert!(meta::<Robot>("serial").read_after_writes);
    assert!(meta::<Robot>("secret").redact && !meta::<Robot>("name").redact);
    assert!(meta::<Robot>("site_id").nullable && !meta::<Robot>("name").nullable);
    assert!(meta::<Robot>("id").primary_key);
    assert_eq!(Robot::meta().primary_key, [Robot::id.index()]);
}

/// E03: omitted until selected.
#[test]
fn a_row_is_read_in_the_order_of_the_fields_that_are_loaded() {
    let names: Vec<_> = Mission::meta().loaded().map(|(_, field)| field.name).collect();
    assert_eq!(names, ["id", "robot_id", "site_id", "done", "priority", "note"]);
    assert!(Robot::meta().loaded().all(|(_, field)| field.name != "picture"));

    let row = Robot { name: "Ada".into(), r#type: "crane".into(), ..Robot::default() };
    let columns = Columns(Robot::meta().loaded().map(|(index, _)| row.get(index).expect("it dumps")).collect());
    let read = Robot::load(&mut Loader::new(&columns, 0)).expect("what was dumped loads");
    assert_eq!((read.name.as_str(), read.r#type.as_str(), read.picture.as_slice()), ("Ada", "crane", &[1][..]));
    assert_eq!(read.meta.state, State::Loaded);
}

#[test]
fn a_row_that_does_not_fit_names_the_field() {
    let row = Robot::default();
    let mut columns: Vec<_> = Robot::meta().loaded().map(|(index, _)| row.get(index).expect("it dumps")).collect();
    columns[Robot::mode.index()] = Value::Text("dancing".into());
    let error = Robot::load(&mut Loader::new(&Columns(columns), 0)).expect_err("no mode is called so");
    let RepoError::Load { schema: "Robot", field, source } = error else { panic!("{error:?}") };
    assert_eq!((field.as_str(), source.expected), ("mode", "enum"));
}

/// E02: a field that promises seconds refuses what is finer, and cuts it from input.
#[test]
fn seconds_are_enforced_when_dumped_and_cut_when_cast() {
    let noon = NaiveDate::from_ymd_opt(2026, 1, 2).and_then(|day| day.and_hms_opt(12, 0, 0)).expect("a time");
    let mut robot = Robot { serviced_at: Some(noon), ..Robot::default() };
    assert_eq!(robot.get(Robot::serviced_at.index()), Ok(Value::NaiveDateTime(noon)));
    robot.serviced_at = Some(noon + TimeDelta::microseconds(1));
    let refused = robot.get(Robot::serviced_at.index()).expect_err("a microsecond is finer");
    assert_eq!(refused.reason, "the field has a precision of seconds");
    let cast = meta::<Robot>("serviced_at").cast;
    assert_eq!(cast(&json!("2026-01-02T12:00:00.999")), Ok(Value::NaiveDateTime(noon)));
}

/// E04: one time for both, whole seconds where promised, and only `updated_at` moves.
#[test]
fn timestamps_are_the_time_of_the_write() {
    let now = Utc::now();
    let (inserted_at, updated_at) = (meta::<Robot>("inserted_at"), meta::<Robot>("updated_at"));
    let made = inserted_at.generate(now, true);
    assert!(matches!(made, Some(Value::DateTime(at)) if now - at < TimeDelta::microseconds(1)), "{made:?}");
    assert_eq!(made, updated_at.generate(now, true));
    assert_eq!(inserted_at.generate(now, false), None);
    assert_eq!(updated_at.generate(now, false), made);
    let Some(Value::NaiveDateTime(made_at)) = meta::<Lone>("made_at").generate(now, true) else {
        panic!("`made_at` is filled")
    };
    assert_eq!(made_at.and_utc().timestamp_micros(), now.timestamp() * 1_000_000);
}

/// E05: the database makes integers, the type makes uuids that sort by time.
#[test]
fn keys_are_made_by_who_can() {
    assert!(matches!(meta::<Robot>("id").autogenerate, Autogenerate::Database));
    assert!(matches!(meta::<Robot>("site_id").autogenerate, Autogenerate::No));
    let versions = |name: &str| {
        let made: Vec<_> = (0..3).map(|_| meta::<Lone>(name).generate(Utc::now(), true)).collect();
        let uuid = |value: &Option<Value>| match value {
            Some(Value::Uuid(uuid)) => *uuid,
            other => panic!("{other:?}"),
        };
        let uuids: Vec<_> = made.iter().map(uuid).collect();
        (uuids[0].get_version_num(), uuids.is_sorted(), uuids[0] != uuids[1])
    };
    assert_eq!(versions("id"), (7, true, true));
    assert_eq!(versions("token").0, 4);
    assert_eq!(meta::<Place>("id").generate(Utc::now(), true).map(|value| value.db_type()), Some(DbType::Uuid));
}

#[test]
#[should_panic(expected = "Mission has no field 17")]
fn an_index_of_another_schema_is_a_bug() {
    let _ = Mission::default().get(17);
}
