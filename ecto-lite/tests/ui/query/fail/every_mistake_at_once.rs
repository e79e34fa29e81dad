#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::{Mission, Robot};

fn main() {
    let _ = from!(r in Robot,
        wher: r.battery < 20.0,
        join: m in Mission,
        on: m.robot_id == r.id,
        left_join: n in,
        where: n.open,
        where: r.site_id == None,
        order_by: [up: r.name],
        limit: 1,
        limit: 2);
}
