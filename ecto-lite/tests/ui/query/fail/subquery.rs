#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

fn main() {
    let _ = from!(r in Robot, where: exists(from!(o in Robot, wher: o.id == r.id, where: o.nam == r.name)));
}
