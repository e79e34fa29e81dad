mod router {
    bennu::prelude::router! {
        static "/files" => "public";
    }
}

mod page {
    use bennu::prelude::*;

    pub fn link() -> String {
        path!("/files/logo.png")
    }
}

fn main() {
    page::link();
}
