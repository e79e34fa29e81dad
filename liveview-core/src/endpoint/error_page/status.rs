//! Which status an error has that was made by somebody else (`Plug.Exception`).

use std::error::Error as StdError;

use axum::http::StatusCode;

use super::Cause;
use super::cause::is_failure;
use crate::Error;
use crate::panics::watch;

type StatusOf = Box<dyn Fn(&Error) -> Option<u16> + Send + Sync>;

/// Functions from errors to statuses, the latest first.
#[derive(Default)]
pub(crate) struct Statuses(Vec<StatusOf>);

impl Statuses {
    /// Errors of the type `E` have this status, unless whoever made them said another.
    pub(crate) fn insert<E: StdError + 'static>(&mut self, status: impl Fn(&E) -> u16 + Send + Sync + 'static) {
        self.0.push(Box::new(move |error| error.downcast_ref::<E>().map(&status)));
    }

    pub(super) fn of(&self, cause: &Cause) -> Option<StatusCode> {
        let Cause::Error(error) = cause else { return None };
        if error.has_status() {
            return None;
        }
        let asked = watch(|| self.0.iter().rev().find_map(|status| status(error))).result;
        let status = asked.inspect_err(|panic| tracing::error!(%panic, "an error has no status")).ok()??;
        StatusCode::from_u16(status).ok().filter(|status| is_failure(*status))
    }
}
