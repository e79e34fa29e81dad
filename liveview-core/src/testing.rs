//! For tests: the reference client, which does in Rust what the browser's does.

mod dom;
mod page;

pub use self::page::{Page, PageError};
