//! Random pages: a state, and a view that shows all of it in all the ways that markup has.

use std::cell::RefCell;
use std::rc::Rc;

use dioxus::prelude::{Element, Props, component, dioxus_core, dioxus_elements, dioxus_signals, rsx, use_signal};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::{prop_oneof, sample};

use crate::render::Renderer;
use crate::rows::Rows;

/// What a view shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct State {
    pub(super) layout: u8,
    pub(super) texts: [String; 4],
    pub(super) flags: [bool; 4],
    pub(super) color: Option<String>,
    pub(super) list: Vec<(u8, String)>,
    pub(super) rows: Vec<(u8, String)>,
    pub(super) number: i32,
}

/// Everything that a parser, an escaper or a counter of units may stumble over.
pub(super) fn text() -> impl Strategy<Value = String> {
    let atom = sample::select(vec![
        "",
        "a",
        "b c",
        "<",
        ">",
        "&",
        "\"",
        "'",
        "\n",
        "\r\n",
        "\r",
        "&amp;",
        "</script>",
        "</scr",
        "<!--",
        "-->",
        "]]>",
        "😀",
        "é",
        "日本",
        " ",
        "\u{a0}",
        "\u{1}",
        "\0",
        "</textarea>",
        "\u{fffd}",
        ";",
        "{}",
    ]);
    vec(atom, 0..4).prop_map(|atoms| atoms.concat())
}

fn keyed() -> impl Strategy<Value = Vec<(u8, String)>> {
    vec((0..12_u8, text()), 0..8).prop_map(|mut rows| {
        let mut seen = std::collections::HashSet::new();
        rows.retain(|(key, _)| seen.insert(*key));
        rows
    })
}

pub(super) fn state() -> impl Strategy<Value = State> {
    let color = prop_oneof![
        Just(None),
        sample::select(vec!["red", "rgb(1,2,3)", "var(--x)"]).prop_map(|color| Some(color.to_owned()))
    ];
    let texts = (text(), text(), text(), text()).prop_map(|(a, b, c, d)| [a, b, c, d]);
    (0..4_u8, texts, any::<[bool; 4]>(), color, keyed(), keyed(), any::<i32>()).prop_map(
        |(layout, texts, flags, color, list, rows, number)| State { layout, texts, flags, color, list, rows, number },
    )
}

/// The view: a state, rows that know their changes, and whether a component listens.
pub(super) struct View {
    state: State,
    rows: Rows<(u8, String)>,
}

impl View {
    fn render(&self) -> Element {
        let State { layout, texts: [a, b, c, d], flags, color, list, number, .. } = &self.state;
        let [one, two, three, more] = *flags;
        let html = if one { format!("<b>{number}</b>x") } else { "<i></i>".to_owned() };
        // What raw text cannot say comes out differently by patch and by HTML; `properties` has a test of its own for it.
        let [raw_a, raw_b] = [a, b].map(|text| text.replace(['<', '\r', '\0'], ""));
        match layout {
            0 => rsx! {
                if one { "{a}" }
                "static "
                "{b}"
                if two { b { "{c}" } } else { "{d}" }
                "{a}" "{b}" "tail"
                if three { Fragmented { text: c.clone(), more } }
                {self.rows.render(|row| rsx! { li { "{row.0}: " "{row.1}" } })}
            },
            1 => rsx! {
                div {
                    class: if one { "{a}" }, title: "{b}", id: "fixed", color: color.clone(), width: "{number}px",
                    hidden: "{three}", aria_hidden: more, draggable: one,
                    input { r#type: "checkbox", checked: one, disabled: two, value: "{c}", onchange: |_| {} }
                    textarea { value: "{d}" }
                    select { option { value: "{a}", selected: two, "{b}" } option { "x" } }
                    pre { "{a}" "{b}" }
                    pre { "\nstatic {c}" }
                    textarea { "{a}" }
                    br {}
                    "{number}"
                }
                "{d}"
            },
            2 => rsx! {
                section { title: "{a}",
                    "{b}"
                    for (key , text) in list { b { key: "{key}", "{text}" } "{key}" }
                    "{c}"
                    Fragmented { text: d.clone(), more }
                    p { class: "{d}", if two { "{a}" "{b}" } i { "{c}" } }
                    {self.rows.render(|row| rsx! { "{row.1}" u {} })}
                    "{a}"
                }
                ul {
                    for (key , text) in list { li { key: "{key}", onclick: |_| {}, "{text}" if one { i { "{key}" } } } }
                }
                for (key , text) in list { Nested { key: "{key}", text: text.clone(), depth: key % 3 } }
                template { title: "{a}",
                    "{b}"
                    if one { b { "{c}" } }
                    template { "{c}" {self.rows.render(|row| rsx! { "{row.1}" i {} })} }
                    if two { p { onclick: |_| {}, "{d}" } }
                    "{a}"
                }
                table { tbody {
                    {self.rows.render_with((one, c.clone()), |row, (one, c)| rsx! {
                        tr { class: if *one { "on" }, td { "{row.0}" } td { "{row.1}{c}" } }
                        if *one { tr { td { "second" } } }
                    })}
                } }
            },
            _ => rsx! {
                svg { view_box: "0 0 1 1", width: "{number}",
                    g { path { d: "M{number}", fill: color.clone() } text { "{a}" } }
                    if two { foreignObject { p { "{b}" } } }
                }
                script { "let a = 1 < 2; '{raw_a}'" "{raw_b}" }
                style { "a > b" "{raw_a}" }
                div { dangerous_inner_html: html }
                noscript { "x" }
                Counter { text: d.clone() }
                {self.rows.render(|row| if row.0 % 2 == 0 { rsx! { "{row.1}" } } else { rsx! {} })}
                "{a}"
                if three { "{b}" if more { "{c}" } }
            },
        }
    }
}

/// Several roots, some of them text, some nothing.
#[component]
fn Fragmented(text: String, more: bool) -> Element {
    rsx! {
        "{text}"
        if more { em { "{text}" } }
        Nothing {}
        "{text}"
    }
}

#[component]
fn Nothing() -> Element {
    rsx! {}
}

#[component]
fn Nested(text: String, depth: u8) -> Element {
    rsx! {
        if depth > 0 { div { Nested { text: text.clone(), depth: depth - 1 } } } else { "{text}" }
        "·"
    }
}

/// Local state and a listener.
#[component]
fn Counter(text: String) -> Element {
    let mut count = use_signal(|| 0);
    rsx! {
        button { onclick: move |_| count += 1, onmounted: |_| {}, "{count} {text}" }
        if count() % 2 == 1 { "odd" }
    }
}

/// A view in a renderer, whose state can be set from outside.
pub(super) struct Bench {
    pub(super) renderer: Renderer,
    view: Rc<RefCell<View>>,
}

impl Bench {
    pub(super) fn new(state: &State) -> Self {
        let rows = Rows::from_iter_with_key(state.rows.clone(), |row: &(u8, String)| row.0);
        let view = Rc::new(RefCell::new(View { state: state.clone(), rows }));
        let root = Rc::clone(&view);
        let mut renderer = Renderer::new(move || root.borrow().render());
        renderer.rebuild().expect("the view renders");
        Self { renderer, view }
    }

    pub(super) fn set(&mut self, state: &State) {
        let mut view = self.view.borrow_mut();
        view.state = state.clone();
        view.rows.replace_all(state.rows.iter().cloned());
        drop(view);
        self.renderer.mark_dirty();
    }
}
