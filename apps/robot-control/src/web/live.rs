//! The live views: one per page.

pub mod fleet;
pub mod robot;

pub use fleet::FleetLive;
pub use robot::RobotLive;

use bennu::prelude::Cx;

use crate::robots::Operator;

/// What other operators see as the sender of this page's commands: the end of the view's id.
fn operator(cx: &Cx) -> Operator {
    let id = cx.id();
    let from = id.char_indices().rev().nth(3).map_or(0, |(index, _)| index);
    id[from..].into()
}
