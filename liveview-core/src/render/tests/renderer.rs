//! Errors, listeners, tasks, titles and events.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use dioxus::prelude::{
    Element, ErrorBoundary, FormData, Props, WritableExt, component, dioxus_core, dioxus_elements, dioxus_signals, rsx,
    use_context, use_future, use_signal,
};
use dioxus_core::Event;
use dioxus_html::{DragData, HasFileData};
use serde_json::json;

use super::client::Client;
use crate::protocol::op::{Op, read_all};
use crate::render::{ListenerError, RenderError, Renderer};
use crate::testing::Page;

fn rebuilt(root: impl Fn() -> Element + 'static) -> Renderer {
    let mut renderer = Renderer::new(root);
    renderer.rebuild().expect("the view renders");
    renderer
}

/// The only node that listens to `event`.
fn listening(renderer: &Renderer, event: &str) -> u32 {
    let nodes = Client::adopt(renderer).page.listening(event);
    assert_eq!(nodes.len(), 1, "one node listens to {event}");
    nodes[0]
}

fn click() -> String {
    json!({
        "alt_key": false, "button": 0, "buttons": 0, "client_x": 0, "client_y": 0, "ctrl_key": false,
        "meta_key": false, "offset_x": 0, "offset_y": 0, "page_x": 0, "page_y": 0, "screen_x": 0, "screen_y": 0,
        "shift_key": false, "coordinates": { "screen": [0.0, 0.0], "client": [0.0, 0.0], "element": [0.0, 0.0], "page": [0.0, 0.0] },
        "modifiers": "", "held_buttons": "", "trigger_button": null,
    })
    .to_string()
}

/// For closures that must not seem to return never.
fn no() -> bool {
    false
}

#[component]
fn Counter() -> Element {
    let mut count = use_signal(|| 0);
    rsx! { button { onclick: move |_| count += 1, "{count}" } }
}

#[test]
fn a_listener_that_writes_a_signal_sends_only_its_component() {
    let renders = Rc::new(Cell::new(0));
    let counted = Rc::clone(&renders);
    let mut renderer = rebuilt(move || {
        counted.set(counted.get() + 1);
        rsx! { h1 { "static" } Counter {} }
    });
    let button = listening(&renderer, "click");
    renderer.handle_listener(button, "click", &click()).expect("the listener runs");
    assert!(renderer.has_work().expect("no task panics"));
    let edits = renderer.render().expect("renders").expect("something changed");
    let ops = read_all(&edits.ops).expect("well formed");
    assert!(matches!(&ops[..], [Op::Text { text, .. }] if text == "1"), "{ops:?}");
    assert_eq!(renders.get(), 1, "the view itself did not render again");
    assert_eq!(renderer.render().expect("renders"), None);
    assert!(!renderer.has_work().expect("no task panics"));
}

#[test]
fn events_that_nobody_listens_to_are_errors() {
    let mut renderer = rebuilt(|| rsx! { div { onmounted: |_| {}, onclick: |_| {} } p {} });
    let node = listening(&renderer, "click");
    for (node, event) in [
        (node, "mounted"),
        (node, "keydown"),
        (node, "nonsense"),
        (node + 1, "click"),
        (u32::MAX, "click"),
        (0, "click"),
    ] {
        let error = renderer.handle_listener(node, event, &click()).expect_err("nobody listens");
        assert!(matches!(error, ListenerError::NotListening { .. }), "{node} {event}: {error}");
    }
}

#[test]
fn malformed_event_data_is_an_error() {
    let mut renderer = rebuilt(|| rsx! { div { onclick: |_| assert!(no(), "no event was decoded") } });
    let node = listening(&renderer, "click");
    for json in ["", "{", "null", "[]", "{}", "{\"client_x\":\"a\"}"] {
        let error = renderer.handle_listener(node, "click", json).expect_err("malformed");
        assert!(matches!(error, ListenerError::Malformed { .. }), "{json}: {error}");
    }
}

#[test]
fn a_panic_in_a_listener_is_an_error_and_the_view_lives_on() {
    let mut renderer = rebuilt(|| rsx! { div { onclick: |_| assert!(no(), "on purpose") } Counter {} });
    let mut nodes = Client::adopt(&renderer).page.listening("click");
    nodes.sort_unstable();
    let results: Vec<_> = nodes.iter().map(|node| renderer.handle_listener(*node, "click", &click())).collect();
    let message = results.iter().find_map(|result| match result {
        Err(ListenerError::Panicked(message)) => Some(message.as_str()),
        _ => None,
    });
    assert!(message.is_some_and(|message| message.starts_with("on purpose (")), "{results:?}");
    assert!(results.iter().any(Result::is_ok), "{results:?}");
    assert!(renderer.render().expect("renders").is_some());
}

#[test]
fn an_error_from_a_listener_is_an_error_of_that_event() {
    let mut renderer = rebuilt(|| {
        rsx! { div { onclick: |_| { "x".parse::<u8>()?; Ok(()) }, "here" } }
    });
    let node = listening(&renderer, "click");
    let error = renderer.handle_listener(node, "click", &click()).expect_err("the listener fails");
    assert!(matches!(error, ListenerError::Failed(_)), "{error:?}");
    assert_eq!(renderer.render().expect("the view renders still"), None);
    assert_eq!(renderer.html(), "<div>here</div>");
}

/// A file of the server's disk that a client would like to read.
const FORGED: &str = "/etc/hostname";

#[test]
fn a_forged_form_event_has_no_files() {
    let seen = Rc::new(RefCell::new(None));
    let see = Rc::clone(&seen);
    let mut renderer = rebuilt(move || {
        let see = Rc::clone(&see);
        rsx! { input { r#type: "file", onchange: move |event: Event<FormData>| {
            see.replace(Some((event.files().len(), event.value())));
        } } }
    });
    let node = listening(&renderer, "change");
    let file = json!({ "path": FORGED, "size": 1, "last_modified": 0, "content_type": null, "contents": null });
    let data = json!({ "value": "v", "valid": true, "values": [{ "key": "f", "text": null, "file": file }] });
    renderer.handle_listener(node, "change", &data.to_string()).expect("the rest of the event is fine");
    assert_eq!(seen.take(), Some((0, "v".to_owned())));
}

#[test]
fn a_forged_drop_event_has_no_files() {
    let seen = Rc::new(RefCell::new(None));
    let see = Rc::clone(&seen);
    let mut renderer = rebuilt(move || {
        let see = Rc::clone(&see);
        rsx! { div { ondrop: move |event: Event<DragData>| { see.replace(Some(event.files().len())); } } }
    });
    let node = listening(&renderer, "drop");
    let mouse: serde_json::Value = serde_json::from_str(&click()).expect("JSON");
    let file = json!({ "path": FORGED, "size": 1, "last_modified": 0, "content_type": null, "contents": null });
    let transfer = json!({ "items": [], "files": [file], "effect_allowed": "all", "drop_effect": "none" });
    let data = json!({ "mouse": mouse, "data_transfer": transfer });
    renderer.handle_listener(node, "drop", &data.to_string()).expect("the rest of the event is fine");
    assert_eq!(seen.take(), Some(0));
}

#[test]
fn a_panic_while_rendering_has_its_message() {
    let mut renderer = Renderer::new(|| -> Element { panic!("at first") });
    let error = renderer.rebuild().expect_err("the root panics");
    assert!(matches!(&error, RenderError::Panicked(message) if message.starts_with("at first (")), "{error:?}");

    let fail = Rc::new(Cell::new(false));
    let failing = Rc::clone(&fail);
    let mut renderer = rebuilt(move || rsx! { Fragile { fail: failing.get() } });
    fail.set(true);
    renderer.mark_dirty();
    let error = renderer.render().expect_err("the component panics");
    assert!(matches!(&error, RenderError::Panicked(message) if message.starts_with("of 1 component (")), "{error:?}");
}

#[component]
fn Fragile(fail: bool) -> Element {
    assert!(!fail, "of {} component", 1);
    rsx! { "fine" }
}

#[test]
fn an_error_while_rendering_is_an_error() {
    let mut renderer = Renderer::new(|| {
        "x".parse::<u8>()?;
        rsx! {}
    });
    let error = renderer.rebuild().expect_err("the root fails");
    assert!(matches!(&error, RenderError::Failed(message) if message.contains("invalid digit")), "{error:?}");
}

#[test]
fn the_views_own_error_boundary_is_shown_at_once() {
    let renderer = rebuilt(|| {
        rsx! { ErrorBoundary { handle_error: |_| rsx! { "sorry" }, Fragile { fail: true } } }
    });
    assert_eq!(renderer.html(), "sorry");
    let adoption = renderer.adoption();
    let mut page = Page::from_html("sorry").expect("well formed");
    page.adopt(&adoption.program, adoption.check).expect("the program is of the same state");
}

#[test]
fn titles_and_events_come_without_an_edit_and_in_order() {
    let mut renderer = rebuilt(|| rsx! { "x" });
    renderer.page_title("one");
    renderer.push_event("ping", &json!({ "n": 1 }));
    renderer.page_title("two");
    assert!(renderer.has_work().expect("no task panics"));
    let edits = renderer.render().expect("renders").expect("an event waits");
    let mut page = Page::from_html(&renderer.html()).expect("well formed");
    page.apply(&edits.ops).expect("ops fit");
    assert_eq!(page.title(), Some("two"));
    assert_eq!(page.take_events(), [("ping".to_owned(), json!({ "n": 1 }))]);
    assert_eq!(renderer.render().expect("renders"), None);
    let fresh = Client::join(&renderer).page;
    assert_eq!(fresh.title(), Some("two"), "who joins later is told the title");
}

#[component]
fn Waiting() -> Element {
    let gate: Gate = use_context();
    let mut done = use_signal(|| false);
    use_future(move || {
        let gate = gate.clone();
        async move {
            gate.await;
            done.set(true);
        }
    });
    rsx! { "{done}" }
}

/// Opens once, and then wakes who waits.
#[derive(Clone, Default)]
struct Gate(Rc<RefCell<(bool, Option<Waker>)>>);

impl Gate {
    fn open(&self) {
        let mut gate = self.0.borrow_mut();
        gate.0 = true;
        gate.1.take().expect("somebody waits").wake();
    }
}

impl Future for Gate {
    type Output = ();

    fn poll(self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut gate = self.0.borrow_mut();
        gate.1 = Some(cx.waker().clone());
        if gate.0 { Poll::Ready(()) } else { Poll::Pending }
    }
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_components_task_is_work_and_waiting_may_be_cancelled() {
    let gate = Gate::default();
    let mut renderer = Renderer::new(|| rsx! { Waiting {} });
    renderer.provide_context(gate.clone());
    renderer.rebuild().expect("renders");
    // Another view waits on the same thread meanwhile, and both stop waiting in the order in which they began.
    let mut other = rebuilt(|| rsx! { Counter {} });
    let count = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&count));
    let mut cx = Context::from_waker(&waker);
    {
        let mut first = pin!(renderer.wait_for_work());
        let mut second = pin!(other.wait_for_work());
        assert!(first.as_mut().poll(&mut cx).is_pending());
        assert!(second.as_mut().poll(&mut cx).is_pending());
    }
    assert_eq!(count.0.load(Ordering::SeqCst), 0);
    gate.open();
    assert!(count.0.load(Ordering::SeqCst) > 0, "the task's wake-up reaches whoever waited last");
    assert!(pin!(renderer.wait_for_work()).poll(&mut cx).is_ready());
    assert!(renderer.render().expect("renders").is_some());
    assert_eq!(renderer.html(), "true");
}

#[test]
fn a_volatile_value_is_sent_when_it_changes_and_only_then() {
    let value = Rc::new(Cell::new(1));
    let shown = Rc::clone(&value);
    let mut renderer = rebuilt(move || rsx! { input { value: "{shown.get()}" } });
    renderer.mark_dirty();
    assert_eq!(renderer.render().expect("renders"), None);
    value.set(2);
    renderer.mark_dirty();
    let edits = renderer.render().expect("renders").expect("the value changed");
    let ops = read_all(&edits.ops).expect("well formed");
    assert!(matches!(&ops[..], [Op::Set { value, .. }] if value == "2"), "{ops:?}");
}

#[test]
fn a_reused_id_does_not_inherit_the_last_value() {
    let shown = Rc::new(Cell::new(true));
    let show = Rc::clone(&shown);
    let same = "same";
    let mut renderer = rebuilt(move || rsx! { if show.get() { input { value: "{same}" } } else { p { "none" } } });
    let set = |state, renderer: &mut Renderer| {
        shown.set(state);
        renderer.mark_dirty();
        renderer.render().expect("renders").expect("the page changed")
    };
    for state in [false, true, false, true] {
        set(state, &mut renderer);
    }
    let mut client = Client::join(&renderer);
    assert_eq!(client.page.to_html(), "<input value=\"same\">");
    for state in [false, true] {
        client.apply(&set(state, &mut renderer));
    }
    assert_eq!(client.page.to_html(), "<input value=\"same\">");
}
