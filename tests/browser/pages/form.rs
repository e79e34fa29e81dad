//! A form with every common control, echoed as the server sees it.

use bennu::prelude::*;
use serde::Deserialize;

use crate::probe;

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Profile {
    name: String,
    email: String,
    role: String,
    plan: String,
    bio: String,
    terms: bool,
    age: Option<u8>,
    submitted_by: String,
}

#[derive(LiveView)]
pub(crate) struct FormLive {
    profile: Profile,
    saved: Option<Profile>,
    name_used: bool,
    changes: u32,
    submits: u32,
}

#[live_view]
impl FormLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        let profile = Profile { role: "pilot".into(), plan: "basic".into(), ..Profile::default() };
        Ok(Self { profile, saved: None, name_used: false, changes: 0, submits: 0 })
    }

    #[event]
    fn validate(&mut self, params: Params, Fields(profile): Fields<Profile>) {
        self.name_used = params.is_used("name");
        self.profile = profile;
        self.changes += 1;
    }

    /// Forgets what was typed, so that the page has to empty the form.
    #[event]
    fn save(&mut self, Fields(profile): Fields<Profile>) {
        self.saved = Some(profile);
        self.profile = Profile { role: "pilot".into(), plan: "basic".into(), ..Profile::default() };
        self.submits += 1;
    }

    #[event]
    async fn save_slowly(&mut self) {
        probe::gate().await;
        self.submits += 1;
    }

    #[event]
    async fn press(&mut self) {
        probe::gate().await;
    }

    fn render(&self) -> Element {
        let Profile { name, email, role, plan, bio, terms, age, .. } = &self.profile;
        rsx! {
            form { id: "profile", class: "wide", phx_change: Self::on_validate(), phx_submit: Self::on_save(),
                input { id: "name", name: "name", value: "{name}" }
                if self.name_used && name.len() < 3 {
                    p { id: "name-error", "too short" }
                }
                input { id: "email", name: "email", r#type: "email", value: "{email}" }
                select { id: "role", name: "role",
                    for option in ["pilot", "watcher", "mechanic"] {
                        option { key: "{option}", value: option, selected: role == option, "{option}" }
                    }
                }
                for choice in ["basic", "full"] {
                    input { key: "{choice}", id: "plan-{choice}", r#type: "radio", name: "plan", value: choice, checked: plan == choice }
                }
                input { id: "terms", r#type: "checkbox", name: "terms", value: "true", checked: *terms }
                textarea { id: "bio", name: "bio", value: "{bio}" }
                input { id: "age", r#type: "number", name: "age", value: age.map(|age| age.to_string()) }
                button { id: "save", name: "submitted_by", value: "save", phx_disable_with: "Saving…", "Save" }
                button { id: "other", name: "submitted_by", value: "other", "Save as other" }
            }
            input { id: "outside", form: "profile", name: "outside" }
            form { id: "slow", class: "calm", phx_change: Self::on_validate(), phx_submit: Self::on_save_slowly(),
                input { id: "slow-a", name: "a" }
                input { id: "slow-readonly", name: "b", readonly: true }
                input { id: "slow-disabled", name: "c", disabled: true }
                button { id: "slow-save", class: "primary", phx_disable_with: "Sending", "Send" }
            }
            button { id: "press", phx_click: Self::on_press(), phx_disable_with: "Pressing", "Press" }
            p { "changes " output { id: "changes", "{self.changes}" } " submits " output { id: "submits", "{self.submits}" } }
            output { id: "seen", "{seen(&self.profile)}" }
            output { id: "saved", {self.saved.as_ref().map(seen)} }
        }
    }
}

fn seen(profile: &Profile) -> String {
    let Profile { name, email, role, plan, bio, terms, age, submitted_by } = profile;
    format!("{name}|{email}|{role}|{plan}|{bio}|{terms}|{age:?}|{submitted_by}")
}
