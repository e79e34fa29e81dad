#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::{Mission, Robot};

fn main() {
    let _ = from!(r in Robot, join: m in Mission, left_join: n in Mission, where: m.open && n.open && r.id == 1);
}
