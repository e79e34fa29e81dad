//! From a message to the callback that takes it.

use std::ops::{AsyncFnOnce, ControlFlow};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;

use super::{Actor, Exit, Fault, Stale, StartError};
use tokio::sync::oneshot;

use crate::Result;
use crate::live_view::effects::Leave;
use crate::live_view::event::{ClientEvent, EventError};
use crate::live_view::flash::CLEAR_FLASH;
use crate::live_view::message::{Call, Handled, Info, Message};
use crate::live_view::nested::{Lodger, Mounted};
use crate::live_view::reply::Reply;
use crate::live_view::watchdog::{Label, watch};
use crate::live_view::{AsyncDone, Cx, LiveView};
use crate::mailbox::Mail;
use crate::protocol::outgoing::{Answer, ReplyTo};
use crate::telemetry;

impl<V: LiveView> Actor<V> {
    pub(super) async fn receive(&mut self, mail: Mail<Message>) -> ControlFlow<Exit> {
        match mail {
            Mail::Message(message) => self.handle(message).await,
            Mail::Delivery(delivery) => self.info(Info::broadcast(delivery)).await,
            Mail::Lagged(lagged) => self.info(Info::owned(Box::new(lagged))).await,
        }
    }

    async fn handle(&mut self, message: Message) -> ControlFlow<Exit> {
        match message {
            Message::Event { event, acked, reply_to } => {
                self.line.ack(acked);
                self.event(&event, reply_to).await
            }
            Message::Listener { node, name, json, acked, reply_to } => {
                self.line.ack(acked);
                let heard = self.page.handle_listener(node, &name, &json);
                self.answer(
                    reply_to,
                    heard.map_or_else(|error| Answer::Error(error.to_string()), |()| Answer::Ok(None)),
                )
            }
            Message::Patch { page, acked, reply_to } => {
                self.line.ack(acked);
                self.patch(*page, reply_to).await
            }
            Message::Refused { reason, reply_to } => self.answer(reply_to, Answer::Error(reason.into())),
            Message::Ack { acked } => {
                self.line.ack(acked);
                ControlFlow::Continue(())
            }
            Message::Attach(attach) => self.attach(*attach).await,
            Message::Detach { socket, how } => self.detach(socket, how).await,
            Message::Info(message) => self.info(Info::owned(message)).await,
            Message::Call(call) => self.call(call).await,
            Message::Tick(tick) if self.cx.timers.take(&tick) => self.info(Info::owned(tick.message)).await,
            Message::Async(done) if self.cx.tasks.finish(&done) => self.async_done(done).await,
            // Of a timer or task that was cancelled, or whose name another task has.
            Message::Tick(_) | Message::Async(_) => ControlFlow::Continue(()),
            Message::Nested { lodger, mounted } => self.nested(&lodger, *mounted),
            Message::FindNested { id, answer } => {
                if let Some(begun) = self.children.find(&id, answer, &self.cx) {
                    self.await_nested(begun);
                }
                ControlFlow::Continue(())
            }
            Message::HandOver(waiting) => self.hand_over(waiting).await,
            Message::Shutdown(reason) => ControlFlow::Break(Exit::Orderly(reason)),
        }
    }

    async fn event(&mut self, event: &ClientEvent, reply_to: ReplyTo) -> ControlFlow<Exit> {
        if event.name() == CLEAR_FLASH {
            self.cx.clear_flash_by(event);
            return self.answer(reply_to, Answer::Ok(None));
        }
        let callback = V::EVENTS.iter().copied().find(|known| *known == event.name()).unwrap_or("handle_event");
        let handled = self
            .guard(callback, async |view, cx| {
                let span = telemetry::span(|| event.metadata(V::NAME, cx.shared_id()));
                let outcome = view.handle_event(cx, event).await;
                span.end(&outcome);
                Ok(outcome)
            })
            .await;
        self.stale = Stale::View;
        match handled {
            Ok(Ok(reply)) => self.answer(reply_to, Answer::Ok(reply.into_value())),
            Ok(Err(EventError::Handler(error))) => {
                self.settle(Err(Fault::Failed(error)))?;
                self.answer(reply_to, Answer::Ok(Reply::none().into_value()))
            }
            Ok(Err(error)) => {
                tracing::warn!(view = V::NAME, event = event.name(), %error, "an event was refused");
                self.answer(reply_to, Answer::Error(error.to_string()))
            }
            // `handle_params` failed, after a `push_patch`.
            Err(fault) => {
                self.settle(Err(fault))?;
                self.answer(reply_to, Answer::Ok(None))
            }
        }
    }

    /// Renders what the event changed and answers it, with the patch.
    pub(super) fn answer(&mut self, to: ReplyTo, answer: Answer) -> ControlFlow<Exit> {
        let Some(socket) = self.socket.clone().filter(|socket| socket.socket == to.socket) else {
            // The event came by a socket that is gone; what it changed is rendered for the next one.
            return ControlFlow::Continue(());
        };
        let frame = self.frame()?;
        socket.reply(to, answer, frame);
        if self.line.is_overrun() {
            tracing::warn!(
                view = V::NAME,
                id = self.cx.id(),
                "the browser takes frames but acknowledges none; its socket is let go"
            );
            socket.error("unacknowledged");
            self.socket = None;
            self.line.clear();
            return ControlFlow::Break(Exit::Orderly(crate::live_view::Terminate::Closed));
        }
        ControlFlow::Continue(())
    }

    async fn info(&mut self, info: Info) -> ControlFlow<Exit> {
        let handled = self
            .guard("handle_info", async |view, cx| {
                let span = telemetry::span(|| info.metadata(V::NAME, cx.shared_id()));
                let outcome = view.handle_info(cx, &info).await;
                span.end(&outcome);
                outcome
            })
            .await;
        self.handled(handled, "message")
    }

    async fn call(&mut self, call: Call) -> ControlFlow<Exit> {
        let handled = self.guard("handle_call", async |view, cx| view.handle_call(cx, call).await).await;
        self.handled(handled, "call")
    }

    async fn async_done(&mut self, done: AsyncDone) -> ControlFlow<Exit> {
        let handled = self.guard("handle_async", async |view, cx| view.handle_async(cx, done).await).await;
        self.handled(handled, "async result")
    }

    /// Gives what goes to the next server with the browser, if there is something.
    async fn hand_over(&mut self, waiting: oneshot::Sender<String>) -> ControlFlow<Exit> {
        // At the next server the view around it mounts this one, which knows nothing of a token.
        if self.cx.parent().is_some() {
            return ControlFlow::Continue(());
        }
        let state = match self.call_back("hand_over", async |view, _| view.hand_over()).await {
            Ok(state) => state,
            Err(Fault::Failed(error)) => {
                tracing::error!(view = V::NAME, %error, "what `hand_over` gives has no form in JSON, and is lost");
                None
            }
            Err(fault) => return ControlFlow::Break(Exit::Crash(fault)),
        };
        if let (Some(state), Some(socket)) = (state, &self.socket) {
            let name = &socket.topic.name;
            match self.host.live_token(self.cx.bearer(name), Some(&state)) {
                Ok(token) => drop(waiting.send(token)),
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::error!(view = V::NAME, %error, cause, "what the view hands over is lost");
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// A nested view is mounted, or could not be; one that leads elsewhere leads the page there.
    fn nested(&mut self, lodger: &Arc<Lodger>, mounted: Mounted) -> ControlFlow<Exit> {
        match self.children.mounted(lodger, mounted, &mut self.page, &self.cx) {
            Ok(()) => {}
            Err(StartError::Left { leave, flash }) => {
                self.cx.effects.leave = Some(leave);
                self.cx.effects.flash = flash;
            }
            Err(error) => {
                tracing::error!(view = V::NAME, id = self.cx.id(), ?error, "a nested view could not be mounted");
            }
        }
        self.stale = self.stale.max(Stale::Components);
        ControlFlow::Continue(())
    }

    fn handled(&mut self, handled: Result<Handled, Fault>, what: &'static str) -> ControlFlow<Exit> {
        if let Ok(Handled::No) = handled {
            tracing::warn!(view = V::NAME, "the view has no handler for a {what} that it was sent");
            return ControlFlow::Continue(());
        }
        self.settle(handled.map(|_| ()))
    }

    /// Runs a callback, and then `handle_params` if it asked for another URL.
    pub(super) async fn guard<T>(
        &mut self,
        callback: &'static str,
        work: impl AsyncFnOnce(&mut V, &mut Cx) -> Result<T>,
    ) -> Result<T, Fault> {
        let done = self.call_back(callback, work).await?;
        self.carry_out_patches().await?;
        Ok(done)
    }

    /// Runs a callback: timed, and caught when it panics.
    #[expect(
        clippy::await_holding_refcell_ref,
        reason = "the page, the only other owner, is never polled while a callback runs"
    )]
    pub(super) async fn call_back<T>(
        &mut self,
        callback: &'static str,
        work: impl AsyncFnOnce(&mut V, &mut Cx) -> Result<T>,
    ) -> Result<T, Fault> {
        let label = Label { view: V::NAME, callback };
        let mut view = self.view.borrow_mut();
        match AssertUnwindSafe(watch(label, work(&mut view, &mut self.cx))).catch_unwind().await {
            Ok(outcome) => outcome.map_err(Fault::Failed),
            Err(panic) => Err(Fault::Panicked(crate::panic_message(&*panic))),
        }
    }

    /// After a callback: the page is to be rendered, or the view ends, or the browser is sent elsewhere.
    pub(super) fn settle(&mut self, outcome: Result<(), Fault>) -> ControlFlow<Exit> {
        self.stale = Stale::View;
        match outcome {
            Ok(()) => ControlFlow::Continue(()),
            Err(Fault::Failed(error)) if error.redirect_to().is_some() => {
                self.cx.effects.leave = error.redirect_to().map(|to| Leave::Redirect { to: to.to_owned() });
                ControlFlow::Continue(())
            }
            Err(fault) => ControlFlow::Break(Exit::Crash(fault)),
        }
    }
}
