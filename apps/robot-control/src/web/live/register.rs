//! Making an account: checked while it is typed, then logged in by an ordinary post of the same form.

use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::Duration;

use bennu::ecto::prelude::Repo;
use bennu::prelude::*;
use bennu::throttle::Throttle;

use crate::accounts::{self, User};
use crate::web::auth::{self, Viewer};
use crate::web::components::shell::Shell;
use crate::web::router::Routes;

/// Accounts from one address: each costs a tenth of a second of hashing and a row.
static ACCOUNTS: LazyLock<Throttle> = LazyLock::new(|| Throttle::new(20, Duration::from_hours(1)));

/// The form of somebody new.
#[derive(LiveView)]
pub struct RegisterLive {
    viewer: Viewer,
    form: Form<User>,
    /// The address that it came from.
    from: Option<IpAddr>,
    /// The account exists: the browser posts the form to log in.
    registered: bool,
}

#[live_view]
impl RegisterLive {
    // Views may fail to mount; this one has no reason to.
    #[allow(clippy::unnecessary_wraps)]
    fn mount(cx: &mut Mount) -> Result<Self> {
        cx.page_title("Register");
        let form = accounts::change_registration(&Params::new()).to_form();
        Ok(Self { viewer: auth::viewer(cx), form, from: None, registered: false })
    }

    fn connected(&mut self, _cx: &mut Cx, connect: &Connect) {
        self.from = connect.peer_addr().map(|peer| peer.ip());
    }

    #[event]
    fn validate(&mut self, params: Params) {
        self.form = accounts::change_registration(params.within("user")).with_action(Action::Validate).to_form();
    }

    #[event]
    async fn save(&mut self, cx: &mut Cx, params: Params) -> Result<()> {
        let form = accounts::change_registration(params.within("user"));
        if form.is_valid()
            && let Err(throttled) = ACCOUNTS.check(&self.from)
        {
            cx.put_flash(
                "error",
                format!("Too many new accounts: try again in {} s.", throttled.retry_after_seconds()),
            );
            self.form = form.with_action(Action::Validate).to_form();
            return Ok(());
        }
        match accounts::register_user(cx.state::<Repo>(), params.within("user")).await {
            Ok(_) => self.registered = true,
            Err(error) => self.form = error.into_changeset()?.with_action(Action::Insert).to_form(),
        }
        Ok(())
    }

    fn render(&self) -> Element {
        let form = &self.form;
        rsx! {
            Shell { viewer: self.viewer.clone(),
                main { class: "page page--narrow",
                    section { class: "card form",
                        h1 { "Register" }
                        FormFor {
                            form,
                            action: path!("/log-in"),
                            phx_change: Self::on_validate(),
                            phx_submit: Self::on_save(),
                            phx_trigger_action: self.registered,
                            Input { field: form.field(User::name), label: "Name", autocomplete: "username", phx_debounce: "blur",
                                help: "2 to 40 letters, digits, dots, dashes or underscores." }
                            Input { field: form.field(User::password), r#type: "password", label: "Password", autocomplete: "new-password",
                                phx_debounce: "blur", help: "At least 12 characters: a sentence is a good one." }
                            Input { field: form.field("password_confirmation"), r#type: "password", label: "Password again",
                                autocomplete: "new-password", phx_debounce: "blur" }
                            button { r#type: "submit", class: "button button--primary", phx_disable_with: "Registering…", "Register" }
                        }
                        p { class: "hint", "Whoever registers may look. An administrator says who may drive. " a { href: path!("/log-in"), "Log in" } }
                    }
                }
            }
        }
    }
}
