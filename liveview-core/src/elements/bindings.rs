//! The bindings: attributes that tell the browser's runtime what to send, and how to behave meanwhile.
//!
//! Each is a Dioxus attribute description (name, namespace, volatile), `phx_click` for `phx-click`. Names are Phoenix's, but for
//! [`phx_hold`], [`phx_release`] and [`phx_repeat`], which Phoenix does not have. Values that travel with an event
//! are attributes with a name of one's own and are written as text: `"phx-value-id": "{robot.id}"`.
//!
//! Only what the client does is here: a binding of Phoenix that is not there yet is a compile error, not an attribute that does nothing.

// Dioxus spells attributes in lower case, since that is how `rsx!` looks them up.
#![allow(non_upper_case_globals)]

use dioxus_core::{HasAttributes, IntoAttributeValue};
use dioxus_html::AttributeDescription;

macro_rules! bindings {
    ($($(#[$doc:meta])* $name:ident = $attribute:literal;)*) => {
        $(
            $(#[$doc])*
            pub const $name: AttributeDescription = ($attribute, None, false);
        )*

        /// The bindings on components that hand attributes to an element of theirs
        /// (`#[props(extends = GlobalAttributes)]`): `Input { field, phx_debounce: "300" }`. The prelude has it.
        pub trait BindingAttributes: HasAttributes + Sized {
            $(
                $(#[$doc])*
                #[must_use]
                fn $name<T>(self, value: impl IntoAttributeValue<T>) -> Self {
                    self.push_attribute($attribute, None, value, false)
                }
            )*
        }

        impl<B: HasAttributes> BindingAttributes for B {}

        #[cfg(test)]
        pub(super) const ALL: &[(&str, AttributeDescription)] = &[$((stringify!($name), $name)),*];
    };
}

bindings! {
    /// Pushes an event when the element is clicked.
    phx_click = "phx-click";
    /// Pushes the form, or the single control, when a value in it changes.
    phx_change = "phx-change";
    /// Pushes the form when it is submitted.
    phx_submit = "phx-submit";
    /// Pushes an event when a key goes down while the element has focus.
    phx_keydown = "phx-keydown";
    /// Pushes an event when a key goes up while the element has focus.
    phx_keyup = "phx-keyup";
    /// Pushes an event when a key goes down anywhere in the page.
    phx_window_keydown = "phx-window-keydown";
    /// Pushes an event when a key goes up anywhere in the page.
    phx_window_keyup = "phx-window-keyup";
    /// Lets only this key through to the key bindings of the element, such as `Escape`; case does not matter.
    phx_key = "phx-key";
    /// Pushes an event when the element loses focus.
    phx_blur = "phx-blur";
    /// Pushes an event when the element gets focus.
    phx_focus = "phx-focus";
    /// Pushes an event when the page loses focus.
    phx_window_blur = "phx-window-blur";
    /// Pushes an event when the page gets focus.
    phx_window_focus = "phx-window-focus";
    /// Waits for a pause of so many milliseconds, or with `blur` until the control is left, before it pushes.
    phx_debounce = "phx-debounce";
    /// Pushes at once and then at most once in so many milliseconds.
    phx_throttle = "phx-throttle";
    /// The text of the button, disabled, while its event is unanswered.
    phx_disable_with = "phx-disable-with";
    /// Shows the page's loading bar while the element's event is unanswered.
    phx_page_loading = "phx-page-loading";
    /// Pushes an event when the pointer, Space or Enter goes down on the element and again while it is held.
    phx_hold = "phx-hold";
    /// Pushes an event once when the hold ends, however it ends.
    phx_release = "phx-release";
    /// Milliseconds between the events of a hold or of a key that is held down; 100 for a hold that says nothing.
    phx_repeat = "phx-repeat";
    /// Sends the form without the markers of controls that nobody has used yet.
    phx_no_unused_field = "phx-no-unused-field";
    /// Once it is there, the browser itself posts the form to its `action`, and leaves the page.
    phx_trigger_action = "phx-trigger-action";
    /// The event that takes the place of `phx_change` when what was typed is given to a new view after a lost one; `ignore`
    /// for a form that is not to be recovered. A form needs an id to be.
    phx_auto_recover = "phx-auto-recover";
    /// Lets the server patch the control while it has focus.
    phx_patch_focused = "phx-patch-focused";
}
