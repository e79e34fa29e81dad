//! Who may do what: for administrators.

use bennu::ecto::prelude::{DbEnum as _, Repo};
use bennu::prelude::*;

use crate::accounts::{self, Act, OneTimePassword, Role, User};
use crate::commands::Commands;
use crate::web::auth::{self, Viewer};
use crate::web::components::secret::FreshSecret;
use crate::web::components::shell::Shell;

/// All accounts.
#[derive(LiveView)]
pub struct UsersLive {
    viewer: Viewer,
    users: Vec<User>,
    /// A password that was just made, and whose it is: to be shown once.
    fresh: Option<(String, OneTimePassword)>,
}

#[live_view]
impl UsersLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let viewer = auth::viewer(cx);
        viewer.require(Act::ManageUsers)?;
        cx.page_title("Users");
        let users = accounts::list_users(cx.state::<Repo>()).await?;
        Ok(Self { viewer, users, fresh: None })
    }

    #[event]
    async fn change_role(&mut self, cx: &mut Cx, id: i64, params: Params) -> Result<()> {
        let me = self.viewer.require(Act::ManageUsers)?.clone();
        let Some(role) = params.get("role").and_then(Role::named) else {
            return Ok(());
        };
        let user = accounts::fetch_user(cx.state::<Repo>(), id).await?;
        match cx.state::<Commands>().clone().change_role(&me, &user, role).await {
            Ok(changed) => {
                auth::disconnect_others(cx, &changed.disconnect);
                cx.put_flash("info", format!("{} is {} now.", changed.user.name, role.name()));
            }
            Err(rejected) => cx.put_flash("error", format!("{rejected}.")),
        }
        self.users = accounts::list_users(cx.state::<Repo>()).await?;
        Ok(())
    }

    #[event]
    async fn reset_password(&mut self, cx: &mut Cx, id: i64) -> Result<()> {
        let me = self.viewer.require(Act::ManageUsers)?.clone();
        let user = accounts::fetch_user(cx.state::<Repo>(), id).await?;
        match cx.state::<Commands>().clone().reset_password(&me, &user).await {
            Ok((changed, password)) => {
                auth::disconnect_others(cx, &changed.disconnect);
                self.fresh = Some((changed.user.name, password));
            }
            Err(rejected) => cx.put_flash("error", format!("{rejected}.")),
        }
        Ok(())
    }

    fn render(&self) -> Element {
        let me = self.viewer.user().map(|user| user.id);
        rsx! {
            Shell { viewer: self.viewer.clone(),
                main { class: "page",
                    div { class: "page__head", h1 { "Users" } }
                    if let Some((name, password)) = &self.fresh {
                        FreshSecret { title: "The new password of {name}, good for one log-in:", secret: password.as_str() }
                    }
                    section { class: "card", "aria-label": "Accounts",
                        div { class: "table__scroll",
                            table { class: "table",
                                thead { tr { th { scope: "col", "Name" } th { scope: "col", "Role" } th { scope: "col", "Password" } } }
                                tbody {
                                    for user in &self.users {
                                        tr { key: "{user.id}",
                                            td { "{user.name}" if Some(user.id) == me { span { class: "rows__detail", " (you)" } } }
                                            td {
                                                form { id: "role-{user.id}", phx_change: Self::on_change_role(user.id),
                                                    select { name: "role", class: "field", "aria-label": "Role of {user.name}",
                                                        for role in Role::VARIANTS.iter().copied() {
                                                            option { value: role.name(), selected: role == user.role, "{role.name()}" }
                                                        }
                                                    }
                                                }
                                            }
                                            td { button { r#type: "button", class: "button button--link", phx_click: Self::on_reset_password(user.id), "Make a new one" } }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
