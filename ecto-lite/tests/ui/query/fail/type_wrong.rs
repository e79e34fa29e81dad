#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

fn main() {
    let _ = from!(r in Robot, where: r.battery < "low");
    let _ = from!(r in Robot, where: r.name == 3 && r.battery > 1.0);
}
