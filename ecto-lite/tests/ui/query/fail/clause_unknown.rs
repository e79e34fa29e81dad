#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

fn main() {
    let _ = from!(r in Robot, wher: r.battery < 20.0, order: r.name, limt: 3, colour: "red");
}
