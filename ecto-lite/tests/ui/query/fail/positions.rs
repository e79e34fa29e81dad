#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

fn main() {
    let query = from!(r in Robot, join: m in r.missions);
    let _ = from!((r, m, n) in query, where: n.open && m.open && r.id == 1);
}
