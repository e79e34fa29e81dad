#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    method "GET" "/a" => answer;
    method "purge" "/b" => answer;
    method PURGE "/c" => answer;
    match get "/d" => answer;
    match [get, gte, purge] "/e" => answer;
    match [get, get] "/f" => answer;
    match [get, any] "/g" => answer;
    trace "/h" => answer;
}

fn main() {}
