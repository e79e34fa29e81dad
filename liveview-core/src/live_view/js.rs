//! What a binding does beside pushing an event: a list of commands that the client carries out in order (`Phoenix.LiveView.JS`).
//!
//! A [`Js`] becomes the value of a `phx_*` attribute, `[["push",{…}],["navigate",{"href":"/fleet"}]]`. This version knows `push`, `navigate`
//! and `patch`.

use std::fmt::{self, Display, Formatter};

use dioxus_core::{AttributeValue, IntoAttributeValue};
use serde_json::json;

use super::push::Push;
use crate::error::check_link;

/// Commands for a `phx_*` binding.
///
/// ```text
/// button { phx_click: Js::new().push(Self::on_save()).navigate("/fleet"), "Save and close" }
/// ```
///
/// A command that a page must not have (a `javascript:` address, a push whose arguments have no form in JSON) is logged as an error, and the
/// whole attribute is left out, as with a [`Push`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "commands do nothing until they are the value of a `phx_*` attribute"]
pub struct Js {
    /// The commands, with commas between them.
    commands: String,
    broken: bool,
}

impl Js {
    /// No commands.
    pub fn new() -> Self {
        Self::default()
    }

    /// Pushes an event.
    #[allow(clippy::needless_pass_by_value, reason = "a push is used up where it is given, as in a binding")]
    pub fn push(mut self, push: Push) -> Self {
        self.separate();
        self.broken |= push.is_broken();
        push.write_command(&mut self.commands);
        self
    }

    /// Goes to another view, as a link with `navigate` does.
    pub fn navigate(self, to: impl Into<String>) -> Self {
        self.go("navigate", &to.into(), false)
    }

    /// As [`navigate`](Self::navigate), in place of the history's present entry.
    pub fn navigate_replace(self, to: impl Into<String>) -> Self {
        self.go("navigate", &to.into(), true)
    }

    /// Goes to another URL of the view, as a link with `patch` does.
    pub fn patch(self, to: impl Into<String>) -> Self {
        self.go("patch", &to.into(), false)
    }

    /// As [`patch`](Self::patch), in place of the history's present entry.
    pub fn patch_replace(self, to: impl Into<String>) -> Self {
        self.go("patch", &to.into(), true)
    }

    fn go(mut self, command: &str, to: &str, replace: bool) -> Self {
        if let Err(error) = check_link(to, true) {
            tracing::error!(%error, "a command leads nowhere; its binding is left out");
            self.broken = true;
            return self;
        }
        self.separate();
        let options = if replace { json!({ "href": to, "replace": true }) } else { json!({ "href": to }) };
        self.commands.push_str(&json!([command, options]).to_string());
        self
    }

    fn separate(&mut self) {
        if !self.commands.is_empty() {
            self.commands.push(',');
        }
    }
}

impl From<Push> for Js {
    fn from(push: Push) -> Self {
        Self::new().push(push)
    }
}

impl Display for Js {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.broken { Ok(()) } else { write!(f, "[{}]", self.commands) }
    }
}

impl IntoAttributeValue for Js {
    fn into_value(self) -> AttributeValue {
        if self.broken { AttributeValue::None } else { AttributeValue::Text(self.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use dioxus_core::{AttributeValue, IntoAttributeValue as _};

    use super::{Js, Push};

    #[test]
    fn commands_print_as_a_list_in_their_order() {
        let js = Js::new().push(Push::new("save").arg(3)).navigate("/fleet").patch_replace("?page=2");
        let expected = r#"[["push",{"event":"save","args":[3]}],["navigate",{"href":"/fleet"}],["patch",{"href":"?page=2","replace":true}]]"#;
        assert_eq!(js.to_string(), expected);
        assert_eq!(Js::from(Push::new("save")).to_string(), r#"[["push",{"event":"save"}]]"#);
    }

    #[test]
    fn a_command_that_would_run_a_script_takes_the_attribute_with_it() {
        for to in ["javascript:alert(1)", "//evil", "mailto:a@b.example"] {
            assert_eq!(Js::new().push(Push::new("save")).navigate(to).into_value(), AttributeValue::None, "{to}");
        }
    }
}
