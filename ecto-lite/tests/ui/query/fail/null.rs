#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

fn main() {
    let _ = from!(r in Robot, where: r.site_id == None);
    let _ = from!(r in Robot, where: r.site_id != None && r.site_id == Some(3));
    let _ = from!(r in Robot, where: [site_id: None]);
}
