//! Events about what the framework does, for metrics and logs: typed, and nearly free while nobody listens.
//!
//! ```
//! use liveview_core::telemetry::{self, HandleEvent, Stop};
//!
//! let slow = telemetry::attach(|event: &Stop<HandleEvent>| {
//!     if event.duration.as_millis() > 50 {
//!         eprintln!("{} took {:?} for {}", event.metadata.view, event.duration, event.metadata.event);
//!     }
//! });
//! slow.forever();
//! ```
//!
//! | event | when | measures |
//! |---|---|---|
//! | [`Start<S>`] | a span begins | `system_time` |
//! | [`Stop<S>`] | it ended well | `duration` |
//! | [`Exception<S>`] | it failed, panicked or was given up | `duration` |
//! | [`SocketConnected`] | a socket was opened or refused | `duration` |
//! | [`SocketDrain`] | a stopping server closes a batch of sockets | `count`, `total` |
//! | [`ChannelJoined`] | a join was answered | `duration` |
//! | [`ChannelHandledIn`] | a channel has handled a push | `duration` |
//!
//! The spans `S` are [`RouterDispatch`], [`Mount`], [`HandleParams`], [`HandleEvent`], [`HandleInfo`] and [`Render`]. Names follow Phoenix: `Stop<Mount>` is
//! `bennu.live_view.mount.stop`, for those who pass it on to a metrics system ([`Event::NAME`]).
//!
//! Handlers are called in the task where it happened, so they must be quick. One that panics is detached with a line in
//! the log, and what it watched goes on. Parameters in the metadata are as the client sent them: before they go into a log, mask
//! them with [`ParamFilter`].

mod dispatch;
mod event;
mod filter;
mod registry;
mod span;

pub use self::dispatch::RouterDispatch;
pub use self::event::{
    ChannelHandledIn, ChannelJoined, Event, Exception, ExceptionKind, HandleEvent, HandleInfo, HandleParams,
    JoinResult, Mount, Render, SocketConnected, SocketDrain, SpanKind, Start, Stop,
};
pub use self::filter::{ParamFilter, filter_params};
pub use self::registry::{Attached, attach, emit, is_watched};
pub use self::span::{Span, span};
