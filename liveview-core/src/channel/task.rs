//! The task of one channel: it alone owns the channel's state. Messages are handled one at a time, in the order in which they came, and no callback
//! is cancelled. It ends when its client leaves or is gone, when a handler says so, when the topic is joined anew, and by a panic.

use std::any::{Any, type_name};
use std::ops::ControlFlow;
use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::oneshot;

use super::broadcast::Broadcast;
use super::connection::Shared;
use super::context::{ChannelCx, ChannelJoin};
use super::fast_lane::FastLane;
use super::message::{CLOSE, ERROR, Incoming, Outgoing, Status};
use super::payload::Payload;
use super::refused::Refused;
use super::reply::ChannelReply;
use super::routes::short_name;
use super::{Channel, ChannelExit};
use crate::Params;
use crate::host::Host;
use crate::live_view::Info;
use crate::mailbox::{Mail, Mailbox};
use crate::panics::{Panic, watch, watch_future};
use crate::pubsub::Delivery;
use crate::telemetry::{self, ChannelHandledIn, ChannelJoined, JoinResult, filter_params};

/// What stands in a channel's mailbox besides messages of topics.
pub(crate) enum ChannelMessage {
    /// Of the client.
    Push(Box<Incoming>),
    /// The client leaves.
    Leave { reference: Option<Arc<str>> },
    /// The connection wants the channel to end.
    Stop(ChannelExit),
    /// Of another task, a timer, or the channel itself.
    Info(Box<dyn Any + Send>),
    /// Of a test that waits until all before it is handled.
    Ping(oneshot::Sender<()>),
}

/// A join that is to be tried.
pub(crate) struct Start {
    pub(super) shared: Arc<Shared>,
    pub(super) n: u64,
    pub(super) rest_at: usize,
    pub(super) message: Box<Incoming>,
    pub(super) mailbox: Mailbox<ChannelMessage>,
    pub(super) began: Instant,
}

impl Start {
    /// The server that the channel is to live on.
    pub(super) fn host(&self) -> Arc<Host> {
        self.shared.host.clone()
    }
}

/// How a channel ended, and whom to answer.
enum End {
    Exit(ChannelExit, Option<Arc<str>>),
    Crashed(Panic),
}

/// Runs a channel from its join to its end.
pub(super) async fn run<C: Channel>(start: Start) {
    let Start { shared, n, rest_at, message, mut mailbox, began } = start;
    let (topic, join_ref) = (message.topic.clone(), message.join_ref.clone());
    let mut cx = Box::new(ChannelCx::new(shared, topic, rest_at, join_ref, mailbox.address()));
    // Boxed for as long as they last: most channels are idle.
    let Some(mut channel) = Box::pin(join::<C>(&mut cx, n, message, began)).await else {
        mailbox.close();
        std::iter::from_fn(|| mailbox.try_recv()).for_each(|mail| refuse(&cx, mail));
        return;
    };
    let end = loop {
        let Some(mail) = mailbox.recv().await else { break End::Exit(ChannelExit::Disconnected, None) };
        if let ControlFlow::Break(end) = Box::pin(handle(&mut channel, &mut cx, mail)).await {
            break end;
        }
    };
    mailbox.close();
    finish(&mut channel, &mut cx, n, &end);
}

/// The state of a client that was let in and told so.
async fn join<C: Channel>(cx: &mut ChannelCx, n: u64, message: Box<Incoming>, began: Instant) -> Option<C> {
    let shared = cx.shared.clone();
    let params = telemetry::is_watched::<ChannelJoined>().then(|| params(&message.payload));
    let outcome = let_in::<C>(cx, message.payload.clone()).await;
    report(&message, began, params, outcome.as_ref().err());
    match outcome {
        Ok((channel, reply)) => {
            // Before the answer: what is broadcast from then on is not missed.
            subscribe::<C>(cx);
            shared.joined(&message.topic, n);
            shared.answer(&message, Status::Ok, &reply);
            Some(channel)
        }
        Err(refused) => {
            cx.subscriptions.clear();
            shared.ended(&message.topic, n);
            shared.answer(&message, Status::Error, refused.payload());
            None
        }
    }
}

async fn let_in<C: Channel>(cx: &mut ChannelCx, payload: Payload) -> Result<(C, Payload), Refused> {
    let shared = cx.shared.clone();
    // The types of a socket and its channels are compared when the router is compiled.
    let socket = shared.socket.downcast_ref::<C::Socket>().ok_or_else(|| Refused::new("unmatched topic"))?;
    let mut cx = ChannelJoin { cx, socket, reply: Payload::empty() };
    let joined = watch_future(pin!(C::join(&mut cx, payload))).await;
    match joined {
        Ok(joined) => joined.map(|channel| (channel, cx.reply)),
        Err(panic) => {
            tracing::error!(topic = cx.cx.topic(), %panic, "a channel's join panicked");
            Err(Refused::new("join crashed"))
        }
    }
}

/// Answers what a client has sent behind a join that was refused, as if it came now.
fn refuse(cx: &ChannelCx, mail: Mail<ChannelMessage>) {
    let unmatched = Refused::new("unmatched topic");
    match mail {
        Mail::Message(ChannelMessage::Push(message)) => cx.shared.answer(&message, Status::Error, unmatched.payload()),
        Mail::Message(ChannelMessage::Leave { reference: Some(reference) }) => {
            cx.shared.reply(cx.join_ref.as_deref(), &reference, &cx.topic, Status::Ok, &Payload::empty());
        }
        _ => {}
    }
}

fn subscribe<C: Channel>(cx: &mut ChannelCx) {
    let (outbox, serializer) = (cx.shared.outbox.clone(), cx.shared.serializer.clone());
    let (id, mailbox) = (cx.address.id(), cx.address.sink());
    let lane = FastLane { id, outbox, serializer, intercepts: C::INTERCEPTS, mailbox };
    cx.subscriptions.push(cx.shared.host.pubsub.subscribe(&cx.broadcasts, Arc::new(lane)));
}

/// One message; a break when the channel ends.
async fn handle<C: Channel>(channel: &mut C, cx: &mut ChannelCx, mail: Mail<ChannelMessage>) -> ControlFlow<End> {
    let handled = match mail {
        Mail::Message(ChannelMessage::Push(message)) => return handle_in(channel, cx, *message).await,
        Mail::Message(ChannelMessage::Leave { reference }) => {
            return ControlFlow::Break(End::Exit(ChannelExit::Left, reference));
        }
        Mail::Message(ChannelMessage::Ping(handled)) => {
            handled.send(()).ok();
            return ControlFlow::Continue(());
        }
        Mail::Message(ChannelMessage::Stop(exit)) => return ControlFlow::Break(End::Exit(exit, None)),
        Mail::Message(ChannelMessage::Info(message)) => handle_info(channel, cx, Info::owned(message)).await,
        Mail::Delivery(delivery) if is_own(cx, &delivery) => handle_out(channel, cx, &delivery).await,
        Mail::Delivery(delivery) => handle_info(channel, cx, Info::broadcast(delivery)).await,
        Mail::Lagged(lagged) => handle_info(channel, cx, Info::owned(Box::new(lagged))).await,
    };
    match handled {
        Ok(false) => ControlFlow::Continue(()),
        Ok(true) => ControlFlow::Break(End::Exit(ChannelExit::Stopped, None)),
        Err(panic) => ControlFlow::Break(End::Crashed(panic)),
    }
}

async fn handle_in<C: Channel>(channel: &mut C, cx: &mut ChannelCx, message: Incoming) -> ControlFlow<End> {
    let began = Instant::now();
    let Incoming { reference, event, payload, .. } = message;
    let watched = telemetry::is_watched::<ChannelHandledIn>().then(|| payload.clone());
    cx.reference.clone_from(&reference);
    let handled = watch_future(pin!(channel.handle_in(cx, &event, payload))).await;
    cx.reference = None;
    if let Some(payload) = watched {
        telemetry::emit(&ChannelHandledIn {
            duration: began.elapsed(),
            channel: name::<C>(),
            topic: cx.topic().to_owned(),
            event: event.into(),
            payload: payload.to_value(),
        });
    }
    match handled {
        Err(panic) => ControlFlow::Break(End::Crashed(panic)),
        Ok(ChannelReply { answer, stop }) => {
            if let (Some((status, payload)), Some(reference)) = (answer, reference) {
                cx.shared.reply(cx.join_ref.as_deref(), &reference, &cx.topic, status, &payload);
            }
            if stop { ControlFlow::Break(End::Exit(ChannelExit::Stopped, None)) } else { ControlFlow::Continue(()) }
        }
    }
}

fn is_own(cx: &ChannelCx, delivery: &Delivery) -> bool {
    delivery.topic() == cx.broadcasts.name() && delivery.message::<Broadcast>().is_some()
}

/// The channel rewrites a broadcast for its client.
async fn handle_out<C: Channel>(channel: &mut C, cx: &mut ChannelCx, delivery: &Delivery) -> Result<bool, Panic> {
    let Some(broadcast) = delivery.message::<Broadcast>() else { return Ok(false) };
    let payload = watch_future(pin!(channel.handle_out(cx, broadcast))).await?;
    if let Some(Err(error)) = payload.map(|payload| cx.push(broadcast.event(), payload)) {
        tracing::error!(topic = cx.topic(), event = broadcast.event(), %error, "a broadcast cannot be sent");
    }
    Ok(false)
}

/// Whether the channel is to end.
async fn handle_info<C: Channel>(channel: &mut C, cx: &mut ChannelCx, info: Info) -> Result<bool, Panic> {
    let handled = watch_future(pin!(channel.handle_info(cx, info))).await?;
    if handled.is_none() {
        tracing::warn!(topic = cx.topic(), channel = name::<C>(), "a channel has no handler for a message");
    }
    Ok(handled.is_some_and(|reply| reply.stop))
}

fn finish<C: Channel>(channel: &mut C, cx: &mut ChannelCx, n: u64, end: &End) {
    // No broadcast behind the end.
    cx.subscriptions.clear();
    let event = match end {
        End::Crashed(panic) => {
            tracing::error!(topic = cx.topic(), channel = name::<C>(), %panic, "a channel panicked");
            ERROR
        }
        End::Exit(exit, reference) => {
            if let Err(panic) = watch(|| channel.terminate(exit)).result {
                tracing::error!(topic = cx.topic(), %panic, "a channel's `terminate` panicked");
            }
            if let Some(reference) = reference {
                let join_ref = cx.join_ref.as_deref();
                cx.shared.reply(join_ref, reference, &cx.topic, Status::Ok, &Payload::empty());
            }
            CLOSE
        }
    };
    cx.shared.ended(&cx.topic, n);
    say_end(cx, event);
}

/// `phx_close`, after which the client stays away, or `phx_error`, after which it joins again.
fn say_end(cx: &ChannelCx, event: &str) {
    let payload = if event == ERROR { Refused::new("crashed").payload().clone() } else { Payload::empty() };
    let join_ref = cx.join_ref.as_deref();
    let message = Outgoing::Push { join_ref, reference: join_ref, topic: &cx.topic, event, payload: &payload };
    if let Ok(frame) = cx.shared.serializer.encode(&message) {
        // A client that is gone hears nothing.
        cx.shared.outbox.push(frame).ok();
    }
}

fn name<C: Channel>() -> &'static str {
    short_name(type_name::<C>())
}

fn params(payload: &Payload) -> Params {
    Params::from_json(payload.to_value()).unwrap_or_default()
}

fn report(message: &Incoming, began: Instant, watched: Option<Params>, refused: Option<&Refused>) {
    let (topic, duration) = (&*message.topic, began.elapsed());
    if let Some(refused) = refused {
        tracing::info!(topic, reason = refused.reason(), "a join was refused");
    } else {
        let params = || filter_params(&params(&message.payload));
        tracing::debug!(topic, ?duration, params = ?params(), "a channel was joined");
    }
    if let Some(params) = watched {
        let result = match refused {
            Some(refused) => JoinResult::Refused { reason: refused.reason().to_owned() },
            None => JoinResult::Joined,
        };
        telemetry::emit(&ChannelJoined { duration, topic: topic.to_owned(), result, params });
    }
}
