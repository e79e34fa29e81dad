//! Plugs for some actions of a controller only.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::Plug;
use crate::Conn;

/// Runs a plug only before these actions (`plug :find_robot when action in [:show, :edit]`). An action is a handler's name without its module, or a live
/// route's action: see [`Conn::action`].
///
/// ```
/// use liveview_core::{Conn, Pipeline, plug};
///
/// async fn require_owner(_conn: Conn) {}
///
/// let robots = Pipeline::new("robots").plug(plug::only(["edit", "update", "delete"], require_owner));
/// ```
pub fn only(actions: impl IntoIterator<Item = &'static str>, plug: impl Plug) -> impl Plug {
    when(actions, true, plug)
}

/// Runs a plug before all actions but these.
pub fn except(actions: impl IntoIterator<Item = &'static str>, plug: impl Plug) -> impl Plug {
    when(actions, false, plug)
}

fn when(actions: impl IntoIterator<Item = &'static str>, is_listed: bool, plug: impl Plug) -> impl Plug {
    let (actions, plug): (Vec<_>, _) = (actions.into_iter().collect(), Arc::new(plug));
    move |conn: Conn| {
        let runs = actions.contains(&conn.action()) == is_listed;
        let running = runs.then(|| plug.call(conn));
        match running {
            Some(running) => running,
            None => std::future::ready(std::ops::ControlFlow::Continue(())).boxed(),
        }
    }
}
