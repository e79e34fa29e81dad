#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    static "/" => "public" (only = ["images/maps", favicon], cache = "no-cache");
    static "/all" => "public" (only = "images");
    static "/" => "public";
    static "/files" => "public";
    get "/files/a.txt" => answer;
}

fn main() {}
