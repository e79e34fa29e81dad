//! Choosing another password. It ends all sessions of the account; this browser logs in again with the new one.

use bennu::ecto::prelude::Repo;
use bennu::prelude::*;

use crate::accounts::{self, User};
use crate::web::auth::{self, Viewer};
use crate::web::components::shell::Shell;
use crate::web::router::Routes;

/// The form for a new password.
#[derive(LiveView)]
pub struct PasswordLive {
    viewer: Viewer,
    user: User,
    form: Form<User>,
    /// The password is changed: the browser posts the form to log in.
    changed: bool,
}

#[live_view]
impl PasswordLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        let viewer = auth::viewer(cx);
        let user = viewer.require_user()?.clone();
        cx.page_title("Password");
        let form = user.clone().password_changeset(&Params::new()).to_form();
        Ok(Self { viewer, user, form, changed: false })
    }

    #[event]
    fn validate(&mut self, params: Params) {
        let changeset = self.user.clone().password_changeset(params.within("user"));
        self.form = changeset.with_action(Action::Validate).to_form();
    }

    #[event]
    async fn save(&mut self, cx: &mut Cx, params: Params) -> Result<()> {
        let typed = params.within("user");
        let current = typed.get("current_password").unwrap_or_default();
        match accounts::change_password(cx.state::<Repo>(), &self.user, current, typed).await {
            Ok(changed) => {
                auth::disconnect_others(cx, &changed.disconnect);
                self.changed = true;
            }
            Err(error) => self.form = error.into_changeset()?.with_action(Action::Update).to_form(),
        }
        Ok(())
    }

    fn render(&self) -> Element {
        let form = &self.form;
        rsx! {
            Shell { viewer: self.viewer.clone(),
                main { class: "page page--narrow",
                    section { class: "card form",
                        h1 { "Password" }
                        FormFor {
                            form,
                            action: path!("/log-in"),
                            phx_change: Self::on_validate(),
                            phx_submit: Self::on_save(),
                            phx_trigger_action: self.changed,
                            input { r#type: "hidden", name: "user[name]", value: "{self.user.name}", autocomplete: "username" }
                            Input { field: form.field("current_password"), r#type: "password", label: "Present password",
                                autocomplete: "current-password", phx_debounce: "blur" }
                            Input { field: form.field(User::password), r#type: "password", label: "New password",
                                autocomplete: "new-password", phx_debounce: "blur", help: "At least 12 characters: a sentence is a good one." }
                            Input { field: form.field("password_confirmation"), r#type: "password", label: "New password again",
                                autocomplete: "new-password", phx_debounce: "blur" }
                            button { r#type: "submit", class: "button button--primary", phx_disable_with: "Changing…", "Change password" }
                        }
                        p { class: "hint", "Every other browser that is logged in to this account is logged out." }
                    }
                }
            }
        }
    }
}
