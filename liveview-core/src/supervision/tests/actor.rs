//! Calls, casts, timers and ends of actors.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Log, seconds, until};
use crate::supervision::{
    Actor, ActorCx, ActorRef, ActorTimer, CallError, CastError, Child, Down, Exit, ExitReason, Process, Reply,
    Supervisor,
};
use crate::{Error, PubSub, Result, topic};

/// Does what it is told, and logs it.
struct Parrot {
    log: Log,
    later: Option<Reply<&'static str>>,
    ticking: Option<ActorTimer>,
}

enum Say {
    Word(String),
    Ask(Reply<usize>),
    AskLater(Reply<&'static str>),
    AnswerNow,
    Drop(Reply<()>),
    Wait(Duration),
    Continue,
    Quiet(Duration),
    Every(Duration),
    Subscribe(PubSub),
    Watch(Process),
    Trap(Process),
    Fail,
    Panic,
    Stop,
}

impl Actor for Parrot {
    type Args = Log;
    type Message = Say;
    const CAPACITY: usize = 100;

    async fn init(log: Log, cx: &mut ActorCx<Self>) -> Result<Self> {
        cx.continue_with(Say::Word("hello".into()));
        Ok(Self { log, later: None, ticking: None })
    }

    async fn handle(&mut self, message: Say, cx: &mut ActorCx<Self>) -> Result<()> {
        match message {
            Say::Word(word) => self.log.say(word),
            Say::Ask(reply) => reply.send(42),
            Say::AskLater(reply) => self.later = Some(reply),
            Say::AnswerNow => self.later.take().expect("a question").send("at last"),
            Say::Drop(reply) => drop(reply),
            Say::Wait(duration) => sleep(duration).await,
            Say::Continue => {
                cx.continue_with(Say::Word("first".into()));
                cx.continue_with(Say::Word("second".into()));
            }
            Say::Quiet(duration) => cx.timeout(duration, Say::Word("quiet".into())),
            Say::Every(period) => match self.ticking.take() {
                Some(timer) => cx.cancel_timer(timer),
                None => self.ticking = Some(cx.send_interval(period, || Say::Word("tick".into()))),
            },
            Say::Subscribe(pubsub) => {
                cx.subscribe(&pubsub, &topic::<u32>("numbers"), |number| Say::Word(format!("number {}", *number)));
            }
            Say::Watch(process) => cx.monitor(&process),
            Say::Trap(process) => {
                cx.trap_exits();
                cx.link(&process);
            }
            Say::Fail => return Err(Error::msg("no more")),
            Say::Panic => panic!("out of order"),
            Say::Stop => cx.stop(),
        }
        Ok(())
    }

    async fn handle_down(&mut self, down: Down, _: &mut ActorCx<Self>) -> Result<()> {
        self.log.say(format!("down: {} {}", down.process.name(), down.reason));
        Ok(())
    }

    async fn handle_exit(&mut self, exit: Exit, _: &mut ActorCx<Self>) -> Result<()> {
        self.log.say(format!("exit: {} {}", exit.from.name(), exit.reason));
        Ok(())
    }

    async fn terminate(&mut self, reason: &ExitReason) {
        self.log.say(format!("terminate: {reason}"));
    }
}

/// A parrot that has said hello.
async fn parrot() -> (ActorRef<Parrot>, Log) {
    let log = Log::default();
    let parrot = ActorRef::start("parrot", log.clone()).await.expect("it starts");
    assert_eq!(parrot.call(Say::Ask).await, Ok(42));
    assert_eq!(log.take(), ["hello"]);
    (parrot, log)
}

fn word(word: impl Into<String>) -> Say {
    Say::Word(word.into())
}

#[tokio::test(start_paused = true)]
async fn a_call_is_given_up_after_five_seconds_and_its_late_answer_is_dropped() {
    let (parrot, log) = parrot().await;
    let began = Instant::now();
    let error = parrot.call(Say::AskLater).await.unwrap_err();
    assert_eq!(error, CallError::TimedOut { name: "parrot".into(), limit: seconds(5) });
    assert_eq!(began.elapsed().as_secs(), 5);
    parrot.cast(Say::AnswerNow).unwrap();
    parrot.cast(word("alive")).unwrap();
    // The next call has its own answer, not the late one.
    assert_eq!(parrot.call(Say::Ask).await, Ok(42));
    assert_eq!(log.take(), ["alive"]);
    assert!(parrot.call_within(seconds(1), Say::AskLater).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn an_answer_may_come_later_while_other_messages_are_handled() {
    let (parrot, _) = parrot().await;
    let asked = tokio::spawn({
        let parrot = parrot.clone();
        async move { parrot.call(Say::AskLater).await }
    });
    sleep(seconds(1)).await;
    assert_eq!(parrot.call(Say::Ask).await, Ok(42));
    parrot.cast(Say::AnswerNow).unwrap();
    assert_eq!(asked.await.unwrap(), Ok("at last"));
}

#[tokio::test(start_paused = true)]
async fn messages_of_one_sender_are_handled_in_their_order() {
    let (parrot, log) = parrot().await;
    for n in 0..50 {
        parrot.cast(word(n.to_string())).unwrap();
        if n % 10 == 0 {
            parrot.send(word(format!("{n}, sent"))).await.unwrap();
        }
    }
    parrot.call(Say::Ask).await.unwrap();
    let expected: Vec<_> = (0..50)
        .flat_map(|n| std::iter::once(n.to_string()).chain((n % 10 == 0).then(|| format!("{n}, sent"))))
        .collect();
    assert_eq!(log.take(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_full_mailbox_refuses_casts_and_makes_calls_wait() {
    let (parrot, _) = parrot().await;
    parrot.cast(Say::Wait(seconds(2))).unwrap();
    until("it waits", || parrot.waiting() == 0).await;
    for _ in 0..100 {
        parrot.cast(word("x")).unwrap();
    }
    assert_eq!(parrot.process().info().mailbox, 100);
    assert_eq!(parrot.cast(word("y")), Err(CastError::Full { name: "parrot".into(), waiting: 100 }));
    assert!(matches!(parrot.call_within(seconds(1), Say::Ask).await, Err(CallError::TimedOut { .. })));
    assert_eq!(parrot.call(Say::Ask).await, Ok(42));
}

#[tokio::test(start_paused = true)]
async fn what_is_continued_with_comes_before_what_waits() {
    let (parrot, log) = parrot().await;
    parrot.cast(Say::Wait(seconds(1))).unwrap();
    parrot.cast(Say::Continue).unwrap();
    parrot.cast(word("third")).unwrap();
    parrot.call(Say::Ask).await.unwrap();
    assert_eq!(log.take(), ["first", "second", "third"]);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_comes_when_nothing_else_does_and_any_message_takes_it_away() {
    let (parrot, log) = parrot().await;
    parrot.cast(Say::Quiet(seconds(3))).unwrap();
    sleep(seconds(4)).await;
    assert_eq!(log.take(), ["quiet"]);
    parrot.cast(Say::Quiet(seconds(3))).unwrap();
    sleep(seconds(2)).await;
    parrot.cast(word("noise")).unwrap();
    sleep(seconds(9)).await;
    assert_eq!(log.take(), ["noise"]);
}

#[tokio::test(start_paused = true)]
async fn an_interval_ticks_until_it_is_cancelled_and_never_piles_up() {
    let (parrot, log) = parrot().await;
    parrot.cast(Say::Every(seconds(1))).unwrap();
    sleep(Duration::from_millis(3_500)).await;
    assert_eq!(log.take(), ["tick"; 3]);
    parrot.cast(Say::Wait(seconds(10))).unwrap();
    sleep(seconds(9)).await;
    assert_eq!(parrot.waiting(), 1, "one tick waits, not nine");
    sleep(seconds(1)).await;
    parrot.cast(Say::Every(seconds(1))).unwrap();
    parrot.call(Say::Ask).await.unwrap();
    log.take();
    sleep(seconds(5)).await;
    assert_eq!(log.take(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn broadcasts_are_messages() {
    let (parrot, log) = parrot().await;
    let pubsub = PubSub::local();
    parrot.cast(Say::Subscribe(pubsub.clone())).unwrap();
    parrot.call(Say::Ask).await.unwrap();
    pubsub.broadcast(&topic::<u32>("numbers"), 7);
    pubsub.broadcast(&topic::<u32>("numbers"), 8);
    sleep(seconds(1)).await;
    assert_eq!(log.take(), ["number 7", "number 8"]);
    parrot.stop(ExitReason::Shutdown).await;
    until("it is subscribed no more", || pubsub.broadcast(&topic::<u32>("numbers"), 9) == 0).await;
}

#[tokio::test(start_paused = true)]
async fn terminate_is_told_the_reason_and_callers_are_told_of_the_end() {
    for (message, reason, says) in [
        (Say::Stop, ExitReason::Normal, &["terminate: normal"][..]),
        (Say::Fail, ExitReason::failed("no more"), &["terminate: failed: no more"]),
    ] {
        let (parrot, log) = parrot().await;
        parrot.cast(message).unwrap();
        assert_eq!(parrot.process().ended().await, reason);
        assert_eq!(log.take(), says);
        assert_eq!(parrot.call(Say::Ask).await, Err(CallError::Ended { name: "parrot".into(), reason }));
        assert_eq!(parrot.cast(Say::Stop), Err(CastError::Ended { name: "parrot".into() }));
    }
    let (parrot, log) = parrot().await;
    parrot.cast(Say::Wait(seconds(1))).unwrap();
    until("it waits", || parrot.waiting() == 0).await;
    parrot.cast(word("never said")).unwrap();
    assert_eq!(parrot.stop(ExitReason::Shutdown).await, ExitReason::Shutdown);
    assert_eq!(log.take(), ["terminate: shutdown"], "the handler ends, what waits is dropped");
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_the_actor_without_terminate_and_whoever_waits_for_it_knows_why() {
    let (parrot, log) = parrot().await;
    let asked = tokio::spawn({
        let parrot = parrot.clone();
        async move { parrot.call(Say::AskLater).await }
    });
    sleep(seconds(1)).await;
    parrot.cast(Say::Panic).unwrap();
    let error = asked.await.unwrap().unwrap_err();
    assert!(error.to_string().starts_with("parrot has ended: panicked: out of order ("), "{error}");
    assert_eq!(log.take(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_dropped_is_an_error_soon() {
    let (parrot, _) = parrot().await;
    let began = Instant::now();
    assert_eq!(parrot.call(Say::Drop).await, Err(CallError::Unanswered { name: "parrot".into() }));
    assert!(began.elapsed() < seconds(1));
}

#[tokio::test(start_paused = true)]
async fn an_actor_hears_of_the_ends_that_it_watches_and_traps() {
    let (parrot, log) = parrot().await;
    let (watched, linked) = (parrot_named("watched").await, parrot_named("linked").await);
    parrot.cast(Say::Watch(watched.process().clone())).unwrap();
    parrot.cast(Say::Trap(linked.process().clone())).unwrap();
    parrot.call(Say::Ask).await.unwrap();
    watched.process().kill();
    linked.cast(Say::Fail).unwrap();
    until("both are heard of", || log.0.lock().unwrap().len() == 2).await;
    let mut said = log.take();
    said.sort();
    assert_eq!(said, ["down: watched killed", "exit: linked failed: no more"]);
    assert!(parrot.is_alive());
    // One that has ended already is heard of too, once.
    parrot.cast(Say::Watch(watched.process().clone())).unwrap();
    sleep(seconds(1)).await;
    assert_eq!(log.take(), ["down: watched killed"]);
}

async fn parrot_named(name: &str) -> ActorRef<Parrot> {
    ActorRef::start(name, Log::default()).await.expect("it starts")
}

#[tokio::test(start_paused = true)]
async fn an_actor_below_a_supervisor_begins_anew_from_its_arguments() {
    let log = Log::default();
    let tree =
        Supervisor::one_for_one("tree").child(Child::actor::<Parrot>("parrot", log.clone())).start().await.unwrap();
    let first = tree.child("parrot").unwrap();
    until("it says hello", || !log.0.lock().unwrap().is_empty()).await;
    first.kill();
    super::next_life(&tree, "parrot", &first).await;
    until("it says hello again", || log.0.lock().unwrap().len() == 2).await;
    tree.shut_down().await;
    assert_eq!(log.take(), ["hello", "hello", "terminate: shutdown"]);
}
