//! All that `path!` takes, under strict lints, in generic functions and with names that shadow those of the library.

#![deny(warnings, missing_docs, clippy::pedantic)]

struct String;
struct Option;
struct Builder;

async fn answer() -> &'static str {
    "fine"
}

bennu::router! {
    get "/robots/:id" => answer;
    get "/api/v:version/robots" => answer;
    get "/docs/*page" => answer;
    static "/files" => "public";
}

mod admin {
    bennu::router! {
        pub(crate) struct AdminRoutes;
        get "/users/:id" => super::answer;
    }
}

struct Robot {
    id: u8,
}

impl Robot {
    fn link<T: bennu::ToParam>(&self, page: T) -> std::string::String {
        bennu::path!("/robots/{self.id}", page)
    }
}

async fn asked() -> std::result::Result<std::string::String, std::num::ParseIntError> {
    let id = std::future::ready("7");
    Ok(bennu::path!("/robots/{id.await.parse::<i32>()?}", page = "1".parse::<i32>()?,))
}

fn main() {
    let (robot, version, parts, page) = (Robot { id: 7 }, 2, ["a", "b"], 1);
    let _ = (String, Option, Builder, asked(), robot.link("x"));
    let _ =
        bennu::path!("/robots/{robot.id}#line-{page + 1}", "filter[a]" = 1, page, r#type = Some("a"), ..[("b", "c")]);
    let _ = bennu::path!("/api/v{version}/robots");
    let _ = bennu::path!("/docs/{parts..}");
    let _ = bennu::path!("/files/logo.png");
    let _ = bennu::path!(in admin::AdminRoutes, "/users/{robot.id}");
}
