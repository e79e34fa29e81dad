//! Views inside of a view: [`live_render`], and what the actor of the outer view knows of them.
//!
//! A nested view is an actor of its own, with its own state, its own topic on the page's socket, and its own end when a callback fails. The view
//! around it starts it when its container comes into the page, and ends it when the container leaves or it ends itself. A page
//! load waits for the nested views of its page, so that the first HTML holds them all. The browser joins each by itself; one that has
//! crashed meanwhile is started again, on request of that join.

mod children;
pub(crate) mod sticky;

use std::any::Any;

use dioxus_core::{DynamicNode, IntoDynNode};

pub(crate) use self::children::{Begun, Children, Found, Lodger, Mounted, NotFound, Tended};
use super::actor::{self, Start};
use super::navigation::ViewType;
use super::pool::Pool;
use crate::render::nested::{Container, container};
use crate::{Assigns, LiveView};

/// A nested view, for `rsx!`: see [`live_render`].
#[must_use = "it does nothing until it is rendered"]
#[derive(Clone)]
pub struct LiveRender(Container<Tenant>);

/// Who is to live in a container.
#[derive(Clone)]
pub(crate) struct Tenant {
    view: ViewType,
    spawn: fn(&Pool, Start),
    /// What the view around it has given it.
    given: Assigns,
}

/// Whether it is the same view. What it is given counts when it is mounted only.
impl PartialEq for Tenant {
    fn eq(&self, other: &Self) -> bool {
        self.view == other.view
    }
}

/// The view `V` as a part of this page, in a `div` with this `id` (`live_render/3` of `Phoenix.Component`).
///
/// It lives by itself: its events, messages and renders are its own, and when one of its callbacks fails, it alone is mounted again. It ends with the
/// view around it, or when that no longer renders it. In a page there is one of an `id`. Its `mount` has copies of the outer
/// view's assigns and its `session`, and none of the URL's parameters; its `handle_params` never runs, and it cannot patch the URL, but it
/// can navigate. [`Cx::parent`](crate::Cx::parent) is the view around it.
///
/// ```
/// use liveview_core::dioxus::prelude::*;
/// use liveview_core::{LiveView, dioxus_elements, live_render};
///
/// /// What a camera's `mount` reads by `cx.assigned::<Serial>()`.
/// struct Serial(String);
///
/// fn cameras<CameraLive: LiveView>(serials: &[String]) -> Element {
///     rsx! {
///         ul {
///             for serial in serials {
///                 li { key: "{serial}",
///                     {live_render::<CameraLive>(format!("camera-{serial}")).assign(Serial(serial.clone()))}
///                 }
///             }
///         }
///     }
/// }
/// ```
pub fn live_render<V: LiveView>(id: impl Into<String>) -> LiveRender {
    let spawn = |pool: &Pool, start| pool.spawn(move || actor::run::<V>(start));
    let what = Tenant { view: ViewType::of::<V>(), spawn, given: Assigns::new() };
    LiveRender(Container { id: id.into().into(), class: None, sticky: false, what })
}

impl LiveRender {
    /// The container's classes.
    pub fn class(mut self, class: impl Into<String>) -> Self {
        self.0.class = Some(class.into().into());
        self
    }

    /// A value for the nested view, which [`Cx::assigned`](crate::Cx::assigned) has; it hides one of its type that the outer view has (Phoenix's
    /// option `session`). What is given later to a view that is mounted already is not seen; after a crash it is mounted with what was given first.
    pub fn assign<T: Any + Send + Sync>(self, value: T) -> Self {
        self.0.what.given.assign(value);
        self
    }

    /// The nested view outlives the one around it: where a live navigation leads to another view that renders a sticky view with this `id` as well, the
    /// element moves there as it is, with its state, media and focus. A next view that does not ends it.
    pub fn sticky(mut self) -> Self {
        self.0.sticky = true;
        self
    }
}

impl IntoDynNode for LiveRender {
    fn into_dyn_node(self) -> DynamicNode {
        container(self.0)
    }
}
