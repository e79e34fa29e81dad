#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    forward "/admin" => users();
    forward "/admin/users" => users();
}

fn main() {}
