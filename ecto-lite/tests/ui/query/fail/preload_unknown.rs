#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

fn main() {
    let _ = from!(r in Robot, preload: [mission]);
    let _ = from!(r in Robot, preload: [missions: robots]);
    let _ = from!(r in Robot, preload: [name]);
}
