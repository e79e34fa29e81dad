//! Changesets without a database: casting, checks, errors, edits.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use ecto_lite::changeset::{
    Action, CastOptions, Choices, Count, EmptyValue, Fetched, FieldError, Format, Length, Number, Required, Validation,
};
use ecto_lite::schema::HasMany;
use ecto_lite::types::Json;
use ecto_lite::{Change, Changeset, Params, Schema, ToParams};
use regex::Regex;
use rust_decimal::Decimal;
use serde_json::{Value, json};

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    name: String,
    nickname: Option<String>,
    #[schema(default = 100.0)]
    battery: f64,
    wheels: i32,
    level: Option<u8>,
    price: Option<Decimal>,
    active: bool,
    built_on: Option<NaiveDate>,
    tags: Vec<String>,
    settings: BTreeMap<String, i64>,
    firmware: Vec<u8>,
    notes: Option<Json<Vec<String>>>,
    #[schema(has_many)]
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

#[derive(Schema, Clone)]
#[schema(source = "accounts")]
struct Account {
    #[schema(primary_key)]
    id: i64,
    email: String,
    #[schema(redact)]
    password: String,
}

fn cast(params: Value) -> Changeset<Robot> {
    Robot::default().cast(
        &params,
        (
            Robot::name,
            Robot::nickname,
            Robot::battery,
            Robot::wheels,
            (Robot::price, Robot::active, Robot::built_on, Robot::tags, Robot::settings, Robot::firmware, Robot::notes),
        ),
    )
}

/// A robot that has been read from a database.
fn stored() -> Robot {
    Robot { id: 7, name: "Ada".to_owned(), battery: 40.0, ..Robot::default() }
}

fn only_error(changeset: &Changeset<Robot>) -> (&str, String, Value) {
    let [(key, error)] = changeset.errors() else { panic!("one error, not {:?}", changeset.errors()) };
    let metadata = error.metadata.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    (key, error.message.to_string(), Value::Object(metadata))
}

mod casting {
    use super::*;

    #[test]
    fn takes_the_fields_that_are_listed_as_their_types() {
        let changeset = cast(json!({"name": "Eve", "battery": "12.5", "wheels": 4, "price": "9.90", "active": "true",
            "built_on": "2026-07-31", "tags": ["a", "b"], "settings": {"speed": "3"}, "firmware": "\u{e9}", "notes": ["x"]}));
        assert!(changeset.is_valid());
        let robot = changeset.apply_changes();
        let expected = Robot {
            name: "Eve".to_owned(),
            battery: 12.5,
            wheels: 4,
            price: Some(Decimal::new(990, 2)),
            active: true,
            built_on: NaiveDate::from_ymd_opt(2026, 7, 31),
            tags: vec!["a".to_owned(), "b".to_owned()],
            settings: BTreeMap::from([("speed".to_owned(), 3)]),
            firmware: vec![0xc3, 0xa9],
            notes: Some(Json(vec!["x".to_owned()])),
            ..Robot::default()
        };
        assert_eq!(robot, expected);
    }

    #[test]
    fn leaves_alone_what_is_not_listed() {
        let changeset = stored().cast(&json!({"name": "Eve", "id": 1, "wheels": "many", "unknown": 1}), Robot::name);
        assert!(changeset.is_valid());
        assert_eq!(changeset.changes().map(|(name, _)| name).collect::<Vec<_>>(), ["name"]);
        assert_eq!(changeset.params().and_then(|params| params.get("unknown")), Some(&json!(1)));
    }

    #[test]
    fn what_equals_the_data_is_no_change() {
        let changeset = stored().cast(&json!({"name": "Ada", "battery": "40"}), (Robot::name, Robot::battery));
        assert!(!changeset.has_changes());
        let options = CastOptions::default().force_changes();
        let changeset = stored().cast_with(&json!({"name": "Ada"}), Robot::name, &options);
        assert_eq!(changeset.get_change(Robot::name).as_deref(), Some("Ada"));
    }

    #[test]
    fn what_is_not_of_the_type_is_an_error_of_that_field_alone() {
        let changeset = cast(json!({"name": "Eve", "wheels": "4 or so"}));
        assert_eq!(
            only_error(&changeset),
            ("wheels", "is invalid".to_owned(), json!({"validation": "cast", "type": "integer"}))
        );
        assert_eq!(changeset.get_change(Robot::name).as_deref(), Some("Eve"));
        assert!(!changeset.changed(Robot::wheels));
    }

    #[test]
    fn numbers_must_be_whole_finite_and_fit() {
        for wheels in
            [json!("2147483648"), json!(2_147_483_648_i64), json!("1.0"), json!(1.5), json!(" 1"), json!("1_0")]
        {
            assert!(!cast(json!({"wheels": wheels})).is_valid(), "{wheels} is no i32");
        }
        for battery in [json!("NaN"), json!("inf"), json!("1e999"), json!("1,5"), json!("12 %"), json!([1])] {
            assert!(!cast(json!({"battery": battery})).is_valid(), "{battery} is no f64");
        }
        for price in [json!("NaN"), json!("Infinity"), json!("1_000"), json!("1e40"), json!("1e-40")] {
            assert!(!cast(json!({"price": price})).is_valid(), "{price} is no decimal");
        }
        assert_eq!(cast(json!({"price": "1.5e3"})).get_field(Robot::price), Some(Decimal::new(1500, 0)));
        assert_eq!(cast(json!({"price": 0.1})).get_field(Robot::price), Some(Decimal::new(1, 1)));
    }

    #[test]
    fn blank_is_the_default_that_the_schema_names() {
        let changeset = stored().cast(&json!({"battery": ""}), Robot::battery);
        assert_eq!(changeset.get_change(Robot::battery), Some(100.0));
    }

    #[test]
    fn blank_is_what_the_type_has_for_it() {
        let robot = Robot { nickname: Some("Ad".to_owned()), tags: vec!["a".to_owned()], ..stored() };
        let changeset = robot
            .cast(&json!({"name": "  ", "nickname": "", "tags": null}), (Robot::name, Robot::nickname, Robot::tags));
        assert!(changeset.is_valid());
        let robot = changeset.apply_changes();
        assert_eq!((robot.name.as_str(), robot.nickname, robot.tags), ("", None, vec![]));
    }

    #[test]
    fn blank_is_an_error_where_the_type_has_nothing_for_it() {
        for blank in [json!(""), json!(null)] {
            let changeset = cast(json!({"wheels": blank}));
            let expected = json!({"validation": "required", "type": "integer"});
            assert_eq!(only_error(&changeset), ("wheels", "can't be blank".to_owned(), expected));
        }
        assert!(!cast(json!({"battery": null})).is_valid(), "null is no default");
    }

    #[test]
    fn a_blank_entry_only_says_that_a_list_was_sent() {
        let robot = Robot { tags: vec!["a".to_owned()], ..stored() };
        let changeset = robot.cast(&Params::from_pairs([("tags[]", "")]), Robot::tags);
        assert_eq!(changeset.get_change(Robot::tags), Some(vec![]));
        let changeset = stored().cast(&json!({"tags": ["", "b"]}), Robot::tags);
        assert_eq!(changeset.get_change(Robot::tags), Some(vec!["b".to_owned()]));
    }

    #[test]
    fn what_counts_as_blank_can_be_said() {
        let options = CastOptions::default().empty_values([EmptyValue::Text("N/A")]);
        let cast = |nickname: &str| {
            Robot { nickname: Some("Ad".to_owned()), ..stored() }
                .cast_with(&json!({"nickname": nickname}), Robot::nickname, &options)
                .get_field(Robot::nickname)
        };
        assert_eq!(cast("N/A"), None);
        assert_eq!(cast("").as_deref(), Some(""));
        let options = CastOptions::default().empty_values([EmptyValue::Matches(|input| input == "-")]);
        assert_eq!(
            stored().cast_with(&json!({"nickname": "-"}), Robot::nickname, &options).get_field(Robot::nickname),
            None
        );
    }

    #[test]
    fn texts_are_kept_as_they_came_unless_they_are_to_be_trimmed() {
        let params = json!({"name": " Eve "});
        assert_eq!(stored().cast(&params, Robot::name).get_field(Robot::name), " Eve ");
        let trimmed = stored().cast_with(&params, Robot::name, &CastOptions::default().trim());
        assert_eq!(trimmed.get_field(Robot::name), "Eve");
    }

    #[test]
    fn errors_can_be_worded() {
        let options = CastOptions::default().message(|field, error| {
            (field == "wheels").then(|| format!("ist keine {}", error.get("type").unwrap()).into())
        });
        let params = json!({"wheels": "x", "battery": "x"});
        let changeset = stored().cast_with(&params, (Robot::wheels, Robot::battery), &options);
        assert_eq!(changeset.errors_json(), json!({"wheels": ["ist keine \"integer\""], "battery": ["is invalid"]}));
    }

    #[test]
    fn later_input_is_added_to_earlier_input() {
        let changeset = stored().cast(&json!({"name": "Eve", "page": 1}), Robot::name);
        let changeset = changeset.cast(&json!({"battery": 1, "page": 2}), Robot::battery);
        assert_eq!((changeset.get_field(Robot::name).as_str(), changeset.get_field(Robot::battery)), ("Eve", 1.0));
        assert_eq!(changeset.params(), Some(&json!({"name": "Eve", "battery": 1, "page": 2}).to_params()));
        // Back to what is in the struct: no change any more.
        assert!(!changeset.cast(&json!({"name": "Ada", "battery": 40}), (Robot::name, Robot::battery)).has_changes());
    }
}

mod required {
    use super::*;

    fn missing(changeset: &Changeset<Robot>) -> Value {
        changeset.errors_json()
    }

    #[test]
    fn text_of_white_space_is_missing() {
        let changeset = cast(json!({"name": " \t\n"})).validate_required((Robot::name, Robot::nickname));
        assert_eq!(missing(&changeset), json!({"name": ["can't be blank"], "nickname": ["can't be blank"]}));
        assert_eq!(changeset.required().collect::<Vec<_>>(), ["name", "nickname"]);
        let spaces = stored().change().put_change(Robot::name, "  ");
        assert!(!spaces.clone().validate_required(Robot::name).is_valid());
        assert!(spaces.validate_required_with(Robot::name, &Required::default().keep_white_space()).is_valid());
    }

    #[test]
    fn what_the_struct_has_is_not_missing() {
        assert!(stored().change().validate_required((Robot::name, Robot::battery, Robot::wheels)).is_valid());
    }

    #[test]
    fn a_number_that_nobody_chose_is_missing() {
        let changeset = cast(json!({"name": "Eve"})).validate_required((Robot::wheels, Robot::active, Robot::battery));
        assert_eq!(missing(&changeset), json!({"wheels": ["can't be blank"], "active": ["can't be blank"]}));
        // To choose what happens to be there is to choose.
        let changeset =
            cast(json!({"wheels": "0", "active": "false"})).validate_required((Robot::wheels, Robot::active));
        assert!(changeset.is_valid());
        assert_eq!(changeset.get_change(Robot::wheels), Some(0));
    }

    #[test]
    fn a_field_in_error_is_not_missing_too() {
        let changeset = cast(json!({"wheels": "x", "battery": ""})).validate_required((Robot::wheels, Robot::battery));
        assert_eq!(missing(&changeset), json!({"wheels": ["is invalid"]}));
        let changeset = cast(json!({"wheels": ""})).validate_required(Robot::wheels).validate_required(Robot::wheels);
        assert_eq!(missing(&changeset), json!({"wheels": ["can't be blank"]}));
    }

    #[test]
    fn what_is_missing_is_no_change() {
        let changeset = stored().cast(&json!({"name": ""}), Robot::name).validate_required(Robot::name);
        assert_eq!(changeset.apply_changes().name, "Ada");
        assert!(!changeset.changed(Robot::name));
        assert!(stored().change().put_change(Robot::nickname, None).field_missing(Robot::nickname));
    }
}

mod lengths {
    use super::*;

    /// e with an acute accent as two scalars of three bytes, and a flag of two scalars.
    const NAME: &str = "e\u{301}\u{1f1e9}\u{1f1ea}";

    fn check(name: &str, length: impl Into<Length>) -> Value {
        stored().change().put_change(Robot::name, name).validate_length(Robot::name, length).errors_json()
    }

    #[test]
    fn graphemes_count_unless_something_else_is_said() {
        assert_eq!(check(NAME, 2..=2), json!({}));
        assert_eq!(check(NAME, Length::is(4).count(Count::Codepoints)), json!({}));
        assert_eq!(check(NAME, Length::is(11).count(Count::Bytes)), json!({}));
        assert_eq!(check("a\r\nb", Length::is(3)), json!({}));
    }

    #[test]
    fn the_first_bound_that_is_broken_is_told() {
        let told = |message: &str| json!({"name": [message]});
        assert_eq!(check("Ab", 3..=40), told("should be at least 3 character(s)"));
        assert_eq!(check("Abcde", 3..=4), told("should be at most 4 character(s)"));
        assert_eq!(check("Abcde", ..4), told("should be at most 3 character(s)"));
        assert_eq!(check("Ab", 3..), told("should be at least 3 character(s)"));
        assert_eq!(check("Ab", Length::is(3)), told("should be 3 character(s)"));
        assert_eq!(check("Ab", Length::min(3).count(Count::Bytes)), told("should be at least 3 byte(s)"));
        assert_eq!(check("Ab", Length::is(3).message("nicht %{count}")), told("nicht 3"));
    }

    #[test]
    fn lists_maps_and_bytes_have_lengths() {
        let changeset = cast(json!({"tags": ["a"], "settings": {"a": 1, "b": 2}, "firmware": "abc", "notes": ["x"]}))
            .validate_length(Robot::tags, 2..)
            .validate_length(Robot::settings, ..=1)
            .validate_length(Robot::firmware, Length::is(4))
            .validate_length(Robot::notes, Length::is(2));
        let expected = json!({
            "tags": ["should have at least 2 item(s)"],
            "settings": ["should have at most 1 item(s)"],
            "firmware": ["should be 4 byte(s)"],
            "notes": ["should have 2 item(s)"],
        });
        assert_eq!(changeset.errors_json(), expected);
    }

    #[test]
    fn metadata_is_ectos() {
        let changeset = stored().change().put_change(Robot::name, "A").validate_length(Robot::name, 3..=40);
        let expected = json!({"count": 3, "validation": "length", "kind": "min", "type": "string"});
        assert_eq!(only_error(&changeset), ("name", "should be at least %{count} character(s)".to_owned(), expected));
    }
}

mod numbers {
    use super::*;

    fn battery(number: f64, bounds: impl Into<Number<f64>>) -> Value {
        stored().change().put_change(Robot::battery, number).validate_number(Robot::battery, bounds).errors_json()
    }

    #[test]
    fn every_bound_has_its_words() {
        let told = |message: &str| json!({"battery": [message]});
        assert_eq!(battery(101.0, 0.0..=100.0), told("must be less than or equal to 100.0"));
        assert_eq!(battery(-1.0, 0.0..=100.0), told("must be greater than or equal to 0.0"));
        assert_eq!(battery(100.0, 0.0..100.0), told("must be less than 100.0"));
        assert_eq!(battery(0.0, Number::greater_than(0.0)), told("must be greater than 0.0"));
        assert_eq!(battery(1.0, Number::equal_to(2.0)), told("must be equal to 2.0"));
        assert_eq!(battery(1.0, Number::not_equal_to(1.0)), told("must be not equal to 1.0"));
        assert_eq!(battery(1.0, Number::less_than(2.0).and(1.5..)), told("must be greater than or equal to 1.5"));
        assert_eq!(battery(9.0, Number::from(..5.0).message("zu viel: %{number}")), told("zu viel: 5.0"));
        assert_eq!(battery(50.0, 0.0..=100.0), json!({}));
    }

    #[test]
    fn any_type_of_number_has_bounds_of_its_own_type() {
        let changeset = cast(json!({"wheels": 3, "price": "0.01"}))
            .validate_number(Robot::wheels, 4..)
            .validate_number(Robot::price, Number::greater_than(Decimal::new(1, 2)));
        let expected =
            json!({"wheels": ["must be greater than or equal to 4"], "price": ["must be greater than 0.01"]});
        assert_eq!(changeset.errors_json(), expected);
    }

    #[test]
    fn metadata_is_ectos() {
        let changeset = cast(json!({"wheels": 3})).validate_number(Robot::wheels, ..3);
        let expected = json!({"validation": "number", "kind": "less_than", "number": 3});
        assert_eq!(only_error(&changeset), ("wheels", "must be less than %{number}".to_owned(), expected));
    }
}

mod choices {
    use super::*;

    #[test]
    fn included_excluded_and_subset() {
        let changeset = cast(json!({"name": "root", "nickname": "x", "wheels": 5, "tags": ["a", "z"]}))
            .validate_exclusion(Robot::name, ["root", "admin"])
            .validate_inclusion(Robot::nickname, Choices::new(["a", "b"]).message("is unheard of"))
            .validate_inclusion(Robot::wheels, 2..=4)
            .validate_subset(Robot::tags, vec!["a", "b"]);
        let expected = json!({
            "name": ["is reserved"],
            "nickname": ["is unheard of"],
            "wheels": ["is invalid"],
            "tags": ["has an invalid entry"],
        });
        assert_eq!(changeset.errors_json(), expected);
        let [_, (_, error), ..] = changeset.errors() else { panic!("four errors") };
        assert_eq!((error.get("validation"), error.get("enum")), (Some(&json!("inclusion")), Some(&json!(["a", "b"]))));
        let fits = cast(json!({"name": "Eve", "nickname": "a", "wheels": 3, "tags": ["b", "a"]}))
            .validate_exclusion(Robot::name, ["root"])
            .validate_inclusion(Robot::nickname, ["a"])
            .validate_inclusion(Robot::wheels, [3])
            .validate_subset(Robot::tags, ["a", "b"]);
        assert!(fits.is_valid());
    }

    #[test]
    fn what_is_not_changed_is_not_checked() {
        let changeset = stored()
            .change()
            .validate_exclusion(Robot::name, ["Ada"])
            .validate_length(Robot::name, 100..)
            .validate_number(Robot::battery, ..0.0)
            .validate_change(Robot::name, |_| Err("is wrong".into()));
        assert!(changeset.is_valid());
        let nulled = Robot { nickname: Some("x".to_owned()), ..stored() }
            .change()
            .put_change(Robot::nickname, None)
            .validate_length(Robot::nickname, 3..)
            .validate_change(Robot::nickname, |_| Err("is wrong".into()));
        assert!(nulled.is_valid());
    }
}

mod texts_and_input {
    use super::*;

    static EMAIL: LazyLock<Regex> = LazyLock::new(|| Regex::new("^[^@]+@[^@]+$").expect("an expression"));

    #[test]
    fn format() {
        let changeset = cast(json!({"name": "ada.at.home", "nickname": "x"}))
            .validate_format(Robot::name, &EMAIL)
            .validate_format(Robot::nickname, Format::new(&EMAIL).message("must have an @"));
        assert_eq!(changeset.errors_json(), json!({"name": ["has invalid format"], "nickname": ["must have an @"]}));
        assert!(cast(json!({"name": "ada@home"})).validate_format(Robot::name, &EMAIL).is_valid());
    }

    #[test]
    fn acceptance_needs_no_field() {
        let accepted = |params: Value| cast(params).validate_acceptance("terms").errors_json();
        assert_eq!(accepted(json!({"terms": "true"})), json!({}));
        assert_eq!(accepted(json!({"terms": true})), json!({}));
        assert_eq!(accepted(json!({"terms": "false"})), json!({"terms": ["must be accepted"]}));
        assert_eq!(accepted(json!({})), json!({"terms": ["must be accepted"]}));
        assert!(stored().change().validate_acceptance("terms").is_valid(), "without input nothing is asked");
        assert_eq!(
            cast(json!({})).validate_acceptance_with(Robot::active, "sag ja").errors_json(),
            json!({"active": ["sag ja"]})
        );
    }

    #[test]
    fn confirmation_compares_the_input() {
        let confirmed = |params: Value| cast(params).validate_confirmation(Robot::name).errors_json();
        assert_eq!(confirmed(json!({"name": "a", "name_confirmation": "a"})), json!({}));
        assert_eq!(
            confirmed(json!({"name": "a", "name_confirmation": "b"})),
            json!({"name_confirmation": ["does not match confirmation"]})
        );
        assert_eq!(confirmed(json!({"name": "a"})), json!({}));
        let required = cast(json!({"name": "a"})).validate_confirmation_required(Robot::name);
        assert_eq!(required.errors_json(), json!({"name_confirmation": ["can't be blank"]}));
        let worded = cast(json!({"name_confirmation": "b"})).validate_confirmation_with(Robot::name, "ungleich");
        assert_eq!(worded.errors_json(), json!({"name_confirmation": ["ungleich"]}));
    }

    #[test]
    fn a_check_of_ones_own() {
        let check = |name: &String| -> Result<(), FieldError> {
            if name.contains(' ') { Err(FieldError::new("has %{n} words").with("n", 2)) } else { Ok(()) }
        };
        let changeset = cast(json!({"name": "Ada Two", "nickname": "A B"}))
            .validate_change(Robot::name, check)
            .validate_change_named(Robot::nickname, "one_word", check);
        assert_eq!(changeset.errors_json(), json!({"name": ["has 2 words"], "nickname": ["has 2 words"]}));
    }
}

mod edits {
    use super::*;

    #[test]
    fn what_equals_the_data_drops_the_change() {
        let changeset = stored().change().put_change(Robot::name, "Eve");
        assert!(changeset.changed(Robot::name));
        let changeset = changeset.put_change(Robot::name, "Ada");
        assert!(!changeset.changed(Robot::name));
        assert!(changeset.force_change(Robot::name, "Ada").changed(Robot::name));
    }

    #[test]
    fn update_and_delete() {
        let changeset = stored().change().update_change(Robot::name, |name| name + "!");
        assert!(!changeset.has_changes(), "there was no change to update");
        let changeset = changeset.put_change(Robot::name, "Eve").update_change(Robot::name, |name| name.to_uppercase());
        assert_eq!(changeset.get_field(Robot::name), "EVE");
        assert!(!changeset.delete_change(Robot::name).has_changes());
    }

    #[test]
    fn fetch_tells_where_a_value_is_from() {
        let changeset = stored().change().put_change(Robot::battery, 1.0);
        assert_eq!(changeset.fetch_field(Robot::battery), Fetched::Change(1.0));
        assert_eq!(changeset.fetch_field(Robot::name), Fetched::Data("Ada".to_owned()));
        assert_eq!(changeset.get_change(Robot::name), None);
        assert!(changeset.changed_between(Robot::battery, &40.0, &1.0));
        assert!(!changeset.changed_between(Robot::battery, &39.0, &1.0));
    }

    #[test]
    fn a_bare_number_is_of_the_fields_type() {
        let changeset = stored()
            .change()
            .put_change(Robot::level, 5)
            .put_change(Robot::price, Decimal::TEN)
            .put_change(Robot::notes, Json(vec!["x".to_owned()]))
            .put_change(Robot::tags, ["a", "b"])
            .put_change(Robot::firmware, b"abc".as_slice())
            .put_change(Robot::built_on, None)
            .validate_number(Robot::level, Number::greater_than(5).and(..10))
            .validate_inclusion(Robot::level, [6, 7]);
        assert_eq!(changeset.errors_json(), json!({"level": ["must be greater than 5", "is invalid"]}));
        let robot = changeset.apply_changes();
        assert_eq!(
            (robot.level, robot.tags, robot.firmware.as_slice()),
            (Some(5), vec!["a".into(), "b".into()], &b"abc"[..])
        );
    }

    #[test]
    fn what_no_database_may_hold_is_an_error() {
        let changeset = stored().change().put_change(Robot::battery, f64::NAN);
        let expected = json!({"validation": "cast", "type": "float"});
        assert_eq!(only_error(&changeset), ("battery", "is invalid".to_owned(), expected));
    }

    #[test]
    fn merge_takes_both_and_the_later_change_wins() {
        let ours = stored().cast(&json!({"name": "Eve", "wheels": "x"}), (Robot::name, Robot::wheels));
        let ours = ours.put_change(Robot::battery, 1.0).validate_required(Robot::name);
        let theirs = stored().cast(&json!({"nickname": ""}), Robot::nickname).put_change(Robot::battery, 2.0);
        let merged =
            ours.merge(theirs.validate_required((Robot::name, Robot::nickname)).unique_constraint(Robot::name));
        assert_eq!((merged.get_field(Robot::name).as_str(), merged.get_field(Robot::battery)), ("Eve", 2.0));
        assert_eq!(merged.errors_json(), json!({"wheels": ["is invalid"], "nickname": ["can't be blank"]}));
        assert_eq!(merged.required().collect::<Vec<_>>(), ["name", "nickname"]);
        assert_eq!(merged.constraints().len(), 1);
        assert!(merged.params().is_some_and(|params| params.contains("wheels") && params.contains("nickname")));
    }

    #[test]
    #[should_panic(expected = "only changesets of the same data can be merged")]
    fn changesets_of_different_data_do_not_merge() {
        drop(stored().change().merge(Robot::default().change()));
    }
}

mod results {
    use super::*;

    #[test]
    fn apply_action_gives_the_struct_or_the_changeset_with_its_action() {
        let robot = stored().change().put_change(Robot::name, "Eve").apply_action(Action::Update).expect("it is valid");
        assert_eq!(robot, Robot { name: "Eve".to_owned(), ..stored() });
        let invalid = cast(json!({"wheels": "x", "name": "Eve"})).apply_action(Action::Insert).expect_err("it is not");
        assert_eq!(invalid.action(), Some(Action::Insert));
        assert_eq!(invalid.apply_changes().name, "Eve");
    }

    #[test]
    fn errors_are_json_and_can_be_worded() {
        let changeset = cast(json!({"name": "E"}))
            .validate_length(Robot::name, 3..)
            .add_error(Robot::name, "is odd")
            .add_error(Robot::missions, "are too many")
            .add_error("base", String::from("is all wrong"));
        let expected = json!({
            "name": ["should be at least 3 character(s)", "is odd"],
            "missions": ["are too many"],
            "base": ["is all wrong"],
        });
        assert_eq!(changeset.errors_json(), expected);
        assert_eq!(changeset.errors_on(Robot::name).count(), 2);
        // As a translator does it: by the message as it is, and the count.
        let translated = changeset.traverse_errors(|field, error| match error.get("count") {
            Some(count) if count == 3 => error.interpolate("mindestens %{count} Zeichen, %{unknown}").into(),
            _ => format!("{field}: {}", error.message).into(),
        });
        assert_eq!(translated["name"], json!(["mindestens 3 Zeichen, %{unknown}", "name: is odd"]));
    }

    #[test]
    fn validations_can_be_walked() {
        let changeset = stored()
            .change()
            .validate_length(Robot::name, 3..=40)
            .validate_number(Robot::battery, 0.0..)
            .validate_inclusion(Robot::name, ["a"])
            .validate_confirmation(Robot::name);
        let walked = changeset.traverse_validations(|_, validation| match validation {
            Validation::Length(length) => json!({"length": [length.bounds().1, length.bounds().2]}),
            Validation::Number(bounds) => bounds.iter().map(|(kind, bound)| json!({kind.name(): bound})).collect(),
            Validation::Inclusion(values) => json!({"in": values}),
            Validation::Confirmation => json!("confirmation"),
            other => panic!("{other:?} was not asked for"),
        });
        let expected = json!({
            "name": [{"length": [3, 40]}, {"in": ["a"]}, "confirmation"],
            "battery": [[{"greater_than_or_equal_to": 0.0}]],
        });
        assert_eq!(walked, expected);
    }

    #[test]
    fn errors_and_validations_of_children_are_nested() {
        let mission = |mission: Mission, params: &Params| {
            mission.cast(params, Mission::title).validate_required(Mission::title).validate_length(Mission::title, ..=5)
        };
        let params = json!({"missions": [{"title": "Map"}, {"title": ""}, {"title": "Survey"}]});
        let changeset = Robot::default().cast(&params, ()).cast_assoc(Robot::missions, mission);
        let expected = json!({"missions": [
            {}, {"title": ["can't be blank"]}, {"title": ["should be at most 5 character(s)"]}
        ]});
        assert_eq!(changeset.errors_json(), expected);
        let validations = changeset.traverse_validations(|field, _| field.into());
        assert_eq!(
            validations,
            json!({"missions": [{"title": ["title"]}, {"title": ["title"]}, {"title": ["title"]}]})
        );
    }

    #[test]
    fn secrets_are_masked() {
        let params = json!({"email": "a@b", "password": "swordfish"});
        let changeset = Account::default().cast(&params, (Account::email, Account::password));
        let printed = format!("{changeset:?}");
        assert!(printed.contains("a@b") && printed.contains("**redacted**"), "{printed}");
        assert!(!printed.contains("swordfish"), "{printed}");
    }

    #[test]
    fn changesets_are_values() {
        let first = cast(json!({"name": "E"}));
        let second = first.clone().validate_length(Robot::name, 3..);
        assert!(first.is_valid() && !second.is_valid());
    }
}

mod schemaless {
    use ecto_lite::changeset::{AnyType, Schemaless, named};

    use super::*;

    fn search() -> Schemaless {
        Schemaless::new().field::<String>("term").field::<i64>("page").default_to(1_i64).field::<Vec<String>>("tags")
    }

    #[test]
    fn input_is_cast_and_checked_by_names() {
        let params = json!({"term": "ada", "page": "3", "tags": ["a"], "other": 1});
        let changeset = search()
            .cast(&params, ["term", "page", "tags"])
            .validate_required(["term", "page"])
            .validate_length("term", 3..)
            .validate_length("tags", ..=2)
            .validate_number(named::<i64>("page"), 1..)
            .validate_change(
                named::<String>("term"),
                |term| if term == "eve" { Err("is away".into()) } else { Ok(()) },
            );
        let found = changeset.apply_action(Action::Validate).expect("it is valid");
        assert_eq!(found.to_json(), json!({"term": "ada", "page": 3, "tags": ["a"]}));
        assert_eq!((found.get::<String>("term"), found.get::<i64>("page")), (Ok("ada".to_owned()), Ok(3)));
        assert!(found.get::<i64>("term").is_err() && found.get::<i64>("nothing").is_err());
    }

    #[test]
    fn errors_are_those_of_schemas() {
        let changeset = search()
            .cast(&json!({"term": " ", "page": "x"}), ["term", "page"])
            .validate_required("term")
            .validate_format("term", Regex::new("a").expect("an expression"));
        let expected = json!({"page": ["is invalid"], "term": ["can't be blank"]});
        assert_eq!(changeset.errors_json(), expected);
        assert_eq!(changeset.get_field(named::<Option<String>>("term")), None);
    }

    #[test]
    fn blank_is_the_default_or_null() {
        let changeset =
            search().cast(&json!({"page": "2"}), ["page"]).cast(&json!({"page": "", "tags": null}), ["page", "tags"]);
        assert_eq!(changeset.apply_changes().to_json(), json!({"term": null, "page": 1, "tags": null}));
    }

    #[test]
    fn types_can_be_listed_at_run_time() {
        let listed = [("count", "integer"), ("on", "date"), ("price", "decimal"), ("what", "map")];
        let fields = listed.iter().fold(Schemaless::new(), |fields, (name, of)| {
            fields.any_field((*name).to_owned(), AnyType::by_name(of).expect("it is known"))
        });
        let names: Vec<_> = listed.iter().map(|(name, _)| *name).collect();
        let params = json!({"count": "1", "on": "2026-07-31", "price": "1.50", "what": {"a": 1}});
        let data = fields.cast(&params, names.as_slice()).apply_changes();
        assert_eq!(data.to_json(), json!({"count": 1, "on": "2026-07-31", "price": "1.50", "what": {"a": 1}}));
        assert!(AnyType::by_name("robot").is_none());
    }

    #[test]
    fn secrets_are_masked() {
        let fields = Schemaless::new().field::<String>("password").redact();
        let changeset = fields.cast(&json!({"password": "swordfish"}), "password");
        assert!(!format!("{changeset:?} {:?}", changeset.apply_changes()).contains("swordfish"));
    }

    #[test]
    #[should_panic(expected = "there is no field `nothing`")]
    fn a_name_that_is_no_field_is_a_mistake() {
        drop(search().cast(&json!({}), "nothing"));
    }

    #[test]
    #[should_panic(expected = "field `term` is of type string and not integer")]
    fn so_is_a_field_of_another_type() {
        drop(search().change().put_change(named::<i64>("term"), 1));
    }
}
