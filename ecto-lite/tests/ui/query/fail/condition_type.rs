#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

fn main() {
    let _ = from!(r in Robot, where: r.battery);
    let _ = from!(r in Robot, where: r.name && r.id == 1);
}
