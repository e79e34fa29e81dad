#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

fn main() {
    let _ = from!(r in Robot, order_by: [descending: r.battery], lock: updat skip_locked, limit: 1, limit: 2);
}
