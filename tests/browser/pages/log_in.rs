//! A form that the view checks and the browser posts, because only a request can write the session. `?portal=` puts it into one.

use bennu::prelude::*;

#[derive(LiveView)]
pub(crate) struct LogInLive {
    form: Form,
    post: bool,
    in_portal: bool,
    /// Who has logged in, and by what.
    user: String,
}

#[live_view]
impl LogInLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let user = cx.session().read("user").unwrap_or_default();
        let in_portal = cx.params().param("portal").is_some();
        Ok(Self { form: Params::new().to_form().named("user"), post: false, in_portal, user })
    }

    #[event]
    fn check(&mut self, params: Params) {
        let user = params.within("user");
        let is_short = user.get("password").is_none_or(|password| password.len() < 8);
        self.post = !is_short;
        self.form = user.to_form().named("user").with_errors(is_short.then_some(("password", "is too short")));
    }

    fn render(&self) -> Element {
        let form = rsx! {
            FormFor {
                form: &self.form,
                action: "/log-in",
                method: "put",
                phx_submit: Self::on_check(),
                phx_trigger_action: self.post,
                Input { field: self.form.field("name"), label: "Name" }
                Input { field: self.form.field("password"), r#type: "password", label: "Password" }
                // Its name hides the form's own `submit`.
                input { r#type: "hidden", name: "submit", value: "trap" }
                button { id: "go", name: "by", value: "button", "Log in" }
            }
        };
        rsx! {
            if self.in_portal {
                Portal { id: "log-in", target: "body", {form} }
            } else {
                {form}
            }
            output { id: "who", "{self.user}" }
        }
    }
}

/// `PUT /log-in`, as the browser can send it.
pub(crate) async fn posted(conn: Conn, params: Params) -> Redirect {
    let user = params.within("user");
    let sent = [user.get("name"), user.get("password"), params.get("by")].map(Option::unwrap_or_default);
    conn.put_session("user", sent.join(" "));
    Redirect::to("/log-in")
}
