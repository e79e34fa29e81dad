#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

fn main() {
    let _ = from!(r in Robot, where: r.id = 1);
    let _ = from!(r in Robot, where: (r.id == 1) & (r.name == "x"));
    let _ = from!(r in Robot, where: r.id as f64 < 1.0);
}
