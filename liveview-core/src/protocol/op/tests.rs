//! Properties of the two forms.

use std::borrow::Cow;

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::sample::Index;
use proptest::{prop_assert, prop_assert_eq, prop_oneof, proptest};
use serde_json::{Value, json};

use super::{Op, OpError, OpWriter, Tree, all_to_json, from_json, read_all, to_json};

fn text() -> impl Strategy<Value = Cow<'static, str>> {
    ".{0,12}".prop_map(Cow::Owned)
}

fn path() -> impl Strategy<Value = Vec<u32>> {
    vec(0..300_u32, 0..4)
}

fn tree() -> impl Strategy<Value = Tree<'static>> {
    prop_oneof![text().prop_map(Tree::Text), Just(Tree::Dynamic)].prop_recursive(4, 24, 4, |inner| {
        let attribute = (text(), text(), text()).prop_map(|(name, namespace, value)| [name, namespace, value]);
        (text(), text(), vec(attribute, 0..3), vec(inner, 0..4))
            .prop_map(|(tag, namespace, attributes, children)| Tree::Element { tag, namespace, attributes, children })
    })
}

fn payload() -> impl Strategy<Value = Value> {
    prop_oneof![Just(Value::Null), any::<i64>().prop_map(|n| json!(n)), ".{0,8}".prop_map(|s| json!({ "s": s }))]
}

fn op() -> BoxedStrategy<Op<'static>> {
    let node = || prop_oneof![0..1_000_u32, any::<u32>()];
    let m = 0..9_u32;
    prop_oneof![
        (node(), vec(tree(), 0..3)).prop_map(|(template, roots)| Op::Template { template, roots }),
        (node(), node(), node()).prop_map(|(template, root, node)| Op::Load { template, root, node }),
        (path(), node()).prop_map(|(path, node)| Op::Assign { path, node }),
        (node(), text()).prop_map(|(node, text)| Op::CreateText { node, text }),
        node().prop_map(|node| Op::Placeholder { node }),
        (node(), m.clone()).prop_map(|(node, m)| Op::Append { node, m }),
        (node(), m.clone()).prop_map(|(node, m)| Op::Replace { node, m }),
        (path(), m.clone()).prop_map(|(path, m)| Op::Fill { path, m }),
        (node(), m.clone()).prop_map(|(node, m)| Op::After { node, m }),
        (node(), m).prop_map(|(node, m)| Op::Before { node, m }),
        (node(), text(), text(), text()).prop_map(|(node, name, namespace, value)| Op::Set {
            node,
            name,
            namespace,
            value
        }),
        (node(), text(), text()).prop_map(|(node, name, namespace)| Op::Unset { node, name, namespace }),
        (node(), text()).prop_map(|(node, text)| Op::Text { node, text }),
        (node(), text()).prop_map(|(node, event)| Op::Listen { node, event }),
        (node(), text()).prop_map(|(node, event)| Op::Unlisten { node, event }),
        node().prop_map(|node| Op::Remove { node }),
        node().prop_map(|node| Op::Push { node }),
        text().prop_map(|title| Op::Title { title }),
        (text(), payload()).prop_map(|(name, payload)| Op::Event { name, payload }),
        (text(), text()).prop_map(|(to, flash)| Op::Redirect { to, flash }),
        (text(), any::<bool>()).prop_map(|(to, replace)| Op::Patched { to, replace }),
        (text(), any::<bool>(), text()).prop_map(|(to, replace, flash)| Op::Navigate { to, replace, flash }),
    ]
    .boxed()
}

proptest! {
    /// What the server keeps is what a client reads.
    #[test]
    fn ops_survive_the_binary_form(ops in vec(op(), 0..20)) {
        let mut writer = OpWriter::default();
        for op in &ops {
            writer.op(op);
        }
        let bytes = writer.take();
        prop_assert_eq!(read_all(&bytes).expect("own bytes are well formed"), ops);
    }

    #[test]
    fn ops_survive_the_json_form(op in op()) {
        let text = to_json(&op).to_string();
        let value: Value = serde_json::from_str(&text).expect("own JSON is well formed");
        prop_assert_eq!(from_json(&value).expect("own JSON is an op"), op);
    }

    /// Foreign bytes end in an error or in ops, never in a panic.
    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..200)) {
        if let Ok(ops) = read_all(&bytes) {
            prop_assert!(ops.len() <= bytes.len());
        }
    }

    #[test]
    fn truncated_ops_never_panic(ops in vec(op(), 1..6), cut in any::<Index>()) {
        let mut writer = OpWriter::default();
        for op in &ops {
            writer.op(op);
        }
        let bytes = writer.take();
        let cut = cut.index(bytes.len());
        if let Ok(read) = read_all(&bytes[..cut]) {
            prop_assert_eq!(&read[..], &ops[..read.len()]);
        }
    }
}

#[test]
fn a_neighbouring_text_costs_one_byte_beside_its_string() {
    let mut writer = OpWriter::default();
    writer.text(70, "a");
    writer.text(72, "b");
    writer.text(71, "c");
    writer.text(140, "d");
    // Up to 127 upwards from 0, 2 up, 1 down, 69 up; the next frame begins at 0 again.
    assert_eq!(writer.take(), [0x80 + 70, 1, b'a', 0x82, 1, b'b', 0x7f, 1, b'c', 0xc5, 1, b'd']);
    writer.text(128, "a");
    writer.text(63, "b");
    assert_eq!(writer.take(), [13, 0x80, 1, 1, b'a', 13, 63, 1, b'b']);
}

#[test]
fn trees_nested_too_deep_are_refused() {
    let mut bytes = vec![1, 1, 1];
    for _ in 0..100_000 {
        bytes.extend([1, 0, 0, 0, 1]);
    }
    assert!(matches!(read_all(&bytes), Err(OpError::BadTree)));
}

#[test]
fn json_with_an_operand_too_many_is_refused() {
    assert!(matches!(from_json(&json!(["push", 1, 2])), Err(OpError::BadJson(_))));
    assert!(matches!(from_json(&json!(["jump", 1])), Err(OpError::UnknownName(_))));
    assert!(matches!(from_json(&json!({ "push": 1 })), Err(OpError::BadJson(_))));
}

#[test]
fn a_frame_reads_in_a_trace() {
    let mut writer = OpWriter::default();
    let attributes = vec![["class".into(), "".into(), "row".into()]];
    let children = vec![Tree::Text("Battery ".into()), Tree::Dynamic];
    let root = Tree::Element { tag: "p".into(), namespace: "".into(), attributes, children };
    writer.template(3, &[root]);
    writer.load(3, 0, 7);
    writer.fill(&[1], 1);
    writer.text(9, "97");
    writer.event("ping", &json!({ "n": 1 }));
    let expected = json!([
        ["template", 3, [["p", "", [["class", "", "row"]], ["Battery ", 0]]]],
        ["load", 3, 0, 7],
        ["fill", [1], 1],
        ["text", 9, "97"],
        ["event", "ping", { "n": 1 }],
    ]);
    assert_eq!(all_to_json(&writer.take()).expect("well formed"), expected);
}
