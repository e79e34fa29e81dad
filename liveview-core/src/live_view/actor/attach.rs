//! How sockets take a view and lose it: adopt, resume, build anew.

use std::ops::ControlFlow;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{Actor, Exit};
use crate::link::SocketLink;
use crate::live_view::LiveView;
use crate::live_view::connect::Connect;
use crate::live_view::message::{Attach, AttachHow, Attached, Detach, Message, Terminate};
use crate::protocol::frame::Frame;
use crate::telemetry::JoinResult;

impl<V: LiveView> Actor<V> {
    /// A socket wants this view.
    pub(super) async fn attach(&mut self, attach: Attach) -> ControlFlow<Exit> {
        let Attach { link, how, connect, taken } = attach;
        self.cx.learn_host(connect.uri());
        let other_socket = self.socket.as_ref().is_some_and(|socket| socket.socket != link.socket);
        match how {
            AttachHow::Resume { seq } if !self.untouched => self.resume(seq, link, taken),
            // Another browser tab shows the same page (a copy of it, or one from a cache): it gets a view of its own.
            _ if other_socket => {
                drop(taken.send(Attached::Busy));
                return ControlFlow::Continue(());
            }
            AttachHow::Adopt if self.untouched => self.adopt(link, taken),
            // As it was rendered last; what changed meanwhile comes with the next frame.
            AttachHow::Adopt | AttachHow::Resume { .. } | AttachHow::Fresh => self.build_anew(link, taken, false),
        }
        self.connected(&connect).await
    }

    fn adopt(&mut self, link: SocketLink, taken: oneshot::Sender<Attached>) {
        let adoption = self.page.adoption();
        let response = json!({ "n": link.topic.n, "adopt": crate::base64(&adoption.program), "check": adoption.check });
        self.take_socket(link, response, None);
        self.taken(taken, JoinResult::Adopted);
    }

    fn resume(&mut self, seq: u64, link: SocketLink, taken: oneshot::Sender<Attached>) {
        let missed: Option<Vec<_>> = self.line.since(seq).map(|frames| frames.cloned().collect());
        let Some(missed) = missed else { return self.build_anew(link, taken, false) };
        self.line.ack(seq);
        let response = json!({ "n": link.topic.n, "resume": true });
        self.take_socket(link, response, None);
        self.taken(taken, JoinResult::Resumed);
        if let Some(socket) = &self.socket {
            for frame in missed {
                socket.diff(frame);
            }
        }
    }

    /// Sends the whole page. `new_token`: the browser's token names another view, or none.
    pub(super) fn build_anew(&mut self, link: SocketLink, taken: oneshot::Sender<Attached>, new_token: bool) {
        let edits = self.page.snapshot();
        self.line.clear();
        let frame = self.line.push(edits);
        let mut response = json!({ "n": link.topic.n, "fresh": true });
        if new_token {
            match self.host.live_token(self.cx.bearer(&link.topic.name), None) {
                Ok(session) => {
                    response["session"] = Value::String(session);
                    response["id"] = Value::from(self.cx.id());
                }
                // The page then keeps a token that names no view, and mounts anew after a drop.
                Err(error) => tracing::error!(%error, "the page's token cannot be signed"),
            }
        }
        self.take_socket(link, response, Some(frame));
        self.taken(taken, JoinResult::Joined);
    }

    /// Tells the socket that it has the view, whose assigns it takes along when it navigates.
    fn taken(&self, taken: oneshot::Sender<Attached>, result: JoinResult) {
        let told = taken.send(Attached::Taken { result, assigns: self.cx.assigns().clone() });
        if let (Err(_), Some(socket)) = (told, &self.socket) {
            // It has ended meanwhile, or no longer waits: nobody else will say so.
            let gone = Message::Detach { socket: socket.socket, how: Detach::Dropped };
            self.mailbox.address().push(gone).ok();
        }
    }

    /// Answers the join; a socket that has closed meanwhile finds out by itself and detaches.
    fn take_socket(&mut self, link: SocketLink, response: Value, frame: Option<Arc<Frame>>) {
        if let Some(before) = self.socket.take()
            && before.socket != link.socket
        {
            before.close("taken");
        }
        link.joined(response, frame);
        self.socket = Some(link);
        self.untouched = false;
        self.expires = None;
        self.registered.attached();
    }

    /// Tells the view; what that changes goes into the next frame.
    pub(super) async fn connected(&mut self, connect: &Connect) -> ControlFlow<Exit> {
        self.cx.connected = true;
        let outcome = self.guard("connected", async |view, cx| view.connected(cx, connect).await).await;
        self.settle(outcome)
    }

    /// The socket is gone, or left.
    pub(super) async fn detach(&mut self, socket: u64, how: Detach) -> ControlFlow<Exit> {
        if self.socket.as_ref().is_none_or(|own| own.socket != socket) {
            return ControlFlow::Continue(());
        }
        let limits = &self.host.limits;
        let (grace, reason) = match how {
            // The socket is told, as of every end in order.
            Detach::Navigated => return ControlFlow::Break(Exit::Orderly(Terminate::Left)),
            Detach::Left => (limits.leave_grace, Terminate::Left),
            Detach::Dropped => (limits.resume_within, Terminate::Closed),
        };
        self.socket = None;
        self.cx.connected = false;
        self.registered.detached();
        let outcome = self.guard("disconnected", async |view, cx| view.disconnected(cx).await).await;
        self.settle(outcome)?;
        // Where nobody is waited for, a socket that asks already is too late as well.
        if grace.is_zero() {
            return ControlFlow::Break(Exit::Orderly(reason));
        }
        self.expires = Some((Instant::now() + grace, reason));
        ControlFlow::Continue(())
    }
}
