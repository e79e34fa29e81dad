//! A view whose handler never returns: what it stalls, and what it does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bennu::Server;
use bennu::prelude::*;
use serde_json::json;

use crate::support::http::get;
use crate::support::tab::Tab;
use crate::support::{endpoint, eventually};

/// Lets the loops end, so that the test can.
#[derive(Default)]
struct Switch {
    is_looping: AtomicBool,
    is_released: AtomicBool,
}

#[derive(LiveView)]
struct LoopLive {
    count: u32,
    switch: Arc<Switch>,
}

#[live_view]
impl LoopLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        Ok(Self { count: 0, switch: cx.state::<Arc<Switch>>().clone() })
    }

    #[event]
    fn more(&mut self) {
        self.count += 1;
    }

    #[event]
    fn endless(&mut self) {
        self.switch.is_looping.store(true, Ordering::SeqCst);
        while !self.switch.is_released.load(Ordering::SeqCst) {
            std::hint::spin_loop();
        }
    }

    fn render(&self) -> Element {
        rsx! { p { "count {self.count}." } }
    }
}

static COMPONENT: Switch = Switch { is_looping: AtomicBool::new(false), is_released: AtomicBool::new(false) };

/// A component whose task holds the thread.
#[component]
fn Holder() -> Element {
    use_future(|| async {
        // What comes before the first wait belongs to the render.
        tokio::task::yield_now().await;
        COMPONENT.is_looping.store(true, Ordering::SeqCst);
        while !COMPONENT.is_released.load(Ordering::SeqCst) {
            std::hint::spin_loop();
        }
    });
    rsx! { p { "a component" } }
}

#[derive(LiveView)]
struct ComponentLive;

#[live_view]
impl ComponentLive {
    fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self)
    }

    fn render(&self) -> Element {
        rsx! { Holder {} }
    }
}

router! {
    live "/" => LoopLive;
    live "/component" => ComponentLive;
}

/// A server with this many threads for views, and a tab on it that loops.
async fn looping(threads: usize) -> (Server, Arc<Switch>, Tab) {
    let mut limits = Limits::default();
    limits.view_threads = threads;
    let switch = Arc::<Switch>::default();
    let server = endpoint(Routes).limits(limits).state(switch.clone()).start().await.unwrap();
    let mut tab = Tab::open(server.addr(), "/").await;
    tab.join().await;
    (server, switch, tab)
}

async fn begin_loop(tab: &mut Tab, switch: &Switch) {
    tab.push_click("endless", &json!(null)).await;
    eventually("it loops", || switch.is_looping.load(Ordering::SeqCst)).await;
}

/// Clicks; how long the answer took.
async fn click(tab: &mut Tab) -> Duration {
    let began = Instant::now();
    tab.click("more", json!(null)).await.unwrap();
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_loop_in_a_handler_stalls_neither_views_on_other_threads_nor_new_ones() {
    let (server, switch, mut looping) = looping(2).await;
    // The least loaded thread is the other one.
    let mut neighbour = Tab::open(server.addr(), "/").await;
    neighbour.join().await;
    begin_loop(&mut looping, &switch).await;

    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        slowest = slowest.max(click(&mut neighbour).await);
    }
    // By load, every second one would be put on the thread that is blocked.
    for _ in 0..6 {
        let mut tab = Tab::open(server.addr(), "/").await;
        tab.join().await;
        slowest = slowest.max(click(&mut tab).await);
    }
    assert!(slowest < Duration::from_secs(1), "an answer took {slowest:?}");
    assert_eq!(get(server.addr(), "/", &[]).await.status, 200);

    switch.is_released.store(true, Ordering::SeqCst);
    click(&mut looping).await;
    looping.sees("count 1.").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_views_on_the_blocked_thread_wait_and_have_lost_nothing() {
    let (server, switch, mut looping) = looping(1).await;
    let mut neighbour = Tab::open(server.addr(), "/").await;
    neighbour.join().await;
    begin_loop(&mut looping, &switch).await;
    let waiting = tokio::time::timeout(Duration::from_millis(100), click(&mut neighbour)).await;
    assert!(waiting.is_err(), "nothing can take a view from a thread that is busy with another");
    switch.is_released.store(true, Ordering::SeqCst);
    neighbour.sees("count 1.").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_a_blocked_thread_stops_within_its_limits() {
    let (server, switch, mut looping) = looping(2).await;
    begin_loop(&mut looping, &switch).await;
    let began = Instant::now();
    server.stop().await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    switch.is_released.store(true, Ordering::SeqCst);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_component_s_task_that_holds_its_thread_keeps_new_views_off_it_too() {
    let (server, _, mut tab) = looping(2).await;
    assert_eq!(get(server.addr(), "/component", &[]).await.status, 200);
    eventually("it loops", || COMPONENT.is_looping.load(Ordering::SeqCst)).await;
    for _ in 0..6 {
        let mut tab = Tab::open(server.addr(), "/").await;
        tab.join().await;
        assert!(click(&mut tab).await < Duration::from_secs(1));
    }
    click(&mut tab).await;
    COMPONENT.is_released.store(true, Ordering::SeqCst);
}
