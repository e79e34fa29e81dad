//! The routes of `resources` and `resource`: which functions of a module answer to what.
//!
//! The table is that of `Phoenix.Router.resources/4`, in its order: `new` stands before `show`, which would swallow it.

use syn::Path;

use super::model::{Item, Verb};
use super::path::{RoutePath, Segment};

/// One `resources` or `resource`.
pub(super) struct Resources {
    pub(super) path: RoutePath,
    pub(super) module: Path,
    pub(super) is_singleton: bool,
    /// Without those that it leaves out.
    pub(super) actions: Vec<Action>,
    /// The parameter of one of them: `id`.
    pub(super) param: String,
    pub(super) nested: Option<Nested>,
}

/// What stands in the braces: items below one of the resources.
pub(super) struct Nested {
    /// `/:post_id`; none for a singleton.
    pub(super) member: Option<String>,
    pub(super) items: Vec<Item>,
}

/// A function of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Index,
    New,
    Edit,
    Show,
    Create,
    Update,
    Delete,
}

impl Action {
    pub(super) const ALL: [Self; 7] =
        [Self::Index, Self::New, Self::Edit, Self::Show, Self::Create, Self::Update, Self::Delete];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::New => "new",
            Self::Edit => "edit",
            Self::Show => "show",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    pub(super) fn verbs(self) -> &'static [Verb] {
        match self {
            Self::Index | Self::New | Self::Edit | Self::Show => &[Verb::Get],
            Self::Create => &[Verb::Post],
            Self::Update => &[Verb::Patch, Verb::Put],
            Self::Delete => &[Verb::Delete],
        }
    }

    fn is_of_one(self) -> bool {
        matches!(self, Self::Edit | Self::Show | Self::Update | Self::Delete)
    }
}

impl Resources {
    /// The path of an action's routes.
    pub(super) fn path_of(&self, action: Action) -> RoutePath {
        let mut segments = Vec::new();
        if action.is_of_one() && !self.is_singleton {
            segments.push(Segment::Param { before: String::new(), name: self.param.clone() });
        }
        if matches!(action, Action::New | Action::Edit) {
            segments.push(Segment::Text(action.name().to_owned()));
        }
        self.path.with(&segments)
    }

    /// The path of the items in the braces.
    pub(super) fn member_path(&self, nested: &Nested) -> RoutePath {
        let member = nested.member.iter().map(|name| Segment::Param { before: String::new(), name: name.clone() });
        self.path.with(&member.collect::<Vec<_>>())
    }
}

/// `/robots/log-entries` as `log_entry`: what one of them is called. None if no name comes of it.
pub(super) fn singular(path: &RoutePath) -> Option<String> {
    let Some(Segment::Text(last)) = path.segments.last() else { return None };
    let words = last.replace('-', "_");
    let ends = |ends: &[&str]| ends.iter().any(|end| words.ends_with(end));
    let name = if let Some(stem) = words.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        format!("{stem}y")
    } else if ends(&["sses", "xes", "ches", "shes"]) {
        words[..words.len() - 2].to_owned()
    } else if ends(&["ss", "us", "is"]) {
        words.clone()
    } else {
        words.strip_suffix('s').unwrap_or(&words).to_owned()
    };
    super::path::is_name(&name).then_some(name)
}
