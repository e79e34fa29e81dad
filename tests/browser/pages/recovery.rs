//! Forms that outlive their view. The query says what is special: `no-id`, `no-change`, `auto-recover`, `no-unused`, `ignore`,
//! `portal`.

use bennu::prelude::*;

use crate::probe;

/// A command for the page itself.
const SHOUT: &str = r##"[["dispatch",{"event":"shout","to":"#heard"}]]"##;

/// What the query says, for one that is nested.
pub(crate) struct Options(pub(crate) Params);

#[derive(LiveView)]
pub(crate) struct RecoveryLive {
    options: Params,
    values: Params,
    validations: u32,
    saved: Option<String>,
    _alive: probe::Alive,
}

#[live_view]
impl RecoveryLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let values = Params::from_iter([("a", "foo"), ("b", "bar"), ("c", "baz"), ("d", "foo")]);
        let options = cx.assigned::<Options>().map_or_else(|| cx.params().clone(), |options| options.0.clone());
        Ok(Self { options, values, validations: 0, saved: None, _alive: probe::alive("recovery") })
    }

    /// A text that no view survives.
    #[event]
    fn validate(&mut self, params: Params) {
        assert_ne!(params.get("b"), Some("boom"), "this was to be expected");
        self.values = params;
        self.validations += 1;
    }

    #[event]
    fn restore(&mut self) {
        self.values.insert("b", "restored by the server");
    }

    #[event]
    async fn save(&mut self, params: Params) {
        probe::gate().await;
        self.saved = Some(params.encode());
    }

    #[event]
    async fn press(&mut self) {
        probe::gate().await;
    }

    fn render(&self) -> Element {
        let has = |option: &str| self.options.param(option).is_some();
        let value = |name: &str| self.values.get(name).unwrap_or_default().to_owned();
        let id = (!has("no-id")).then_some("test-form");
        let change = (!has("no-change")).then(Self::on_validate);
        let recover = match (has("auto-recover"), has("ignore")) {
            (true, _) => Some("restore"),
            (_, true) => Some("ignore"),
            _ => None,
        };
        let form = rsx! {
            form {
                id,
                class: "myformclass",
                phx_change: change.map(|push| push.to_string()),
                phx_submit: Self::on_save(),
                phx_auto_recover: recover,
                phx_no_unused_field: has("no-unused"),
                input { r#type: "text", name: "a", readonly: true, value: value("a") }
                input { r#type: "text", name: "b", value: value("b") }
                input { r#type: "text", name: "uncontrolled" }
                select { name: "d",
                    for choice in ["foo", "bar", "baz"] {
                        option { key: "{choice}", value: choice, selected: value("d") == choice, "{choice}" }
                    }
                }
                button { id: "submit", r#type: "submit", phx_disable_with: "Submitting", "Submit" }
                button {
                    id: "submit-js",
                    r#type: "submit",
                    name: "by",
                    value: "js",
                    "phx-click": SHOUT,
                    "Submit with a command"
                }
            }
        };
        rsx! {
            if has("portal") {
                Portal { id: "form-portal", target: "body", {form} }
            } else {
                {form}
            }
            input { r#type: "text", name: "c", form: "test-form", value: value("c") }
            button { id: "press", r#type: "button", phx_click: Self::on_press(), phx_disable_with: "Loading", "Press" }
            p { id: "heard" }
            output { id: "validations", "{self.validations}" }
            output { id: "saved", {self.saved.clone()} }
            if self.values.is_used("b") && value("b").len() < 3 {
                p { id: "b-error", "too short" }
            }
        }
    }
}
