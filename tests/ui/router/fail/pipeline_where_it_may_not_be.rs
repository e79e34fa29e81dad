#![allow(unused)]

use bennu::prelude::*;

async fn answer() {}

router! {
    pipeline browser { session }
    pipeline browser { session }
    pipeline csrf { session }

    scope "/" {
        pipeline inner { session }
        get "/" => answer;
    }
}

fn main() {}
