//! What can be chosen in a select or a group of radio buttons.

use std::fmt::Display;

/// Choices and groups of them, in order. Made from pairs of label and value, from texts that are both, or piece by piece.
///
/// ```
/// use liveview_core::form::SelectOptions;
///
/// let _ = SelectOptions::from([("Idle", 0), ("On patrol", 1)]);
/// let _ = SelectOptions::from(["north", "south"]);
/// let _ = SelectOptions::new().choice("Anywhere", "").group("Hall 1", [("Gate", 1), ("Ramp", 2)]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SelectOptions(pub(super) Vec<SelectOption>);

/// A choice, or a group of choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelectOption {
    /// What can be chosen.
    Choice {
        /// What one reads.
        label: String,
        /// What is sent.
        value: String,
        /// It is listed, and cannot be chosen.
        disabled: bool,
    },
    /// Choices under a heading.
    Group {
        /// The heading.
        label: String,
        /// The choices.
        options: Vec<SelectOption>,
    },
}

impl SelectOptions {
    /// Nothing to choose from.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more choice.
    #[must_use]
    pub fn choice(mut self, label: impl Display, value: impl Display) -> Self {
        self.0.push(choice(&label, &value));
        self
    }

    /// One more choice that is only listed.
    #[must_use]
    pub fn disabled(mut self, label: impl Display, value: impl Display) -> Self {
        self.0.push(SelectOption::Choice { label: label.to_string(), value: value.to_string(), disabled: true });
        self
    }

    /// Choices under a heading.
    #[must_use]
    pub fn group(mut self, label: impl Display, options: impl Into<Self>) -> Self {
        self.0.push(SelectOption::Group { label: label.to_string(), options: options.into().0 });
        self
    }

    /// The choices, those of groups too: label, value, whether it is disabled.
    pub(super) fn choices(&self) -> Vec<(&str, &str, bool)> {
        let mut all = Vec::new();
        for option in &self.0 {
            match option {
                SelectOption::Choice { label, value, disabled } => all.push((&**label, &**value, *disabled)),
                SelectOption::Group { options, .. } => {
                    all.extend(options.iter().filter_map(|option| match option {
                        SelectOption::Choice { label, value, disabled } => Some((&**label, &**value, *disabled)),
                        SelectOption::Group { .. } => None,
                    }));
                }
            }
        }
        all
    }
}

fn choice(label: &impl Display, value: &impl Display) -> SelectOption {
    SelectOption::Choice { label: label.to_string(), value: value.to_string(), disabled: false }
}

impl<L: Display, V: Display> FromIterator<(L, V)> for SelectOptions {
    fn from_iter<I: IntoIterator<Item = (L, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(label, value)| choice(&label, &value)).collect())
    }
}

impl<L: Display, V: Display, const N: usize> From<[(L, V); N]> for SelectOptions {
    fn from(pairs: [(L, V); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl<L: Display, V: Display> From<Vec<(L, V)>> for SelectOptions {
    fn from(pairs: Vec<(L, V)>) -> Self {
        pairs.into_iter().collect()
    }
}

impl<const N: usize> From<[&str; N]> for SelectOptions {
    fn from(texts: [&str; N]) -> Self {
        texts.into_iter().map(|text| (text, text)).collect()
    }
}

impl From<&[&str]> for SelectOptions {
    fn from(texts: &[&str]) -> Self {
        texts.iter().map(|text| (text, text)).collect()
    }
}

impl From<Vec<String>> for SelectOptions {
    fn from(texts: Vec<String>) -> Self {
        texts.iter().map(|text| (text, text)).collect()
    }
}
