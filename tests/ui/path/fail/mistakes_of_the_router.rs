//! What is wrong is the router: no path is reported for it.

use bennu::prelude::*;

async fn answer() -> String {
    unimplemented!()
}

router! {
    get "robots" => answer;
}

fn main() {
    path!("/robots");
}
