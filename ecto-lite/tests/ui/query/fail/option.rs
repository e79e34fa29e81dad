#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

fn main() {
    let site: Option<i64> = std::env::args().next().map(|_| 3);
    let _ = from!(r in Robot, where: r.site_id == site);
}
