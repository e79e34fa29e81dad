//! Who looks at a page: plugs for requests, hooks for live views, and what logging in and out does to a browser's session.
//!
//! The session holds a token that the database knows the hash of ([`crate::accounts`]), and the `live_socket_id` by which all pages of
//! the session are disconnected when it ends. Somebody without an account looks, and nothing else.

use std::sync::Arc;

use bennu::ecto::prelude::Repo;
use bennu::prelude::*;

use crate::accounts::{self, Act, Refused, User, may};
use crate::web::router::Routes;

/// Where the session keeps the token of whoever is logged in.
const USER_TOKEN: &str = "user_token";
/// The session's entry that the framework disconnects sockets by.
const LIVE_SOCKET_ID: &str = "live_socket_id";

/// Whoever looks at a page: somebody with an account, or a visitor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Viewer(Option<Arc<User>>);

/// Why a viewer may not do something. `Display` is for that person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It takes an account.
    #[error("log in first")]
    LogIn,
    /// The account does not allow it.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl Viewer {
    /// Somebody with an account.
    pub fn of(user: User) -> Self {
        Self(Some(Arc::new(user)))
    }

    /// The account, if there is one.
    pub fn user(&self) -> Option<&User> {
        self.0.as_deref()
    }

    /// The account of somebody who may do that.
    ///
    /// # Errors
    /// When the viewer may not; the error says what to do.
    pub fn permit(&self, act: impl Into<Act>) -> Result<&User, Denied> {
        let user = self.user().ok_or(Denied::LogIn)?;
        may(user, act)?;
        Ok(user)
    }

    /// Whether the viewer may do that.
    pub fn may(&self, act: impl Into<Act>) -> bool {
        self.permit(act).is_ok()
    }

    /// The account, for a page that takes one.
    ///
    /// # Errors
    /// A redirect to the log-in page.
    pub fn require_user(&self) -> Result<&User> {
        self.user().ok_or_else(|| Error::redirect(path!("/log-in")))
    }

    /// The account of somebody who may open a page.
    ///
    /// # Errors
    /// A redirect to the log-in page for visitors, status 403 for others.
    pub fn require(&self, act: impl Into<Act>) -> Result<&User> {
        self.permit(act).map_err(|denied| match denied {
            Denied::LogIn => Error::redirect(path!("/log-in")),
            Denied::Refused(Refused::PasswordChangeFirst) => Error::redirect(path!("/account/password")),
            Denied::Refused(refused) => Error::msg(refused).with_status(403),
        })
    }
}

/// The plug that finds out who sent a request.
///
/// # Errors
/// When the database fails.
pub async fn fetch_viewer(conn: Conn) -> Result<()> {
    let viewer = viewer_of(conn.state::<Repo>(), conn.get_session(USER_TOKEN)).await?;
    conn.assign(viewer);
    Ok(())
}

/// The hook that finds out whose page it is. Navigation asks the database for nobody again: whose session ends is disconnected.
///
/// # Errors
/// When the database fails.
pub async fn load_viewer(cx: &mut Mount) -> Result<()> {
    let (repo, token) = (cx.state::<Repo>().clone(), cx.session().read(USER_TOKEN));
    cx.assign_new(async || viewer_of(&repo, token).await).await?;
    Ok(())
}

/// Whose page it is, behind [`load_viewer`].
pub fn viewer(cx: &Cx) -> Viewer {
    cx.assigned::<Viewer>().map(|viewer| (*viewer).clone()).unwrap_or_default()
}

async fn viewer_of(repo: &Repo, token: Option<String>) -> Result<Viewer> {
    let Some(token) = token else { return Ok(Viewer::default()) };
    let user = accounts::get_user_by_session_token(repo, &token).await?;
    Ok(user.map(Viewer::of).unwrap_or_default())
}

/// Logs a user in: a session with nothing from before, so that nobody who knew the old one has the new one.
///
/// # Errors
/// When the database fails.
pub async fn log_in(conn: &Conn, user: &User) -> Result<()> {
    let token = accounts::create_session(conn.state::<Repo>(), user).await?;
    conn.renew_session();
    conn.put_session(USER_TOKEN, token.as_str());
    conn.put_session(LIVE_SOCKET_ID, accounts::live_socket_id(&token));
    Ok(())
}

/// Logs the browser out, and all its pages.
///
/// # Errors
/// When the database fails.
pub async fn log_out(conn: &Conn) -> Result<()> {
    if let Some(token) = conn.get_session::<String>(USER_TOKEN)
        && let Some(pages) = accounts::delete_session(conn.state::<Repo>(), &token).await?
    {
        conn.disconnect(&pages);
    }
    conn.clear_session();
    Ok(())
}

/// Disconnects pages whose session has ended, but for those of the session that asks: its own page says what comes next.
pub fn disconnect_others(cx: &Cx, ended: &[String]) {
    let own: Option<String> = cx.session().read(LIVE_SOCKET_ID);
    for pages in ended.iter().filter(|pages| Some(*pages) != own.as_ref()) {
        cx.disconnect(pages);
    }
}
