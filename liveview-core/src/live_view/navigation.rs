//! How a view moves its browser: to another URL of its own, to another view, to another page.
//!
//! `push_patch/2`, `push_navigate/2` and `redirect/2` of `Phoenix.LiveView`. Nothing moves before the callback has returned:
//! then the view reads its new URL (`handle_params`), and the next frame tells the browser. Every target is checked here, so that no
//! text of a user's can lead a browser to another host or make it run a script.

use std::any::TypeId;

use axum::http::uri::PathAndQuery;

use super::effects::{Leave, Patch, Patched};
use super::{Cx, LiveView};
use crate::error::{as_browsers_ask, check_external_url, check_local_path};
use crate::router::{LiveMatchError, LivePage, LiveRoute};
use crate::{Error, Result, Uri};

/// The type of a view. Its name alone would not do: two modules may have a view of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ViewType {
    id: TypeId,
    pub(crate) name: &'static str,
}

impl ViewType {
    pub(crate) fn of<V: LiveView>() -> Self {
        Self { id: TypeId::of::<V>(), name: V::NAME }
    }
}

impl Cx {
    /// Goes to another URL of this view: `handle_params` runs again and the browser's history gets an entry. State, scroll position and
    /// socket stay. When `handle_params` asks for it more than 10 times in a row, the view crashes.
    ///
    /// # Errors
    /// When `to` is no path of this host, or no route of this view leads there.
    pub fn push_patch(&mut self, to: impl Into<String>) -> Result<()> {
        self.patch(to.into(), false)
    }

    /// As [`push_patch`](Self::push_patch), in place of the history's present entry.
    ///
    /// # Errors
    /// As for `push_patch`.
    pub fn push_patch_replace(&mut self, to: impl Into<String>) -> Result<()> {
        self.patch(to.into(), true)
    }

    /// Goes to another view, which takes the place of this one over the same socket; outside of this view's live session the browser
    /// loads the page. Messages put by this callback ([`put_flash`](Self::put_flash)) show there.
    ///
    /// # Errors
    /// When `to` is no path of this host.
    pub fn push_navigate(&mut self, to: impl Into<String>) -> Result<()> {
        self.leave(Leave::Navigate { to: to.into(), replace: false })
    }

    /// As [`push_navigate`](Self::push_navigate), in place of the history's present entry.
    ///
    /// # Errors
    /// As for `push_navigate`.
    pub fn push_navigate_replace(&mut self, to: impl Into<String>) -> Result<()> {
        self.leave(Leave::Navigate { to: to.into(), replace: true })
    }

    /// Sends the browser to another page of this host, by a full page load. Messages put by this callback show there.
    ///
    /// # Errors
    /// When `to` is not a local path: it must begin with one `/` and hold no backslash, tab or line break.
    pub fn redirect(&mut self, to: impl Into<String>) -> Result<()> {
        self.leave(Leave::Redirect { to: to.into() })
    }

    /// Sends the browser to another site.
    ///
    /// # Errors
    /// When `url` is not absolute, or its scheme is neither `http` nor `https`.
    pub fn redirect_external(&mut self, url: impl Into<String>) -> Result<()> {
        let to = url.into();
        check_external_url(&to)?;
        self.effects.leave = Some(Leave::Redirect { to });
        Ok(())
    }

    fn leave(&mut self, leave: Leave) -> Result<()> {
        check_local_path(leave.to())?;
        self.effects.leave = Some(leave);
        Ok(())
    }

    fn patch(&mut self, to: String, replace: bool) -> Result<()> {
        check_local_path(&to)?;
        if self.parent().is_some() {
            return Err(Error::msg(format!(
                "`{}` is nested in another view and has no URL to patch: tell its parent (`cx.parent()`), or go to `{to}` by `cx.push_navigate`",
                self.view.name
            )));
        }
        let page = self.own_page(&to)?;
        self.effects.patch = Some(Patch { page, as_written: Patched { to, replace } });
        Ok(())
    }

    /// The route of this view that a path leads to.
    fn own_page(&self, to: &str) -> Result<LivePage> {
        let uri = beside(&self.request.uri, to).ok_or_else(|| Error::msg(format!("`{to}` is not a valid path")))?;
        let page = self.host.live_page(uri).map_err(|error| match error {
            LiveMatchError::NotFound => {
                Error::msg(format!("no live route leads to `{to}`: `cx.redirect` loads other pages"))
            }
            error @ LiveMatchError::Invalid(_) => Error::new(error),
        })?;
        if self.is_of_this_view(&page.route) {
            return Ok(page);
        }
        let (other, own) = (page.route.view.name, self.view.name);
        Err(Error::msg(format!("`{to}` is a page of `{other}` and not of `{own}`: go there by `cx.push_navigate`")))
    }

    /// Whether a patch may lead to the route: another view, and the same view under the guards of another live session, are
    /// reached by navigation only.
    pub(super) fn is_of_this_view(&self, route: &LiveRoute) -> bool {
        route.view == self.view && route.live_session.name == self.request.live_session.name
    }

    /// A request tells its path only; the browser's socket tells the host.
    pub(super) fn learn_host(&mut self, url: Option<&Uri>) {
        let Some(url) = url else { return };
        let uri = &mut self.request.uri;
        if uri.authority().is_none() && uri.path_and_query() == url.path_and_query() {
            url.clone_into(uri);
        }
    }

    /// The view's URL is that of `page` from now on.
    pub(super) fn go_to(&mut self, page: LivePage) {
        let LivePage { route, uri, params } = page;
        self.request.live_action = route.action;
        self.request.params = params;
        self.request.uri = uri;
    }
}

/// A path on the host of `base`, as far as that is known.
fn beside(base: &Uri, path: &str) -> Option<Uri> {
    let mut parts = base.clone().into_parts();
    parts.path_and_query = Some(as_browsers_ask(path).parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}
