//! What the page for developers can do about an error: buttons (`Plug.Exception.actions/1`).
//!
//! A button is a form with a token that nobody can guess and that only the page has. What it runs was offered by the error, in this process.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::{Asked, Cause, refuse};
use crate::error::{Action, is_local_path};
use crate::session::random_bytes;
use crate::{Conn, Params, Redirect, Result};

/// Where the forms are posted to.
pub(crate) const ACTION_PATH: &str = "/live/error-action";
/// How many are remembered. The oldest go: their pages are long forgotten.
const REMEMBERED: usize = 32;

/// The actions of the pages that were shown last.
#[derive(Default)]
pub(crate) struct Actions(Mutex<VecDeque<Offer>>);

struct Offer {
    token: String,
    action: Action,
    /// The page that failed.
    back: String,
}

/// A button.
pub(super) struct Button {
    pub(super) label: String,
    pub(super) token: String,
}

impl Actions {
    /// The button for what the error offers.
    pub(super) fn offer(&self, cause: &Cause, asked: &Asked<'_>) -> Option<Button> {
        let Cause::Error(error) = cause else { return None };
        let action = error.action()?.clone();
        let (token, label) = (crate::base64_url(&random_bytes::<24>()), action.label.to_string());
        let target = asked.uri.path_and_query().map_or("/", |target| target.as_str());
        // Only what was got can be got again.
        let back = if *asked.method == Method::GET && is_local_path(target) { target } else { "/" }.to_owned();
        // Every section leaves the list whole.
        let mut offers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        offers.push_back(Offer { token: token.clone(), action, back });
        if offers.len() > REMEMBERED {
            offers.pop_front();
        }
        Some(Button { label, token })
    }

    fn take(&self, token: &str) -> Option<Offer> {
        let mut offers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = offers.iter().position(|offer| offer.token == token)?;
        offers.remove(place)
    }
}

/// `POST` of [`ACTION_PATH`]: does it, and shows the page that failed again.
pub(crate) async fn run(conn: Conn, params: Params) -> Result<Response> {
    let token = params.get("token").unwrap_or_default();
    let Some(offer) = conn.shared().front.errors.actions.take(token) else {
        return Ok(refuse(
            StatusCode::NOT_FOUND,
            "this button was pressed already, or its page is of another run of the server",
        ));
    };
    tracing::info!(action = &*offer.action.label, "a developer asked for it");
    offer.action.run().await?;
    Ok(Redirect::to(offer.back).into_response())
}
