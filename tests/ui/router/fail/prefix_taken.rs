#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    static "/admin" => "public";
    forward "/admin/users" => users();
}

fn main() {}
