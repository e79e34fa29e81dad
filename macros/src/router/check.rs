//! What must hold between the items of a router. What breaks a rule is reported and taken out.

use std::collections::HashMap;

use super::model::{Item, Routes, Verb};
use super::path::RoutePath;
use crate::errors::Errors;

/// What a path is unique in: requests of one method, or everything below a prefix.
#[derive(PartialEq, Eq)]
enum Space {
    Method(Verb),
    Below,
}

impl Space {
    /// What is below a prefix begins with the prefix itself, by any method.
    fn meets(&self, other: &Self) -> bool {
        self == other || *self == Self::Below || *other == Self::Below
    }
}

pub(super) fn routes(routes: &mut Routes, errors: &mut Errors) {
    let mut seen = HashMap::new();
    let mut has_layout = false;
    routes.items.retain(|item| match item {
        Item::Layout(path) => {
            let repeated = std::mem::replace(&mut has_layout, true);
            if repeated {
                errors.at(path, "this router has a layout already");
            }
            !repeated
        }
        item => is_fixed(item, errors) && is_first(item, &mut seen, errors),
    });
}

fn is_fixed(item: &Item, errors: &mut Errors) -> bool {
    let (path, message) = match item {
        Item::Asset { path, media_type, .. } => {
            if !media_type.value().contains('/') {
                errors.at(media_type, "a media type has two parts, as in `text/css`");
                return false;
            }
            (path, "an asset is one file, so its path has no parameters")
        }
        Item::Static { path, .. } | Item::Forward { path, .. } | Item::Dioxus { path, .. } => {
            if path.literal.value() == "/" {
                errors.at(&path.literal, "all is below `/`: give a longer path, and leave `/` to the routes");
                return false;
            }
            (path, "all that is below this path is matched, so it has no parameters")
        }
        Item::Layout(_) | Item::Live { .. } | Item::Verb { .. } => return true,
    };
    if path.has_params() {
        errors.at(&path.literal, message);
    }
    !path.has_params()
}

fn is_first(item: &Item, seen: &mut HashMap<String, Vec<(Space, String)>>, errors: &mut Errors) -> bool {
    let Some((space, path)) = place(item) else {
        return true;
    };
    let written = path.literal.value();
    let before = seen.entry(path.shape().to_owned()).or_default();
    let mistake = before.iter().find_map(|(taken, first)| {
        if space.meets(taken) {
            Some(format!("requests for this path go to the route `{first}` above"))
        } else if *first != written {
            // The HTTP router knows a path by the names of its parameters, and refuses a second set of them.
            Some(format!("the parameters of this path have other names in the route `{first}` above"))
        } else {
            None
        }
    });
    if let Some(message) = &mistake {
        errors.at(&path.literal, message);
    } else {
        before.push((space, written));
    }
    mistake.is_none()
}

/// A live view and an asset answer to GET.
fn place(item: &Item) -> Option<(Space, &RoutePath)> {
    match item {
        Item::Layout(_) => None,
        Item::Live { path, .. } | Item::Asset { path, .. } => Some((Space::Method(Verb::Get), path)),
        Item::Verb { verb, path, .. } => Some((Space::Method(*verb), path)),
        Item::Static { path, .. } | Item::Forward { path, .. } | Item::Dioxus { path, .. } => {
            Some((Space::Below, path))
        }
    }
}
