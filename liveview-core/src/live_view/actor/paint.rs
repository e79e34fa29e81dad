//! When and how the page becomes a frame.

use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::time::Instant;

use super::{Actor, Exit, Fault, Stale};
use crate::live_view::LiveView;
use crate::live_view::effects::{Leave, Patched};
use crate::live_view::message::Message;
use crate::live_view::nested::Begun;
use crate::live_view::watchdog::{Label, watch_sync};
use crate::protocol::frame::Frame;
use crate::telemetry;

impl<V: LiveView> Actor<V> {
    /// When the next render is due, if one is: something changed, a socket is there, its browser keeps up.
    pub(super) fn render_at(&self) -> Option<Instant> {
        let wanted = self.wants_render() && self.socket.is_some() && self.line.has_room();
        wanted.then(|| self.last_render.map_or_else(Instant::now, |last| last + self.frame_time))
    }

    pub(super) fn wants_render(&self) -> bool {
        self.stale != Stale::Nothing
    }

    pub(super) fn render_is_due(&self) -> bool {
        self.render_at().is_some_and(|at| at <= Instant::now())
    }

    /// Renders for its own sake, unless the socket still writes: then the next frame carries this change as well.
    pub(super) fn paint(&mut self) -> ControlFlow<Exit> {
        let Some(socket) = self.socket.clone().filter(|socket| socket.outbox.is_idle()) else {
            return ControlFlow::Continue(());
        };
        if let Some(frame) = self.frame()? {
            socket.diff(frame);
        }
        ControlFlow::Continue(())
    }

    /// The next frame, if anything changed.
    pub(super) fn frame(&mut self) -> ControlFlow<Exit, Option<Arc<Frame>>> {
        self.take_effects();
        self.last_render = Some(Instant::now());
        if std::mem::replace(&mut self.stale, Stale::Nothing) == Stale::View {
            self.page.mark_dirty();
        }
        let span = telemetry::span(|| telemetry::Render { view: V::NAME, id: self.cx.shared_id(), whole: false });
        let rendered = watch_sync(Label { view: V::NAME, callback: "render" }, || self.page.render());
        span.end(&rendered);
        for begun in self.children.tend(&mut self.page, &self.cx).begun {
            self.await_nested(begun);
        }
        match rendered {
            Ok(edits) => ControlFlow::Continue(edits.map(|edits| self.line.push(edits))),
            Err(error) => ControlFlow::Break(Exit::Crash(Fault::Panicked(error.to_string()))),
        }
    }

    /// Has the end of a nested view's mount come into the mailbox.
    pub(super) fn await_nested(&self, begun: Begun) {
        let mailbox = self.mailbox.address();
        self.host.runtime.spawn(async move {
            let (lodger, mounted) = begun.ended().await;
            // Without a view around it, it ends as well.
            mailbox.push(Message::Nested { lodger, mounted: Box::new(mounted) }).ok();
        });
    }

    fn take_effects(&mut self) {
        let effects = std::mem::take(&mut self.cx.effects);
        if let Some(title) = effects.title {
            self.page.page_title(&title);
        }
        for (name, payload) in &effects.events {
            self.page.push_event(name, payload);
        }
        if effects.flash_changed {
            self.page.show_flash(self.cx.flash());
        }
        for Patched { to, replace } in effects.patched {
            self.page.patched(to, replace);
        }
        let token = || effects.flash.sign(&self.host.flash_tokens).unwrap_or_default();
        match effects.leave {
            None => {}
            Some(Leave::Navigate { to, replace }) => self.page.navigate(to, replace, token()),
            Some(Leave::Redirect { to }) => self.page.redirect(to, token()),
        }
    }
}
