//! What request handlers answer with: pages, JSON, text, files, redirects, in the format that the browser asks for.
//!
//! A handler is an axum handler whose routes stand in `router!` beside live views. It takes extractors and returns anything that is a response, or a
//! [`Result`](crate::Result) of one: an `Err` becomes an [error page](crate::ErrorPage) with the error's status.
//!
//! | Phoenix | here |
//! |---|---|
//! | `render(conn, :index, …)` | [`html`]`(move || rsx! { … })` |
//! | `json(conn, …)`, `text(conn, …)` | [`Json`], [`text`] |
//! | `redirect(conn, to: …)`, `external: …` | [`Redirect::to`], [`Redirect::external`] |
//! | `send_download`, `send_file` | [`Download`], [`send_file`] |
//! | `accepts`, `get_format` | [`Format`], [`respond!`](crate::respond) |
//! | `action_fallback` | `Err(Error)`, and [`Endpoint::error_status`](crate::Endpoint::error_status) |

mod download;
mod file;
mod format;
mod html;
mod json;
mod raw;
mod redirect;
mod respond;
mod text;

pub use self::download::Download;
pub use self::file::{SendFile, send_file};
pub use self::format::{Accepted, Format, NotAcceptable, negotiate};
pub(crate) use self::format::{FORMAT_PARAM, format_param};
pub(crate) use self::html::PendingPage;
pub use self::html::{Html, html};
pub use self::json::Json;
pub use self::raw::RawBody;
pub use self::redirect::Redirect;
pub use self::text::{Text, text};
