#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

fn main() {
    let sql = String::from("lower(?)");
    let _ = from!(r in Robot, where: fragment!(sql, r.name) == "x");
    let _ = from!(r in Robot, where: fragment!(format!("{} = ?", "name"), r.name));
}
