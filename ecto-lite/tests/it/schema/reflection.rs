use std::fmt::Write;

use ecto_lite::schema::{AnyField, State, load_map, primary_key};
use ecto_lite::{RepoError, Schema, Value};
use serde_json::json;

use super::{Mission, Robot, Site};

/// A table of any schema's rows, made of reflection alone (E08).
fn table<S: Schema>(rows: &[S]) -> String {
    let shown: Vec<_> = AnyField::<S>::all().filter(|field| field.meta().is_stored()).collect();
    let mut table = format!("{}\n", S::meta().name);
    for field in &shown {
        let key = if field.meta().primary_key { "*" } else { "" };
        let _ = write!(table, "| {key}{} ", field.name());
    }
    for row in rows {
        table.push('\n');
        for field in &shown {
            let value = if field.meta().redact { json!("…") } else { field.get(row).expect("it dumps").to_json() };
            let _ = write!(table, "| {value} ");
        }
    }
    table
}

#[test]
fn a_generic_page_can_be_built_from_reflection() {
    let rows = [
        Mission { id: 1, note: "north".into(), ..Mission::default() },
        Mission { id: 2, done: true, ..Mission::default() },
    ];
    assert_eq!(
        table(&rows),
        r#"Mission
| *id | robot_id | site_id | done | priority | note 
| 1 | 0 | 0 | false | 0 | "north" 
| 2 | 0 | 0 | true | 0 | "" "#
    );
    let robots = table(&[Robot { secret: "hunter2".into(), ..Robot::default() }]);
    assert!(!robots.contains("hunter2") && !robots.contains("password"), "{robots}");
}

#[test]
fn a_form_can_be_written_by_names() {
    let mut mission = Mission::default();
    for (name, input) in [("priority", json!("7")), ("done", json!("true")), ("note", json!("east"))] {
        let field = Mission::field(name).expect("a mission has it");
        let value = field.cast(&input).expect("it fits");
        field.put(&mut mission, value).expect("what was cast fits");
    }
    assert_eq!(mission, Mission { priority: 7, done: true, note: "east".into(), ..Mission::default() });
    assert!(Mission::field("nothing").is_none());
    assert_eq!(AnyField::from(Mission::note).name(), "note");
}

#[test]
fn a_schema_lists_its_fields_and_associations() {
    let associations: Vec<_> =
        Robot::meta().associations.iter().map(|meta| (meta.name, (meta.related)().name)).collect();
    assert_eq!(
        associations,
        [
            ("site", "Site"),
            ("missions", "Mission"),
            ("mission_sites", "Site"),
            ("visited", "Site"),
            ("assigned", "Site")
        ]
    );
    let types: Vec<_> = Mission::meta().fields.iter().map(|field| (field.name, field.type_name)).collect();
    assert_eq!(
        types,
        [
            ("id", "integer"),
            ("robot_id", "integer"),
            ("site_id", "integer"),
            ("done", "boolean"),
            ("priority", "integer"),
            ("note", "string")
        ]
    );
}

#[test]
fn the_primary_key_is_known_with_its_values() {
    let mission = Mission { id: 9, ..Mission::default() };
    let key: Vec<_> =
        primary_key(&mission).expect("it dumps").into_iter().map(|(field, value)| (field.name, value)).collect();
    assert_eq!(key, [("id", Value::Int(9))]);
}

/// E08: what `Repo.load` does.
#[test]
fn a_raw_row_becomes_a_struct() {
    // As SQLite holds them: booleans are numbers, documents and enums are text.
    let columns = [
        ("id", Value::Int(4)),
        ("kind", Value::Text("crane".into())),
        ("mode", Value::Text("off".into())),
        ("serviced_at", Value::Text("2026-01-02 03:04:05".into())),
        ("home", Value::Text(r#"{"street": "Ring"}"#.into())),
        ("unknown", Value::Int(1)),
    ];
    let robot: Robot = load_map(columns).expect("it fits");
    assert_eq!((robot.id, robot.r#type.as_str(), robot.battery), (4, "crane", 100.0));
    assert_eq!(robot.home.map(|home| home.street).as_deref(), Some("Ring"));
    assert_eq!(robot.serviced_at.map(|at| at.to_string()).as_deref(), Some("2026-01-02 03:04:05"));
    assert_eq!(robot.meta.state, State::Loaded);
    let mission: Mission = load_map([("done", Value::Int(1))]).expect("it fits");
    assert!(mission.done);
    let site: Site = load_map([("label", Value::Text("Depot".into())), ("name", Value::Int(1))]).expect("it fits");
    assert_eq!(site.name, "Depot");
    let error = load_map::<Mission, _>([("note", Value::Int(1))]).expect_err("a number is no text");
    assert!(matches!(error, RepoError::Load { schema: "Mission", ref field, .. } if field == "note"));
}
