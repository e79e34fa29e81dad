//! What a database lacks of what the application's schemas suppose, and what it has besides.

mod live;

pub use live::{LiveColumn, LiveForeignKey, LiveIndex, LiveTable, tables};
