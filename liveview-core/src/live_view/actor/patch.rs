//! Changes of the URL that stay in the view: by the browser (`live_patch`) and by `push_patch`.

use std::ops::ControlFlow;

use super::{Actor, Exit, Fault};
use crate::live_view::effects::Patch;
use crate::live_view::{Cx, LiveView};
use crate::protocol::outgoing::{Answer, ReplyTo};
use crate::router::LivePage;
use crate::{Error, Result, telemetry};

/// So many times in a row a view may ask for another URL (as in Phoenix).
const MAX_PATCHES: u32 = 10;

/// What a browser is told whose link leads elsewhere: it loads the page.
const NOT_THIS_VIEW: &str = "not this view";

/// What became of the URLs that a view asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Followed {
    /// It has read the last one.
    All,
    /// It goes on asking.
    Endless,
}

impl<V: LiveView> Actor<V> {
    /// A link leads to another URL of this view.
    pub(super) async fn patch(&mut self, page: LivePage, reply_to: ReplyTo) -> ControlFlow<Exit> {
        if !self.cx.is_of_this_view(&page.route) {
            return self.answer(reply_to, Answer::Error(NOT_THIS_VIEW.to_owned()));
        }
        // What was said about the last URL is not said about this one.
        self.cx.clear_all_flash();
        self.cx.go_to(page);
        let outcome = self.guard("handle_params", read_params).await;
        self.settle(outcome)?;
        self.answer(reply_to, Answer::Ok(None))
    }

    /// Goes to the URL that the last callback asked for, if it asked for one.
    pub(super) async fn carry_out_patches(&mut self) -> Result<(), Fault> {
        if self.cx.effects.patch.is_none() {
            return Ok(());
        }
        match self.call_back("handle_params", follow_patches).await? {
            Followed::All => Ok(()),
            Followed::Endless => {
                self.tell_where_it_looped();
                Err(Fault::Failed(endless(&self.cx)))
            }
        }
    }

    /// The browser has to know the URL before the crash, for it comes back there.
    fn tell_where_it_looped(&mut self) {
        let patched = &mut self.cx.effects.patched;
        patched.drain(..patched.len().saturating_sub(1));
        if let (Some(socket), ControlFlow::Continue(Some(frame))) = (self.socket.clone(), self.frame()) {
            socket.diff(frame);
        }
    }
}

/// Runs `handle_params` for the view's present URL.
pub(super) async fn read_params<V: LiveView>(view: &mut V, cx: &mut Cx) -> Result<()> {
    let (params, uri) = (cx.params().clone(), cx.uri().clone());
    let span = telemetry::span(|| {
        let (uri, params) = (uri.to_string(), params.clone());
        telemetry::HandleParams { view: V::NAME, id: cx.shared_id(), uri, params }
    });
    let read = view.handle_params(cx, &params, &uri).await;
    span.end(&read);
    read
}

/// Goes to the URL that was asked for, and on, while `handle_params` asks for another. A view that leaves goes nowhere else.
pub(super) async fn follow_patches<V: LiveView>(view: &mut V, cx: &mut Cx) -> Result<Followed> {
    let mut patches = 0;
    while let Some(Patch { page, as_written }) = cx.effects.patch.take()
        && cx.effects.leave.is_none()
    {
        cx.go_to(page);
        cx.effects.patched.push(as_written);
        if patches == MAX_PATCHES {
            return Ok(Followed::Endless);
        }
        patches += 1;
        read_params(view, cx).await?;
    }
    Ok(Followed::All)
}

/// Why a view ends that goes on asking for URLs.
pub(super) fn endless(cx: &Cx) -> Error {
    Error::msg(format!(
        "the view patched its URL more than {MAX_PATCHES} times in a row, at last to `{}`: `handle_params` asks for it each time",
        cx.uri()
    ))
}
