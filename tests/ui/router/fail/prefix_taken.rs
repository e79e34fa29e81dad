#![allow(unused)]

use bennu::prelude::*;

fn users() -> axum::Router {
    unimplemented!()
}

router! {
    forward "/admin" => users();
    forward "/admin/users" => users();
}

fn main() {}
