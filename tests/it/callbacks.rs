//! What callbacks can ask for: messages, timers, tasks, answers, and what others hear of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bennu::prelude::*;
use bennu::telemetry::{self, Exception, HandleEvent, Mount as MountSpan, Render, Stop};
use serde_json::json;
use tokio::sync::{Notify, oneshot};

use crate::support::log::warnings;
use crate::support::start;
use crate::support::tab::Tab;

/// How the tests reach the views: by the id that the page shows.
static HANDLES: Mutex<Vec<LiveHandle>> = Mutex::new(Vec::new());

fn handle(id: &str) -> LiveHandle {
    let handles = HANDLES.lock().unwrap();
    handles.iter().find(|handle| handle.id() == id).expect("a mounted view").clone()
}

struct Note(&'static str);

#[derive(Clone)]
struct Beat;

struct HowMany;

struct Unknown;

#[derive(Default, LiveView)]
struct BusyLive {
    notes: Vec<String>,
    beats: u32,
    timer: Option<TimerRef>,
    signal: Arc<Notify>,
}

/// Ends with its word when it is dropped: when a task is aborted.
struct Farewell(Option<oneshot::Sender<()>>);

impl Drop for Farewell {
    fn drop(&mut self) {
        if let Some(sender) = self.0.take() {
            sender.send(()).ok();
        }
    }
}

/// A task without an end, whose abortion is heard by `ABORTED`.
fn endless() -> impl Future<Output = String> + Send {
    let (sender, receiver) = oneshot::channel();
    *ABORTED.lock().unwrap() = Some(receiver);
    let farewell = Farewell(Some(sender));
    async move {
        let _farewell = farewell;
        std::future::pending().await
    }
}

static ABORTED: Mutex<Option<oneshot::Receiver<()>>> = Mutex::new(None);

#[live_view]
impl BusyLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        HANDLES.lock().unwrap().push(cx.handle());
        Ok(Self::default())
    }

    #[event]
    fn later(&mut self, cx: &mut Cx, text: String) {
        self.notes.push(format!("asked {text}"));
        cx.send_after(Note("later"), Duration::from_millis(1));
    }

    #[event]
    fn never(&mut self, cx: &mut Cx) {
        let timer = cx.send_after(Note("never"), Duration::from_millis(20));
        assert!(cx.cancel_timer(timer));
        assert!(!cx.cancel_timer(timer));
        cx.send_after(Note("after never"), Duration::from_millis(40));
    }

    #[event]
    fn beat(&mut self, cx: &mut Cx) {
        self.timer = Some(cx.interval(Beat, Duration::from_millis(1)));
    }

    #[event]
    fn load(&mut self, cx: &mut Cx, text: String) {
        cx.start_async("load", async move { text });
    }

    #[event]
    fn load_twice(&mut self, cx: &mut Cx) {
        cx.start_async("load", endless());
        cx.start_async("load", async { "the later one".to_owned() });
    }

    #[event]
    fn load_badly(&mut self, cx: &mut Cx) {
        cx.start_async("load", async { panic!("no such robot") as String });
    }

    #[event]
    fn load_and_cancel(&mut self, cx: &mut Cx) {
        cx.start_async("load", std::future::pending::<String>());
        cx.cancel_async("load");
    }

    #[event]
    fn load_for_ever(&mut self, cx: &mut Cx) {
        cx.start_async("load", endless());
    }

    #[event]
    async fn wait(&mut self) {
        self.signal.notified().await;
        self.notes.push("waited".into());
    }

    #[event]
    async fn compute(&mut self, cx: &mut Cx, n: u64) -> Result<Reply> {
        let sum = cx.blocking(move || (1..=n).sum::<u64>()).await?;
        Ok(Reply::from(json!(sum)))
    }

    #[event]
    fn block(&mut self) {
        std::thread::sleep(Duration::from_millis(400));
    }

    #[handle_async("load")]
    fn loaded(&mut self, result: AsyncResult<String>) {
        self.notes.push(match result {
            Ok(text) => format!("loaded {text}"),
            Err(AsyncError::Panicked(message)) => format!("panicked: {message}"),
            Err(error) => error.to_string(),
        });
    }

    #[info]
    fn note(&mut self, note: &Note) {
        self.notes.push(note.0.into());
    }

    #[info]
    fn tick(&mut self, cx: &mut Cx, _beat: Beat) {
        self.beats += 1;
        if self.beats == 3 {
            cx.cancel_timer(self.timer.take().expect("a timer"));
        }
    }

    #[call]
    fn how_many(&mut self, _question: HowMany) -> usize {
        self.notes.len()
    }

    fn render(&self) -> Element {
        rsx! {
            p { "{self.beats} beats" }
            ul { for note in &self.notes { li { "{note}" } } }
        }
    }
}

router! {
    live "/" => BusyLive;
}

async fn busy() -> (bennu::Server, Tab) {
    let server = start(Routes).await;
    let mut tab = Tab::open(server.addr(), "/").await;
    tab.join().await;
    (server, tab)
}

#[tokio::test]
async fn messages_come_later_or_not_at_all() {
    let (_server, mut tab) = busy().await;
    tab.click("later", json!(["now"])).await.unwrap();
    tab.sees("<li>asked now</li><li>later</li>").await;
    tab.click("never", json!(null)).await.unwrap();
    tab.sees("after never").await;
    assert!(!tab.html().contains("<li>never</li>"), "{}", tab.html());
}

#[tokio::test]
async fn an_interval_beats_until_it_is_cancelled() {
    let (_server, mut tab) = busy().await;
    tab.click("beat", json!(null)).await.unwrap();
    tab.sees("3 beats").await;
    tab.click("never", json!(null)).await.unwrap();
    tab.sees("after never").await;
    assert!(tab.html().contains("3 beats"), "{}", tab.html());
}

#[tokio::test]
async fn any_task_can_send_to_a_view_and_ask_it() {
    let (server, mut tab) = busy().await;
    let view = handle(&tab.id);
    view.send(Note("from a task")).await.unwrap();
    tab.sees("from a task").await;
    assert_eq!(view.call::<_, usize>(HowMany).await, Ok(1));
    assert_eq!(view.call::<_, String>(HowMany).await, Err(bennu::CallError::Unanswered), "another type of answer");
    assert_eq!(view.call::<_, usize>(Unknown).await, Err(bennu::CallError::Unanswered));
    // A message that nobody takes does no harm.
    view.try_send(Unknown).unwrap();
    assert_eq!(view.call::<_, usize>(HowMany).await, Ok(1));
    server.stop().await.unwrap();
    crate::support::eventually("the view has ended", || view.try_send(Note("too late")).is_err()).await;
    assert_eq!(view.call::<_, usize>(HowMany).await, Err(bennu::CallError::Closed));
}

#[tokio::test]
async fn tasks_end_in_their_callback_whatever_becomes_of_them() {
    let (_server, mut tab) = busy().await;
    tab.click("load", json!(["robots"])).await.unwrap();
    tab.sees("loaded robots").await;
    tab.click("load_badly", json!(null)).await.unwrap();
    tab.sees("panicked: no such robot").await;
    tab.click("load_and_cancel", json!(null)).await.unwrap();
    tab.sees("the task was cancelled").await;
}

/// One test, for the two share `ABORTED`.
#[tokio::test]
async fn tasks_die_with_their_view_and_when_a_later_one_takes_their_name() {
    let (server, mut tab) = busy().await;
    tab.click("load_twice", json!(null)).await.unwrap();
    tab.sees("loaded the later one").await;
    let aborted = ABORTED.lock().unwrap().take().expect("it was started");
    aborted.await.expect("the earlier task was dropped");

    tab.click("load_for_ever", json!(null)).await.unwrap();
    let aborted = ABORTED.lock().unwrap().take().expect("it was started");
    server.stop().await.unwrap();
    aborted.await.expect("the task was dropped with its view");
}

#[tokio::test]
async fn blocking_work_leaves_the_thread_to_others() {
    let (_server, mut tab) = busy().await;
    assert_eq!(tab.click("compute", json!([1000])).await, Ok(Some(json!(500_500))));
}

#[tokio::test]
async fn a_waiting_handler_stops_no_other_view() {
    let (server, mut tab) = busy().await;
    tab.push_click("wait", &json!(null)).await;
    let mut others = Vec::new();
    for _ in 0..4 {
        let mut other = Tab::open(server.addr(), "/").await;
        other.join().await;
        other.click("later", json!(["x"])).await.unwrap();
        others.push(other);
    }
}

#[tokio::test]
async fn telemetry_tells_of_mounts_events_renders_and_crashes() {
    let events: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let note = |events: &Arc<Mutex<Vec<_>>>| {
        let events = events.clone();
        move |id: &str, what: String| events.lock().unwrap().push((id.to_owned(), what))
    };
    let (mounts, handled, failed, renders) = (note(&events), note(&events), note(&events), note(&events));
    let _attached = (
        telemetry::attach(move |event: &Stop<MountSpan>| {
            mounts(&event.metadata.id, format!("mount {}", event.metadata.view));
        }),
        telemetry::attach(move |event: &Stop<HandleEvent>| {
            handled(
                &event.metadata.id,
                format!("event {} {}", event.metadata.event, event.duration < Duration::from_mins(1)),
            );
        }),
        telemetry::attach(move |event: &Exception<HandleEvent>| {
            failed(&event.metadata.id, format!("exception {}", event.metadata.event));
        }),
        telemetry::attach(move |event: &Stop<Render>| renders(&event.metadata.id, "render".into())),
    );
    let (_server, mut tab) = busy().await;
    tab.click("later", json!(["x"])).await.unwrap();
    tab.click("later", json!([7])).await.unwrap_err();
    let own = |events: &Arc<Mutex<Vec<(String, String)>>>, id: &str| {
        let events = events.lock().unwrap();
        events.iter().filter(|(of, _)| of == id).map(|(_, what)| what.clone()).collect::<Vec<_>>()
    };
    let seen = own(&events, &tab.id);
    assert_eq!(seen[..2], ["mount BusyLive", "render"], "{seen:?}");
    for expected in ["event later true", "exception later"] {
        assert!(seen.iter().any(|what| what == expected), "no {expected:?} in {seen:?}");
    }
}

#[tokio::test]
async fn a_callback_that_blocks_its_thread_is_logged_with_its_name() {
    warnings();
    let (_server, mut tab) = busy().await;
    tab.click("block", json!(null)).await.unwrap();
    let text = warnings();
    let line = text
        .lines()
        .find(|line| line.contains("blocks its thread"))
        .unwrap_or_else(|| panic!("no such line in {text}"));
    assert!(line.contains("BusyLive") && line.contains("\"block\""), "{line}");
}
