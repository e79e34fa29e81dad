//! Four buttons that drive a robot while they are held, and the arrow keys that do the same.
//!
//! Each button stands for a key: holding either pushes the same event again and again, letting go pushes another.
//! What is held is the view's to know; nothing here moves a robot by itself.

use bennu::prelude::*;
use serde::{Deserialize, Serialize};

/// A direction of the pad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Ahead.
    Forward,
    /// Turn counter-clockwise.
    Left,
    /// Turn clockwise.
    Right,
    /// Back.
    Backward,
}

impl Direction {
    /// All of them, in the order in which Tab visits them.
    pub const ALL: [Self; 4] = [Self::Forward, Self::Left, Self::Right, Self::Backward];

    const fn key(self) -> &'static str {
        match self {
            Self::Forward => "ArrowUp",
            Self::Left => "ArrowLeft",
            Self::Right => "ArrowRight",
            Self::Backward => "ArrowDown",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Forward => "Drive forward",
            Self::Left => "Turn left",
            Self::Right => "Turn right",
            Self::Backward => "Drive backward",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Left => "left",
            Self::Right => "right",
            Self::Backward => "backward",
        }
    }

    /// An arrow that points up, left, right or down.
    const fn arrow(self) -> &'static str {
        match self {
            Self::Forward => "M12 5 19 14H5Z",
            Self::Left => "M5 12 14 5V19Z",
            Self::Right => "M19 12 10 5V19Z",
            Self::Backward => "M12 19 5 10H19Z",
        }
    }
}

/// A button of the pad: what holding and letting go of it push, and whether it is held now.
#[component]
pub fn DriveButton(direction: Direction, held: bool, hold: Push, release: Push) -> Element {
    let state = if held { "is-held" } else { "" };
    rsx! {
        button {
            r#type: "button",
            class: "pad__button pad__button--{direction.class()} {state}",
            "aria-label": "{direction.label()}",
            "aria-keyshortcuts": "{direction.key()}",
            phx_hold: hold.clone(),
            phx_release: release.clone(),
            phx_repeat: "100",
            phx_key: "{direction.key()}",
            phx_window_keydown: hold,
            phx_window_keyup: release,
            svg { view_box: "0 0 24 24", "aria-hidden": "true",
                path { d: "{direction.arrow()}" }
            }
        }
    }
}
