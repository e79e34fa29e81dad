//! The bindings: attributes that tell the browser's runtime what to send, and how to behave meanwhile.
//!
//! Each is a Dioxus attribute description (name, namespace, volatile), `phx_click` for `phx-click`. Names are Phoenix's, but for
//! [`phx_hold`], [`phx_release`] and [`phx_repeat`], which Phoenix does not have. Values that travel with an event
//! are attributes with a name of one's own and are written as text: `"phx-value-id": "{robot.id}"`.

// Dioxus spells attributes in lower case, since that is how `rsx!` looks them up.
#![allow(non_upper_case_globals)]

use dioxus_html::AttributeDescription;

macro_rules! bindings {
    ($($(#[$doc:meta])* $name:ident = $attribute:literal;)*) => {
        $(
            $(#[$doc])*
            pub const $name: AttributeDescription = ($attribute, None, false);
        )*

        #[cfg(test)]
        pub(super) const ALL: &[(&str, AttributeDescription)] = &[$((stringify!($name), $name)),*];
    };
}

bindings! {
    /// Pushes an event when the element is clicked.
    phx_click = "phx-click";
    /// Pushes an event when a click lands outside the element.
    phx_click_away = "phx-click-away";
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
    /// Sends the element's events to the component that this selector finds.
    phx_target = "phx-target";
    /// The text of the button, disabled, while its event is unanswered.
    phx_disable_with = "phx-disable-with";
    /// Pushes an event when the pointer, Space or Enter goes down on the element and again while it is held.
    phx_hold = "phx-hold";
    /// Pushes an event once when the hold ends, however it ends.
    phx_release = "phx-release";
    /// Milliseconds between the events of a hold or of a key that is held down; 100 for a hold that says nothing.
    phx_repeat = "phx-repeat";
    /// How the container's children are patched: `replace` (the default), `ignore` or `stream`.
    phx_update = "phx-update";
    /// The client object that is told when the element appears, changes and goes.
    phx_hook = "phx-hook";
    /// Pushes an event when the first child reaches the top of the container.
    phx_viewport_top = "phx-viewport-top";
    /// Pushes an event when the last child reaches the bottom of the container.
    phx_viewport_bottom = "phx-viewport-bottom";
    /// Commands that run when the element appears.
    phx_mounted = "phx-mounted";
    /// Commands that run before the element goes; it stays until their transitions have ended.
    phx_remove = "phx-remove";
    /// Commands that run when the view is connected again.
    phx_connected = "phx-connected";
    /// Commands that run when the view has been without a connection for half a second.
    phx_disconnected = "phx-disconnected";
    /// Lets files be dropped here for the upload with this reference.
    phx_drop_target = "phx-drop-target";
    /// The event that restores the form after a reconnect, in place of its `phx_change`; `ignore` for none.
    phx_auto_recover = "phx-auto-recover";
    /// Sends the form without the markers of controls that nobody has used yet.
    phx_no_unused_field = "phx-no-unused-field";
    /// Submits the form to its `action` by a plain HTTP request as soon as this is set.
    phx_trigger_action = "phx-trigger-action";
    /// Lets the server patch the control while it has focus.
    phx_patch_focused = "phx-patch-focused";
    /// Tells the server whether this asset is still the one that the page was loaded with.
    phx_track_static = "phx-track-static";
}
