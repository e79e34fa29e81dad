//! Forms and queries as a browser sends them, read as a view reads them.

use bennu::params::{Params, ParamsError};
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize)]
struct Mission {
    name: String,
    robot_id: Option<i64>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    legs: Vec<Leg>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Leg {
    x: f64,
    y: f64,
}

/// A change of the first control: the rest is as the page came.
const FORM: &str = "mission%5Bname%5D=Sweep+the+%C3%84ther&mission%5B_unused_robot_id%5D=&mission%5Brobot_id%5D=\
    &mission%5Btags%5D%5B%5D=night&mission%5Btags%5D%5B%5D=a%26b&mission%5Blegs%5D%5B0%5D%5Bx%5D=1.5&mission%5Blegs%5D%5B0%5D%5By%5D=-2\
    &_target=mission%5Bname%5D";

#[test]
fn a_form_is_read_into_a_struct_and_knows_what_was_touched() {
    let params = Params::decode(FORM).expect("as a browser sends it");
    let mission: Mission = params.map("mission").expect("nested").deserialize().expect("a mission");
    assert_eq!(mission.name, "Sweep the Äther");
    assert_eq!(mission.robot_id, None);
    assert_eq!(mission.tags, ["night", "a&b"]);
    assert_eq!(mission.legs, [Leg { x: 1.5, y: -2.0 }]);

    assert_eq!(params.target(), ["mission", "name"]);
    assert!(params.is_used("mission[name]"));
    assert!(!params.is_used("mission[robot_id]"));
}

#[test]
fn what_cannot_be_read_names_the_control() {
    let params = Params::decode(format!("{FORM}&mission[legs][0][y]=north")).expect("well formed");
    let error = params.map("mission").expect("nested").deserialize::<Mission>().expect_err("no mission");
    assert_eq!(error.name(), "legs[0][y]");
    assert_eq!(error.to_string(), "parameter `legs[0][y]`: not a valid f64: invalid float literal");
}

#[test]
fn the_path_goes_before_the_query() {
    let mut params = Params::decode("id=1&page=2").expect("a query");
    params.merge([("id", "7")].into_iter().collect());
    assert_eq!((params.parse::<i64>("id"), params.parse::<u32>("page")), (Ok(7), Ok(2)));
}

#[test]
fn hostile_forms_are_errors_within_bounds() {
    let deep = format!("a{}=1", "[a]".repeat(100_000));
    assert!(matches!(Params::decode(deep), Err(ParamsError::TooDeep { .. })));
    let many = "a[]=&".repeat(100_000);
    assert!(matches!(Params::decode(many), Err(ParamsError::TooMany { .. })));
    assert!(matches!(Params::decode("a=%C3%28"), Err(ParamsError::Utf8 { number: 1 })));
}
