#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    scope "/a" (log = loud) { get "/" => answer; }
    scope "/b" (log = "debug") { get "/" => answer; }
    scope "/c" (asign = 1) { get "/" => answer; }
    scope "/d" log = off { get "/" => answer; }
    assign = 1;
}

fn main() {}
