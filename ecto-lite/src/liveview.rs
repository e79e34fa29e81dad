//! Changesets in forms of live views, and what such forms send as input (`Phoenix.HTML.FormData` for `Ecto.Changeset`,
//! `phoenix_ecto` 4.6).
//!
//! `changeset.to_form()` makes the form; `Robot::name` names its fields and `Robot::missions` its nested rows. A live view's `Params` can be cast
//! as they are. Nothing here asks a database.

mod checks;
mod names;
mod params;
#[cfg(feature = "postgres")]
mod pubsub;
mod repo_status;
pub(crate) mod rows;
mod values;

use std::borrow::Cow;
use std::sync::Arc;

use liveview_core::form::{FormData, FormParts, Nested, NestedParts};

#[cfg(feature = "postgres")]
pub use pubsub::{PostgresPubSub, PostgresPubSubBuilder};
pub use repo_status::{PendingMigrations, check_repo_status};

use crate::changeset::{Action, Changeset, Data};

/// A field shows its change, or else what was typed, or else what the struct holds.
impl<D: Data> FormData for Changeset<D> {
    type Of = D;

    fn form_parts(&self) -> FormParts {
        FormParts { nested: nested(self), ..level(self) }
    }
}

/// The changeset's own fields.
fn level<D: Data>(changeset: &Changeset<D>) -> FormParts {
    let data = &changeset.data;
    let key = data.form_key().into_iter();
    FormParts {
        name: data.form_name().map(form_name),
        action: changeset.action.map(|action| Cow::Borrowed(action_name(action))),
        params: changeset.params.as_ref().map(params::to_web).unwrap_or_default(),
        values: values::of(changeset),
        errors: changeset.errors.iter().map(|(name, error)| (name.clone(), error.to_string())).collect(),
        validations: checks::of(changeset),
        hidden: key.filter_map(|(name, value)| Some((name, values::text(&value)?))).collect(),
        nested: Nested::default(),
    }
}

/// The changeset is copied, for a form is a value of its own; what the copy holds is looked at only for the rows that are shown.
fn nested<D: Data>(changeset: &Changeset<D>) -> Nested {
    let changeset = Arc::new(changeset.clone());
    Nested::new(move |name| rows_of(&changeset, name))
}

fn rows_of<D: Data>(changeset: &Changeset<D>, name: &str) -> Option<NestedParts> {
    match changeset.relations.iter().find(|relation| relation.name() == name) {
        Some(relation) => Some(relation.children().form_rows()),
        None => changeset.data.form_rows(name),
    }
}

fn action_name(action: Action) -> &'static str {
    match action {
        Action::Insert => "insert",
        Action::Update => "update",
        Action::Delete => "delete",
        Action::Replace => "replace",
        Action::Ignore => "ignore",
        Action::Validate => "validate",
    }
}

/// `MailingList` as `mailing_list`.
fn form_name(schema: &str) -> Cow<'static, str> {
    let mut name = String::with_capacity(schema.len() + 2);
    for (at, letter) in schema.char_indices() {
        if letter.is_uppercase() && at > 0 {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    Cow::Owned(name)
}

#[cfg(test)]
mod tests;
