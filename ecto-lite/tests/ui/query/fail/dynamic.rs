#[path = "../robots.rs"]
mod robots;

use ecto_lite::{dynamic, from};
use robots::{Mission, Robot};

fn main() {
    let _ = dynamic!(r in Robot, r.battery < "low");
    let _ = dynamic!((r, m) in Robot, r.id == m.id);
    let _ = dynamic!(r, r.id == 1);
    let _ = dynamic!(r in Robot, r.id == 1, r.id == 2);
    let _ = from!(m in Mission, where: dynamic!(r in Robot, r.id == 1));
}
