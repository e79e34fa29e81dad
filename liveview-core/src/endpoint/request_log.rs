//! The log's line for a request: what was asked, the status of the answer, and how long it took (`Phoenix.Logger`).
//!
//! ```text
//! INFO request{request_id="Fx1…"}: GET /robots 200 in 1.3ms
//! ```
//!
//! Without the query, which may hold what is nobody's business.

use std::time::Duration;

use axum::http::{Method, StatusCode};

use crate::router::LogLevel;

/// Writes it, within the request's span.
pub(super) fn log(level: LogLevel, method: &Method, path: &str, status: StatusCode, took: Option<Duration>) {
    let Some(took) = took else { return };
    macro_rules! line {
        ($($level:ident => $macro:ident),*) => {
            match level {
                LogLevel::Off => {}
                $(LogLevel::$level => tracing::$macro!("{method} {path} {} in {took:.1?}", status.as_u16()),)*
            }
        };
    }
    line!(Error => error, Warn => warn, Info => info, Debug => debug, Trace => trace);
}
