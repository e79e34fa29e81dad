//! The procedural macros of Bennu: entry points only.
//!
//! Each macro is read into a model (modules `live_view`, `channel`, `router`, `path`, `schema`, `db_enum`, `query`), checked, and expanded into trait impls and calls to
//! the libraries' `__private`. What the calls do is the library's; the expansion decides nothing.

use proc_macro::TokenStream;

mod args;
mod channel;
mod db_enum;
mod errors;
mod live_view;
mod method;
mod names;
mod nearest;
mod path;
mod paths;
mod query;
mod router;
mod schema;

#[doc = include_str!("../docs/derive_live_view.md")]
#[proc_macro_derive(LiveView)]
pub fn derive_live_view(input: TokenStream) -> TokenStream {
    live_view::derive(input.into()).into()
}

#[doc = include_str!("../docs/live_view.md")]
#[proc_macro_attribute]
pub fn live_view(args: TokenStream, item: TokenStream) -> TokenStream {
    live_view::attribute(args.into(), &item.into()).into()
}

#[doc = include_str!("../docs/channel.md")]
#[proc_macro_attribute]
pub fn channel(args: TokenStream, item: TokenStream) -> TokenStream {
    channel::attribute(&args.into(), &item.into()).into()
}

#[doc = include_str!("../docs/router.md")]
#[proc_macro]
pub fn router(input: TokenStream) -> TokenStream {
    router::expand(input.into()).into()
}

#[doc = include_str!("../docs/path.md")]
#[proc_macro]
pub fn path(input: TokenStream) -> TokenStream {
    path::expand(input.into()).into()
}

#[doc = include_str!("../docs/derive_schema.md")]
#[proc_macro_derive(Schema, attributes(schema))]
pub fn derive_schema(input: TokenStream) -> TokenStream {
    schema::derive(input.into()).into()
}

#[doc = include_str!("../docs/from.md")]
#[proc_macro]
pub fn from(input: TokenStream) -> TokenStream {
    query::from(input.into(), &paths::ecto()).into()
}

#[doc = include_str!("../docs/dynamic.md")]
#[proc_macro]
pub fn dynamic(input: TokenStream) -> TokenStream {
    query::dynamic(input.into(), &paths::ecto()).into()
}

#[doc = include_str!("../docs/derive_db_enum.md")]
#[proc_macro_derive(DbEnum, attributes(db_enum))]
pub fn derive_db_enum(input: TokenStream) -> TokenStream {
    db_enum::derive(input.into()).into()
}
