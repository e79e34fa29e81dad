//! Logging in and out. Both write the session's cookie, which takes a request: a live page has none.

use std::sync::LazyLock;
use std::time::Duration;

use bennu::ecto::prelude::Repo;
use bennu::prelude::*;
use bennu::throttle::Throttle;

use crate::accounts;
use crate::web::auth::{self, Viewer};
use crate::web::components::shell::Shell;
use crate::web::router::Routes;

/// Log-ins for one name from one address: enough for who mistypes, far too few for who guesses.
static TRIES: LazyLock<Throttle> = LazyLock::new(|| Throttle::new(10, Duration::from_mins(5)));

/// The form.
pub async fn new(conn: Conn) -> Response {
    if conn.assigned::<Viewer>().is_some_and(|viewer| viewer.user().is_some()) {
        return Redirect::to(path!("/")).into_response();
    }
    let name = conn.params().get("name").unwrap_or_default().to_owned();
    let form = Params::from_iter([("name", name)]).to_form().named("user");
    let (token, then) = (conn.csrf_token(), then(&conn.params()));
    let flash = conn.flash();
    html(move || {
        rsx! {
            Shell { viewer: Viewer::default(), flash,
                main { class: "page page--narrow",
                    section { class: "card form",
                        h1 { "Log in" }
                        form { id: "log-in", action: path!("/log-in"), method: "post",
                            input { r#type: "hidden", name: "_csrf_token", value: "{token}" }
                            if let Some(then) = then {
                                input { r#type: "hidden", name: "then", value: "{then}" }
                            }
                            Input { field: form.field("name"), label: "Name", autocomplete: "username", required: true }
                            Input { field: form.field("password"), r#type: "password", label: "Password", autocomplete: "current-password", required: true }
                            button { r#type: "submit", class: "button button--primary", "Log in" }
                        }
                        p { class: "hint", "No account yet? " a { href: path!("/register"), "Register" } "." }
                    }
                }
            }
        }
    })
    .title("Log in")
    .into_response()
}

/// Logs in, or says no more than that it did not.
///
/// # Errors
/// When the database fails.
pub async fn create(conn: Conn, params: Params) -> Result<Redirect> {
    let name = params.get("user[name]").unwrap_or_default().to_owned();
    let password = params.get("user[password]").unwrap_or_default();
    let again = |text: &str| {
        conn.put_flash("error", text);
        Ok(Redirect::to(path!("/log-in", name = &name, then = then(&params))))
    };
    let from = conn.peer_addr().map(|peer| peer.ip());
    if let Err(throttled) = TRIES.check(&(&name, from)) {
        return again(&format!("Too many attempts: try again in {} s.", throttled.retry_after_seconds()));
    }
    let user = accounts::get_user_by_name_and_password(conn.state::<Repo>(), &name, password).await?;
    let Some(user) = user else { return again("Name or password is wrong.") };
    TRIES.forget(&(&name, from));
    auth::log_in(&conn, &user).await?;
    if user.must_change_password {
        conn.put_flash("info", "That password was good for once. Choose one of your own.");
        return Ok(Redirect::to(path!("/account/password")));
    }
    conn.put_flash("info", format!("Welcome, {}.", user.name));
    Ok(Redirect::to(then(&params).unwrap_or_else(|| path!("/"))))
}

/// Logs this browser out.
///
/// # Errors
/// When the database fails.
pub async fn delete(conn: Conn) -> Result<Redirect> {
    auth::log_out(&conn).await?;
    conn.put_flash("info", "You are logged out.");
    Ok(Redirect::to(path!("/")))
}

/// Logs the user out everywhere.
///
/// # Errors
/// When the database fails.
pub async fn delete_all(conn: Conn) -> Result<Redirect> {
    if let Some(user) = conn.assigned::<Viewer>().as_ref().and_then(|viewer| viewer.user()) {
        for pages in accounts::delete_all_sessions(conn.state::<Repo>(), user).await? {
            conn.disconnect(&pages);
        }
    }
    conn.clear_session();
    conn.put_flash("info", "You are logged out everywhere.");
    Ok(Redirect::to(path!("/log-in")))
}

/// Where whoever logs in wanted to go: a path of ours, or nowhere.
fn then(params: &Params) -> Option<String> {
    let to = params.get("then")?;
    Redirect::try_to(to).ok().map(|redirect| redirect.location().to_owned())
}
