use liveview_core::Params as WebParams;
use liveview_core::form::{Form, FormData as _, Validations};
use regex::Regex;

use crate::changeset::{Action, CastRelation, Schemaless};
use crate::prelude::*;

#[derive(Schema, Clone, PartialEq)]
#[schema(source = "robots")]
struct PatrolRobot {
    #[schema(primary_key)]
    id: i64,
    name: String,
    battery: f64,
    #[schema(default = 3)]
    grip: i64,
    tags: Vec<String>,
    starts_at: Option<DateTime<Utc>>,
    #[schema(redact)]
    secret: Option<String>,
    #[schema(embeds_many, on_replace = delete)]
    notes: Vec<Note>,
    #[schema(has_many, foreign_key = robot_id, on_replace = delete)]
    missions: HasMany<Mission>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "missions")]
struct Mission {
    #[schema(primary_key)]
    id: i64,
    title: String,
    robot_id: i64,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(embedded)]
struct Note {
    #[schema(primary_key)]
    id: Option<Uuid>,
    text: String,
}

impl PatrolRobot {
    fn changeset(self, params: &impl ToParams) -> Changeset<Self> {
        let rows = CastRelation::with(Mission::changeset).sort_param("missions_sort").drop_param("missions_drop");
        self.cast(params, (Self::name, Self::battery, Self::grip, Self::tags, Self::starts_at, Self::secret))
            .validate_required(Self::name)
            .validate_length(Self::name, 3..=40)
            .validate_number(Self::battery, 0.0..=100.0)
            .validate_number(Self::grip, 1..9)
            .cast_assoc_with(Self::missions, rows)
            .cast_embed(Self::notes, Note::changeset)
    }
}

impl Mission {
    fn changeset(self, params: &impl ToParams) -> Changeset<Self> {
        self.cast(params, Self::title).validate_required(Self::title)
    }
}

impl Note {
    fn changeset(self, params: &impl ToParams) -> Changeset<Self> {
        self.cast(params, Self::text)
    }
}

fn decode(text: &str) -> WebParams {
    WebParams::decode(text).expect("as a browser sends it")
}

fn stored() -> PatrolRobot {
    let mut robot = PatrolRobot { id: 7, name: "Robby".into(), battery: 80.5, ..PatrolRobot::default() };
    let mission = |id, title: &str| Mission { id, title: title.into(), robot_id: 7 };
    robot.missions.put_loaded(vec![mission(1, "dock"), mission(2, "patrol")]);
    robot
}

fn names<T>(rows: &[Form<T>]) -> Vec<(&str, &str)> {
    rows.iter().map(|row| (row.name(), row.id())).collect()
}

#[test]
fn a_form_has_the_names_and_ids_of_its_schema() {
    let form = stored().change().to_form();
    assert_eq!((form.name(), form.id(), form.action()), ("patrol_robot", "patrol_robot", None));
    let name = form.field(PatrolRobot::name);
    assert_eq!((name.id(), name.name(), name.value()), ("patrol_robot_name", "patrol_robot[name]", "Robby"));
    assert_eq!(form.hidden().collect::<Vec<_>>(), [("id", "7")]);
    assert_eq!(PatrolRobot::default().change().to_form().hidden().count(), 0, "a new row has no key to send");
    assert_eq!(Schemaless::new().field::<String>("q").change().to_form().field("q").name(), "q");
}

#[test]
fn a_field_shows_its_change_then_what_was_typed_then_what_the_struct_holds() {
    let params = decode("name=++Robby+&battery=full&tags[]=&tags[]=lab&starts_at=2026-10-04T10:20");
    let form = stored().changeset(&params).to_form();
    let value = |name: &str| form.field(name).value().to_owned();
    assert_eq!(value("name"), "  Robby ", "typed, and no change of a trimmed one");
    assert_eq!(value("battery"), "full", "what could not be cast stays, to be corrected");
    assert_eq!(form.field(PatrolRobot::tags).values(), ["lab"]);
    assert_eq!(value("starts_at"), "2026-10-04T10:20:00Z");
    assert_eq!(value("grip"), "3");
    assert_eq!(value("unknown"), "");
}

#[test]
fn what_nobody_has_chosen_yet_and_what_is_secret_show_nothing() {
    let robot = PatrolRobot { secret: Some("hash".into()), ..PatrolRobot::default() };
    let form = robot.change().to_form();
    assert_eq!(form.field(PatrolRobot::battery).value(), "", "not 0, which nobody has given");
    assert_eq!(form.field(PatrolRobot::secret).value(), "");
}

#[test]
fn errors_show_for_fields_that_were_used_and_all_of_them_after_a_write_was_refused() {
    let params = decode("name=&_unused_battery=&battery=full&_target=name");
    let changeset = PatrolRobot::default().changeset(&params);
    let form = changeset.to_form();
    assert_eq!(form.field(PatrolRobot::name).errors(), ["can't be blank"]);
    assert!(form.field(PatrolRobot::battery).errors().is_empty());
    assert_eq!(form.errors().count(), 2);

    let refused = changeset.clone().apply_action(Action::Insert).expect_err("errors").to_form();
    assert_eq!(refused.field(PatrolRobot::battery).errors(), ["is invalid"]);
    assert_eq!(refused.action(), Some("insert"));
    let blank = PatrolRobot::default().changeset(&WebParams::new()).to_form();
    assert!(blank.field(PatrolRobot::name).errors().is_empty(), "nobody has filled it in yet");
    let ignored = changeset.with_action(Action::Ignore).to_form();
    assert!(ignored.field(PatrolRobot::name).errors().is_empty());
}

#[test]
fn checks_are_known_to_the_inputs() {
    let format = Regex::new("^[a-z]+$").expect("a regular expression");
    let form = stored().changeset(&WebParams::new()).validate_format(PatrolRobot::name, format).to_form();
    assert_eq!(
        form.field(PatrolRobot::name).validations(),
        &Validations {
            required: true,
            min_length: Some(3),
            max_length: Some(40),
            pattern: Some("[a-z]+".into()),
            ..Validations::default()
        }
    );
    let bounds = |name: &str| {
        let Validations { min, max, step, .. } = form.field(name).validations().clone();
        [min, max, step].map(Option::unwrap_or_default)
    };
    assert_eq!(bounds("battery"), ["0.0", "100.0", "any"]);
    assert_eq!(bounds("grip"), ["1", "8", "1"], "an integer less than 9 is at most 8");
    for (regex, wanted) in
        [("a", Some(".*(?:a).*")), ("^a", Some("(?:a).*")), ("(?i)a", None), ("^a|b$", None), ("\\pL", None)]
    {
        assert_eq!(super::checks::pattern(regex).as_deref(), wanted, "{regex}");
    }
}

#[test]
fn nested_rows_are_named_by_place_and_identified_by_what_they_keep() {
    let form = stored().changeset(&WebParams::new()).to_form();
    let rows = form.inputs_for(PatrolRobot::missions);
    assert_eq!(
        names(&rows),
        [
            ("patrol_robot[missions][0]", "patrol_robot_missions_0"),
            ("patrol_robot[missions][1]", "patrol_robot_missions_1")
        ]
    );
    assert_eq!(rows[1].hidden().collect::<Vec<_>>(), [("_persistent_id", "1"), ("id", "2")]);
    assert_eq!(rows[1].field(Mission::title).value(), "patrol");

    // The first is dropped, one is added, and the order is turned round.
    let params = decode(
        "missions[0][_persistent_id]=0&missions[0][id]=1&missions[0][title]=dock\
         &missions[1][_persistent_id]=1&missions[1][id]=2&missions[1][title]=\
         &missions_sort[]=new&missions_sort[]=1&missions_drop[]=0",
    );
    let form = stored().changeset(&params).to_form();
    let rows = form.inputs_for(PatrolRobot::missions);
    assert_eq!(
        names(&rows),
        [
            ("patrol_robot[missions][0]", "patrol_robot_missions_2"),
            ("patrol_robot[missions][1]", "patrol_robot_missions_1")
        ],
        "the row that stays keeps its id, and no other row gets it"
    );
    assert_eq!(rows[1].field(Mission::title).errors(), ["can't be blank"]);
    assert!(rows[0].field(Mission::title).errors().is_empty(), "a new row is not red");
    assert_eq!(form.field(PatrolRobot::missions).sort_name(), "patrol_robot[missions_sort][]");
}

#[test]
fn the_last_row_can_go() {
    let mut robot = stored();
    robot.missions.put_loaded(vec![Mission { id: 1, title: "dock".into(), robot_id: 7 }]);
    let form = robot.changeset(&decode("missions_drop[]=")).to_form();
    assert!(form.inputs_for(PatrolRobot::missions).is_empty());
}

#[test]
fn embedded_documents_have_forms_too_cast_or_not() {
    let id = Uuid::from_u128(1);
    let robot = PatrolRobot { notes: vec![Note { id: Some(id), text: "squeaks".into() }], ..stored() };
    let rows = robot.clone().change().to_form().inputs_for(PatrolRobot::notes);
    assert_eq!(rows[0].field(Note::text).value(), "squeaks");
    assert_eq!(rows[0].hidden().collect::<Vec<_>>(), [("_persistent_id", "0"), ("id", &*id.to_string())]);

    let params = decode(&format!("notes[0][id]={id}&notes[0][text]=silent"));
    let rows = robot.changeset(&params).to_form().inputs_for(PatrolRobot::notes);
    assert_eq!(rows[0].field(Note::text).value(), "silent");
}

#[test]
fn what_was_touched_is_known_after_the_way_through_the_changeset() {
    let params = decode("_unused_name=&name=&missions[0][_unused_title]=&missions[0][title]=&battery=1");
    let form = PatrolRobot::default().changeset(&params).to_form();
    assert!(!form.field(PatrolRobot::name).is_used());
    assert!(form.field(PatrolRobot::battery).is_used());
    assert!(!form.inputs_for(PatrolRobot::missions)[0].field(Mission::title).is_used());
    assert_eq!(form.params().get("_unused_name"), None, "a mark, and no value");
}
