//! For tests: requests without a socket, channels without a network, the reference client, which does in Rust what the browser's does, and markup rendered without
//! a server.

mod channel;
mod conn;
mod dom;
mod page;
mod rendered;

pub use self::channel::{ChannelTest, TestChannel, TestConnect, TestReply, TestSocket};
pub use self::conn::{FormPart, TestConn, TestRequest, TestResponse};
pub use self::page::{Left, Page, PageError};
pub use self::rendered::Rendered;
pub use crate::render::{Adoption, RenderError};
