use bennu::prelude::*;

router! {
    static "/files" => "public";
}

mod admin {
    bennu::prelude::router! {
        static "/users" => "public";
    }
}

struct NoRouter;

fn main() {
    path!(in admin::Routes, "/files/a");
    path!(in NoRouter, "/files/a");
    path!(in "/files/a");
    path!(below "/de", "/files/a");
}
