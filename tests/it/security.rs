//! What attackers try, one file for each way in: forged requests, changed cookies, copied sessions, redirects elsewhere, smuggled headers and
//! markup, bodies that are too large, and ten thousand requests that are none.

mod bodies;
mod cookies;
mod escaping;
mod forgery;
mod fuzz;
mod injection;
mod markup;
mod redirects;
mod session_stores;

use bennu::prelude::*;
use bennu::session::SESSION_COOKIE;
use bennu::testing::TestConn;

use crate::support::endpoint;

/// What every application's `browser` pipeline has.
fn browser() -> Pipeline {
    Pipeline::new("browser").plug(plug::session).plug(plug::flash).plug(plug::csrf).plug(plug::secure_headers)
}

/// Routes behind [`browser`].
fn site(routes: impl FnOnce(Router) -> Router) -> Router {
    Router::new().scope(Scope::new("/").through(browser()), routes)
}

fn conn(router: Router) -> TestConn {
    TestConn::new(endpoint(router)).expect("an endpoint")
}

async fn log_in(conn: Conn) {
    conn.put_session("user", 7);
    conn.renew_session();
}

async fn log_out(conn: Conn) {
    conn.clear_session();
}

async fn user(conn: Conn) -> String {
    format!("{:?}", conn.get_session::<i64>("user"))
}

/// What `/user` shows another browser that has this cookie.
async fn user_of(conn: &TestConn, cookie: &str) -> String {
    let other = conn.another();
    other.put_cookie(SESSION_COOKIE, cookie);
    other.get("/user").await.response(200).to_owned()
}
