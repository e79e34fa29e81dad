#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

fn main() {
    let _ = from!(r in Robot, join: m in r.missions, where: m.open, update: { m.open = false, r.battery = 1.0 });
}
