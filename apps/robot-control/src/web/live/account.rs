//! An account: who one is, tokens for programs, and the ways out.

use bennu::ecto::prelude::{DbEnum as _, Repo};
use bennu::prelude::*;

use crate::accounts::{self, ApiToken, User, UserToken};
use crate::web::auth::{self, Viewer};
use crate::web::components::secret::FreshSecret;
use crate::web::components::shell::Shell;
use crate::web::format;
use crate::web::router::Routes;

/// The account of whoever is logged in.
#[derive(LiveView)]
pub struct AccountLive {
    viewer: Viewer,
    user: User,
    tokens: Vec<UserToken>,
    form: Form<UserToken>,
    /// The token that was just made, to be shown once.
    fresh: Option<ApiToken>,
}

#[live_view]
impl AccountLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let viewer = auth::viewer(cx);
        let user = viewer.require_user()?.clone();
        cx.page_title("Account");
        let tokens = accounts::list_api_tokens(cx.state::<Repo>(), &user).await?;
        Ok(Self { viewer, user, tokens, form: empty(), fresh: None })
    }

    #[event]
    fn validate(&mut self, params: Params) {
        let changeset = UserToken::default().api_changeset(params.within("user_token"));
        self.form = changeset.with_action(Action::Validate).to_form();
    }

    #[event]
    async fn create(&mut self, cx: &mut Cx, params: Params) -> Result<()> {
        match accounts::create_api_token(cx.state::<Repo>(), &self.user, params.within("user_token")).await {
            Ok((secret, token)) => {
                self.tokens.insert(0, token);
                self.fresh = Some(secret);
                self.form = empty();
            }
            Err(WriteError::Invalid(changeset)) => self.form = changeset.to_form(),
            Err(WriteError::Repo(error)) => return Err(error.into()),
        }
        Ok(())
    }

    #[event]
    async fn delete(&mut self, cx: &mut Cx, id: i64) -> Result<()> {
        accounts::delete_api_token(cx.state::<Repo>(), &self.user, id).await?;
        self.tokens.retain(|token| token.id != id);
        Ok(())
    }

    fn render(&self) -> Element {
        rsx! {
            Shell { viewer: self.viewer.clone(),
                main { class: "page page--narrow",
                    section { class: "card form",
                        h1 { "{self.user.name}" }
                        p { "Your role is " strong { "{self.user.role.name()}" } ". {rights(&self.user)}" }
                        div { class: "actions",
                            Link { navigate: path!("/account/password"), class: "button", "Change password" }
                            Link { href: path!("/log-out/everywhere"), method: "delete", class: "button", "Log out everywhere" }
                        }
                    }
                    section { class: "card form", "aria-label": "API tokens",
                        h2 { "API tokens" }
                        p { class: "hint", "A program that sends one may what you may." }
                        if let Some(fresh) = &self.fresh {
                            FreshSecret { title: "Copy it now: it is not shown again.", secret: fresh.as_str() }
                        }
                        FormFor { form: &self.form, class: "inline", phx_change: Self::on_validate(), phx_submit: Self::on_create(),
                            Input { field: self.form.field(UserToken::label), label: "What it is for", placeholder: "Gateway in hall 2", phx_debounce: "blur" }
                            button { r#type: "submit", class: "button", "Make a token" }
                        }
                        if self.tokens.is_empty() {
                            p { class: "empty", "No program has a token." }
                        }
                        ul { class: "rows",
                            for token in &self.tokens {
                                li { key: "{token.id}", class: "rows__row",
                                    span { "{token.label.as_deref().unwrap_or_default()}" }
                                    span { class: "rows__detail", "until {format::date(token.expires_at)}" }
                                    button { r#type: "button", class: "button button--link", phx_click: Self::on_delete(token.id), "Take back" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn empty() -> Form<UserToken> {
    UserToken::default().api_changeset(&Params::new()).to_form()
}

fn rights(user: &User) -> &'static str {
    match user.role {
        accounts::Role::Viewer => "You may look. An administrator can make you an operator.",
        accounts::Role::Operator => "You may drive robots and plan missions.",
        accounts::Role::Admin => "You may do everything, and say who else may.",
    }
}
