#![allow(unused)]

use bennu::prelude::*;

async fn answer() -> String {
    unimplemented!()
}

router! {
    get "/robots" => answer;
    get "/robots/new" => answer;
    get "/robots/:id" => answer;
    get "/robots/:id/missions" => answer;
    get "/docs/*page" => answer;
    static "/files" => "public";
}

struct Robot {
    id: i64,
}

fn main() {
    let robot = Robot { id: 7 };
    path!("/robots/{robot}");
    path!("/robots", robot = robot);
}
