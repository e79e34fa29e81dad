use dioxus::prelude::{dioxus_core, dioxus_signals, rsx};
use dioxus_html::extensions::*;

use super::components::{
    AddRow, Checkbox, DropRow, FormFor, Input, InputsFor, InputsRow, RadioGroup, Select, Textarea,
};
use super::{CsrfToken, Form, FormData as _, FormParts, SelectOptions, Validations};
use crate::Element;
use crate::elements::bindings::BindingAttributes as _;
use crate::params::Params;
use crate::render::Renderer;

fn decode(text: &str) -> Params {
    Params::decode(text).expect("as a browser sends it")
}

fn form(text: &str) -> Form {
    decode(text).to_form().named("robot")
}

fn html(root: impl Fn() -> Element + 'static) -> String {
    let mut page = Renderer::new(root);
    page.provide_context(CsrfToken::new("token"));
    page.rebuild().expect("a page");
    page.html()
}

#[test]
fn names_nest_and_ids_follow_them() {
    let form = decode("").to_form().named("team[robot]");
    let field = form.field("name");
    assert_eq!((form.id(), field.name(), field.id()), ("team_robot", "team[robot][name]", "team_robot_name"));
    let form = form.with_id("second");
    assert_eq!((form.field("name").name(), form.field("name").id()), ("team[robot][name]", "second_name"));
    let plain = decode("q=x").to_form();
    assert_eq!(
        (plain.id(), plain.field("q").name(), plain.field("q").id(), plain.field("q").value()),
        ("", "q", "q", "x")
    );
}

#[test]
fn errors_show_for_used_fields_and_all_of_them_after_a_write() {
    let errors = [("name", "is taken"), ("name", "is short"), ("site", "can't be blank")];
    let form = form("name=a&_unused_site=&site=").with_errors(errors);
    assert_eq!(form.field("name").errors(), ["is taken", "is short"]);
    assert!(form.field("site").errors().is_empty());
    assert!(form.clone().with_action("validate").field("site").errors().is_empty());
    assert_eq!(form.clone().with_action("insert").field("site").errors(), ["can't be blank"]);
    assert!(form.with_action("ignore").field("name").errors().is_empty());
}

#[test]
fn rows_of_parameters_are_forms_by_number_or_as_a_list() {
    let form = form("legs[10][x]=3&legs[2][x]=1&points[][x]=7&site[name]=north&tags[]=a&name=n");
    let values = |name: &str| -> Vec<(String, String)> {
        let rows = form.inputs_for(name);
        rows.iter().map(|row| (row.field("x").name().to_owned(), row.field("x").value().to_owned())).collect()
    };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(values("legs"), [pair("robot[legs][0][x]", "1"), pair("robot[legs][1][x]", "3")]);
    assert_eq!(values("points"), [pair("robot[points][0][x]", "7")]);
    assert_eq!(form.inputs_for("site")[0].field("name").name(), "robot[site][name]");
    for name in ["tags", "name", "nobody"] {
        assert!(form.inputs_for(name).is_empty(), "{name}");
    }
}

#[test]
fn ids_that_a_browser_makes_up_do_not_make_two_rows_one() {
    let form = form("legs[0][_persistent_id]=1&legs[1][_persistent_id]=1&legs[2][x]=&legs[3][_persistent_id]=0");
    let ids: Vec<String> = form.inputs_for("legs").iter().map(|row| row.id().to_owned()).collect();
    assert_eq!(ids, ["robot_legs_1", "robot_legs_2", "robot_legs_3", "robot_legs_0"]);
}

#[test]
fn forms_are_equal_when_they_show_the_same() {
    assert_eq!(form("a=1"), form("a=1"));
    assert_ne!(form("a=1"), form("a=2"));
    assert_ne!(form("a=1"), form("a=1").with_id("b"));
}

#[test]
fn an_input_is_tied_to_its_label_its_help_and_its_errors() {
    let field = form("name=<Ada>").with_errors([("name", "is taken")]).field("name");
    let page = html(move || {
        rsx! { Input { field: field.clone(), label: "Name", help: "Of the robot", class: "wide", phx_debounce: "300", placeholder: "Ada" } }
    });
    assert_eq!(
        page,
        "<div class=\"field field-invalid\"><label class=\"field-label\" for=\"robot_name\">Name</label>\
         <input type=\"text\" id=\"robot_name\" name=\"robot[name]\" value=\"&lt;Ada&gt;\" aria-invalid=\"true\" \
         aria-describedby=\"robot_name_help robot_name_errors\" class=\"wide\" phx-debounce=\"300\" placeholder=\"Ada\">\
         <p id=\"robot_name_help\" class=\"field-help\">Of the robot</p>\
         <ul id=\"robot_name_errors\" class=\"field-errors\" role=\"alert\"><li>is taken</li></ul></div>"
    );
    let field = form("").field("name");
    assert_eq!(
        html(move || rsx! { Input { field: field.clone() } }),
        "<div class=\"field\"><input type=\"text\" id=\"robot_name\" name=\"robot[name]\" value=\"\"></div>"
    );
}

#[test]
fn values_are_shown_as_the_type_of_the_input_takes_them_and_passwords_not_at_all() {
    let shown = |kind: &'static str, text: &str| {
        let field = form(&format!("a={text}")).field("a");
        html(move || rsx! { Input { field: field.clone(), r#type: kind } })
    };
    assert!(!shown("password", "secret").contains("secret"));
    assert!(shown("datetime-local", "2026-10-04T10:20:30.5Z").contains("value=\"2026-10-04T10:20\""));
    assert!(shown("datetime-local", "soon").contains("value=\"soon\""));
    assert!(shown("date", "2026-10-04").contains("value=\"2026-10-04\""));
    assert_eq!(shown("hidden", "7"), "<input type=\"hidden\" id=\"robot_a\" name=\"robot[a]\" value=\"7\">");
    let field = form("a=secret").field("a");
    let given = html(move || rsx! { Input { field: field.clone(), r#type: "password", value: "given" } });
    assert!(given.contains("value=\"given\""), "{given}");
}

#[test]
fn the_browser_checks_only_where_it_is_asked_to_but_for_the_step_of_numbers() {
    let checks = Validations {
        required: true,
        min_length: Some(2),
        max_length: Some(9),
        min: Some("0".into()),
        step: Some("any".into()),
        ..Validations::default()
    };
    let parts = FormParts { validations: [("a".into(), checks)].into(), ..FormParts::default() };
    let field = Form::<Params>::from_parts(parts).field("a");
    let page = |validate: bool| {
        let field = field.clone();
        html(move || rsx! { Input { field: field.clone(), r#type: "number", validate } })
    };
    assert_eq!(
        page(false),
        "<div class=\"field\"><input type=\"number\" id=\"a\" name=\"a\" value=\"\" step=\"any\" aria-required=\"true\"></div>"
    );
    let checked = page(true);
    for attribute in ["required=\"\"", "minlength=\"2\"", "maxlength=\"9\"", "min=\"0\""] {
        assert!(checked.contains(attribute), "{attribute} is not in {checked}");
    }
}

#[test]
fn boxes_and_radio_buttons_say_also_that_nothing_is_chosen() {
    let field = form("on=true&off=false").field("on");
    let page = html(move || rsx! { Checkbox { field: field.clone(), label: "On" } });
    assert!(
        page.contains(
            "<input type=\"hidden\" name=\"robot[on]\" value=\"false\">\
         <input type=\"checkbox\" id=\"robot_on\" name=\"robot[on]\" value=\"true\" checked=\"\">On"
        ),
        "{page}"
    );
    let field = form("off=false").field("off");
    let page = html(move || rsx! { Input { field: field.clone(), r#type: "checkbox", class: "big" } });
    assert!(page.contains("value=\"true\" class=\"big\">"), "{page}");

    let field = form("plan=b").field("plan");
    let page = html(move || rsx! { RadioGroup { field: field.clone(), label: "Plan", options: ["a", "b"] } });
    assert!(page.contains(
        "<legend class=\"field-label\">Plan</legend><input type=\"hidden\" name=\"robot[plan]\" value=\"\">\
         <label class=\"field-choice\"><input type=\"radio\" id=\"robot_plan_a\" name=\"robot[plan]\" value=\"a\">a</label>\
         <label class=\"field-choice\"><input type=\"radio\" id=\"robot_plan_b\" name=\"robot[plan]\" value=\"b\" checked=\"\">b</label>"
    ), "{page}");
}

#[test]
fn a_select_has_groups_a_prompt_and_every_choice_that_was_made() {
    let field = form("hall=2").field("hall");
    let options =
        SelectOptions::new().choice("None", 0).group("North", [("Gate", 1), ("Ramp", 2)]).disabled("Closed", 3);
    let page = html(move || rsx! { Select { field: field.clone(), options: options.clone(), prompt: "Choose" } });
    assert!(page.contains(
        "<select id=\"robot_hall\" name=\"robot[hall]\"><option value=\"\">Choose</option><option value=\"0\">None</option>\
         <optgroup label=\"North\"><option value=\"1\">Gate</option><option value=\"2\" selected=\"\">Ramp</option></optgroup>\
         <option value=\"3\" disabled=\"\">Closed</option></select>"
    ), "{page}");

    let field = form("tags[]=a&tags[]=c").field("tags");
    let page = html(move || rsx! { Select { field: field.clone(), multiple: true, options: ["a", "b", "c"] } });
    assert!(page.contains("<input type=\"hidden\" name=\"robot[tags][]\" value=\"\"><select id=\"robot_tags\" name=\"robot[tags][]\" multiple"), "{page}");
    assert_eq!(page.matches("selected").count(), 2);
}

#[test]
fn a_text_area_keeps_a_newline_at_its_beginning() {
    let field = form("bio=%0Aline").field("bio");
    let page = html(move || rsx! { Textarea { field: field.clone(), rows: 3 } });
    assert!(page.contains("name=\"robot[bio]\" rows=\"3\">\n\nline</textarea>"), "{page}");
}

#[test]
fn a_form_that_the_browser_posts_has_a_token_and_its_method() {
    let plain = form("");
    let page = html(move || rsx! { FormFor { form: &plain, phx_change: "validate", phx_submit: "save", "inside" } });
    assert_eq!(page, "<form id=\"robot\" phx-change=\"validate\" phx-submit=\"save\">inside</form>");

    let native = |method: &'static str| {
        let form = form("");
        html(move || rsx! { FormFor { form: &form, action: "/robots/1", method, phx_trigger_action: true } })
    };
    assert_eq!(
        native("PUT"),
        "<form id=\"robot\" action=\"/robots/1\" method=\"post\" phx-trigger-action=\"\"><input type=\"hidden\" name=\"_method\" value=\"put\">\
         <input type=\"hidden\" name=\"_csrf_token\" value=\"token\"></form>"
    );
    assert!(!native("get").contains("_csrf_token"), "a token does not belong into an address");
    assert!(!native("post").contains("_method"));
}

#[test]
fn rows_send_what_keeps_them_apart_and_buttons_say_which_one_goes() {
    let form = form("legs[0][_persistent_id]=4&legs[0][x]=1");
    let page = html(move || {
        rsx! {
            InputsFor { field: form.field("legs"),
                for row in form.inputs_for("legs") {
                    InputsRow { key: "{row.id()}", form: &row,
                        Input { field: row.field("x") }
                        DropRow { form: &row, "Remove" }
                    }
                }
                AddRow { field: form.field("legs"), class: "add", "Add" }
            }
        }
    });
    let change = "phx-click=\"[[&quot;dispatch&quot;,{&quot;event&quot;:&quot;change&quot;}]]\"";
    assert_eq!(
        page,
        format!(
            "<input type=\"hidden\" name=\"robot[legs_drop][]\" value=\"\">\
             <input type=\"hidden\" name=\"robot[legs][0][_persistent_id]\" value=\"4\">\
             <input type=\"hidden\" name=\"robot[legs_sort][]\" value=\"0\">\
             <div class=\"field\"><input type=\"text\" id=\"robot_legs_4_x\" name=\"robot[legs][0][x]\" value=\"1\"></div>\
             <button type=\"button\" name=\"robot[legs_drop][]\" value=\"0\" {change}>Remove</button>\
             <button type=\"button\" name=\"robot[legs_sort][]\" value=\"new\" {change} class=\"add\">Add</button>"
        )
    );
}
