use chrono::{DateTime, Utc};
use ecto_lite::schema::{FieldKind, OnReplace, embedded};
use ecto_lite::types::CastError;
use ecto_lite::{DbType, Schema, Type, Value};
use serde_json::json;
use uuid::Uuid;

use super::{Place, Robot, Room};

fn place() -> Place {
    Place {
        id: Uuid::from_u128(7),
        street: "Hauptstraße".into(),
        number: 12,
        since: DateTime::<Utc>::from_timestamp(1_700_000_000, 0),
        shown: true,
        rooms: vec![Room { name: "Küche".into() }],
    }
}

/// E01: no table, no state, an id that the type makes.
#[test]
fn an_embedded_schema_has_no_table() {
    assert_eq!((Place::SOURCE, Place::meta().primary_key), (None, &[0][..]));
    assert!(place().state().is_none());
    assert!(Room::meta().primary_key.is_empty());
}

/// E07, E08: `embedded_dump` and `embedded_load`.
#[test]
fn a_document_is_json_by_its_columns_and_comes_back() {
    let json = embedded::dump(&place()).expect("it dumps");
    assert_eq!(
        json,
        json!({
            "id": "00000000-0000-0000-0000-000000000007",
            "street": "Hauptstraße",
            "nr": 12,
            "since": "2023-11-14T22:13:20Z",
            "rooms": [{ "name": "Küche" }],
        })
    );
    let read: Place = embedded::load(json).expect("it loads");
    assert_eq!(read, Place { shown: false, ..place() });
}

#[test]
fn what_a_document_lacks_has_its_default_and_what_it_has_too_much_is_left_out() {
    let read: Place = embedded::load(json!({ "street": "Ring", "city": "Wien" })).expect("it loads");
    assert_eq!(read, Place { street: "Ring".into(), ..Place::default() });
    assert_eq!(read.number, 1);
}

#[test]
fn a_document_of_another_shape_is_an_error() {
    for (json, expected) in
        [(json!([]), "Place"), (json!({ "nr": "twelve" }), "integer"), (json!({ "rooms": [1] }), "Room")]
    {
        let error = embedded::load::<Place>(json).expect_err("it is no place");
        assert_eq!(error.expected, expected);
    }
}

/// E07: one column of JSON each, in which order is kept.
#[test]
fn embeds_are_columns_of_json() {
    let robot = Robot { home: Some(place()), stops: vec![place(), Place::default()], ..Robot::default() };
    let Ok(Value::Json(home)) = robot.get(Robot::home.index()) else { panic!("a document is JSON") };
    assert_eq!(home["street"], "Hauptstraße");
    let stops = robot.get(Robot::stops.index()).expect("documents dump");
    let mut other = Robot::default();
    other.put(Robot::stops.index(), stops).expect("they load");
    assert_eq!(other.stops, [Place { shown: false, ..place() }, Place::default()]);
    assert_eq!(Robot::default().get(Robot::home.index()), Ok(Value::Null(DbType::Json)));
    other.put(Robot::stops.index(), Value::Null(DbType::Json)).expect("null holds no documents");
    assert_eq!(other.stops, []);
}

#[test]
fn embeds_are_in_the_tables() {
    let home = Robot::field("home").expect("it is a field").meta();
    let stops = Robot::field("stops").expect("it is a field").meta();
    assert!(matches!(home.kind, FieldKind::EmbedsOne(embed) if embed.on_replace == OnReplace::Update));
    assert!(
        matches!(stops.kind, FieldKind::EmbedsMany(embed) if embed.on_replace == OnReplace::Delete && (embed.related)().name == "Place")
    );
    assert_eq!((home.db, home.nullable), (DbType::Json, true));
    assert_eq!((stops.db, stops.nullable), (DbType::Json, false));
    assert!(home.is_stored() && stops.is_stored());
}

#[test]
fn a_document_is_cast_by_its_fields_names() {
    let cast = Place::cast(&json!({ "street": "Ring", "number": "3", "rooms": [{ "name": "Bad" }] }));
    let cast = cast.expect("it fits");
    assert_eq!((cast.street.as_str(), cast.number, cast.rooms.len()), ("Ring", 3, 1));
    let stops = Robot::field("stops").expect("it is a field");
    assert_eq!(stops.cast(&json!([])), stops.cast(&json!(null)));
    assert_eq!(Place::cast(&json!(null)).map(|_| ()), Err(CastError::blank()));
    Place::cast(&json!({ "number": "three" })).expect_err("no number");
    Place::cast(&json!("Ring")).expect_err("no document");
}
