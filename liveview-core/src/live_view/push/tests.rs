use std::collections::BTreeMap;

use dioxus_core::{AttributeValue, IntoAttributeValue};

use super::Push;

#[test]
fn an_event_that_carries_nothing_prints_as_its_name() {
    assert_eq!(Push::new("inc").to_string(), "inc");
    assert_eq!(Push::new("inc").meta(false).into_value(), AttributeValue::Text("inc".into()));
}

#[test]
fn arguments_keep_their_order_and_are_json() {
    let push = Push::new("rename").arg(3).arg("R2 \"D2\"").arg(None::<bool>).arg([1.5]);
    assert_eq!(push.to_string(), r#"[["push",{"event":"rename","args":[3,"R2 \"D2\"",null,[1.5]]}]]"#);
}

#[test]
fn every_option_has_the_name_that_the_wire_gives_it() {
    let push = Push::new("pick").arg(1).value("why", "te\"st").value("n", 2).meta(true).loading("#list").page_loading();
    let list: serde_json::Value = serde_json::from_str(&push.to_string()).expect("a push prints JSON");
    assert_eq!(
        list,
        serde_json::json!([["push", {
            "event": "pick", "args": [1], "value": {"why": "te\"st", "n": 2},
            "meta": true, "loading": "#list", "page_loading": true,
        }]])
    );
}

#[test]
fn a_name_that_looks_like_a_list_is_quoted() {
    assert_eq!(Push::new("[x").to_string(), r#"[["push",{"event":"[x"}]]"#);
}

#[test]
fn a_push_that_cannot_be_written_leaves_no_binding_behind() {
    let unwritable = BTreeMap::from([(vec![1], "a list is no JSON key")]);
    for push in [Push::new("stop").arg(&unwritable).arg(2), Push::new("stop").value("why", &unwritable)] {
        assert_eq!(push.to_string(), "");
        assert_eq!(push.into_value(), AttributeValue::None);
    }
}
