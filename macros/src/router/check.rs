//! What must hold between the items of a router. What breaks a rule is reported and taken out.

use proc_macro2::Ident;
use syn::LitStr;

use self::table::{Entry, Table};
use super::model::{Files, Item, Method, Routes};
use super::path::{RoutePath, Segment, Shown};
use super::resources::Resources;
use crate::errors::Errors;

mod plugs;
mod sockets;
mod table;

/// The rules; returns the paths of all routes, as `path!` wants them.
pub(super) fn routes(routes: &mut Routes, errors: &mut Errors) -> Vec<String> {
    plugs::resolve(routes, errors);
    let mut check = Check { errors, sessions: Vec::new(), table: Table::default() };
    check.sockets(&mut routes.items);
    check.items(&mut routes.items, &Around::default());
    check.table.paths()
}

struct Check<'e> {
    errors: &'e mut Errors,
    /// Names of live sessions.
    sessions: Vec<Ident>,
    table: Table,
}

/// The scopes around an item, as one.
#[derive(Clone, Default)]
struct Around {
    path: Vec<Segment>,
    hosts: Vec<String>,
}

impl Check<'_> {
    fn items(&mut self, items: &mut Vec<Item>, around: &Around) {
        let mut has_layout = false;
        items.retain_mut(|item| match item {
            Item::Layout(path) => {
                let repeated = std::mem::replace(&mut has_layout, true);
                if repeated {
                    self.errors.at(path, "there is a layout here already; another one is for a scope of its own");
                }
                !repeated
            }
            item => self.item(item, around),
        });
    }

    fn item(&mut self, item: &mut Item, around: &Around) -> bool {
        match item {
            // Sockets were checked before all others.
            Item::Layout(_) | Item::Socket(_) | Item::Channel(_) => true,
            Item::Scope(scope) => self.within(&scope.path, around, &scope.hosts).is_some_and(|around| {
                self.items(&mut scope.items, &around);
                true
            }),
            Item::LiveSession(session) => {
                let is_new = self.is_new_session(&session.name);
                self.items(&mut session.items, around);
                is_new
            }
            Item::Resources(resources) => self.resources(resources, around),
            Item::Live { path, .. } => self.place(path, around, get(), None),
            Item::Verb { methods, path, .. } => {
                self.place(path, around, methods.iter().map(Method::name).collect(), None)
            }
            Item::Asset { path, media_type, .. } => {
                if !media_type.value().contains('/') {
                    self.errors.at(media_type, "a media type has two parts, as in `text/css`");
                    return false;
                }
                self.is_fixed(path, around, "an asset is one file") && self.place(path, around, get(), None)
            }
            Item::Dioxus { path, .. } => {
                self.is_fixed(path, around, "an app is one page") && self.place(path, around, get(), None)
            }
            Item::Static { path, files } => self.files(path, files, around),
            Item::Forward { path, .. } => {
                self.is_fixed(path, around, BELOW)
                    && self.is_not_all(path, around, "and leave `/` to the routes")
                    && self.add(path, around, any(), true, None)
            }
        }
    }

    fn within(&mut self, path: &RoutePath, around: &Around, hosts: &[LitStr]) -> Option<Around> {
        // The innermost scope with hosts decides.
        let hosts = if hosts.is_empty() { around.hosts.clone() } else { hosts.iter().map(LitStr::value).collect() };
        Some(Around { path: self.whole(path, around)?, hosts })
    }

    fn whole(&mut self, path: &RoutePath, around: &Around) -> Option<Vec<Segment>> {
        let whole = path.below(&around.path);
        self.errors.ok(whole.map_err(|message| syn::Error::new(path.literal.span(), message)))
    }

    fn is_new_session(&mut self, name: &Ident) -> bool {
        if name == "default" {
            self.errors
                .at(name, "`default` is the live session of routes outside of any other; give this one another name");
        } else if self.sessions.contains(name) {
            self.errors.at(name, format!("there is a live session `{name}` above: put all its routes into one block"));
        } else {
            self.sessions.push(name.clone());
            return true;
        }
        false
    }

    fn resources(&mut self, resources: &mut Resources, around: &Around) -> bool {
        for action in resources.actions.clone() {
            let path = resources.path_of(action);
            let methods = action.verbs().iter().map(|verb| Method::Verb(*verb, path.literal.span()).name()).collect();
            if !self.place(&path, around, methods, Some(action.name())) {
                return false;
            }
        }
        let Some(nested) = &resources.nested else { return true };
        let Some(around) = self.within(&resources.member_path(nested), around, &[]) else { return false };
        if let Some(nested) = &mut resources.nested {
            self.items(&mut nested.items, &around);
        }
        true
    }

    /// A route of one path; whether any request can reach it. `function` is that of resources.
    fn place(
        &mut self,
        path: &RoutePath,
        around: &Around,
        methods: Vec<Option<String>>,
        function: Option<&'static str>,
    ) -> bool {
        self.add(path, around, methods, false, function)
    }

    /// The names that are listed, or all.
    fn files(&mut self, path: &RoutePath, files: &Files, around: &Around) -> bool {
        if !self.is_fixed(path, around, BELOW) {
            return false;
        }
        if files.only.is_empty() {
            let how = "or list what is to be found there, `(only = [\"images\", \"favicon.ico\"])`";
            return self.is_not_all(path, around, how) && self.add(path, around, get(), true, None);
        }
        files.only.iter().all(|name| {
            let below = path.with(&[Segment::Text(name.value())]);
            self.add(&below, around, get(), true, None)
        })
    }

    fn is_not_all(&mut self, path: &RoutePath, around: &Around, how: &str) -> bool {
        let is_all = path.segments.is_empty() && around.path.is_empty();
        if is_all {
            self.errors.at(&path.literal, format!("all is below `/`: give a longer path, {how}"));
        }
        !is_all
    }

    fn add(
        &mut self,
        path: &RoutePath,
        around: &Around,
        methods: Vec<Option<String>>,
        is_prefix: bool,
        function: Option<&'static str>,
    ) -> bool {
        let Some(segments) = self.whole(path, around) else { return false };
        let added = self.table.add(Entry { segments, methods, hosts: around.hosts.clone(), is_prefix }, function);
        self.errors.ok(added.map_err(|message| syn::Error::new(path.literal.span(), message))).is_some()
    }

    fn is_fixed(&mut self, path: &RoutePath, around: &Around, why: &str) -> bool {
        let has_params = |path: &[Segment]| path.iter().any(|segment| segment.name().is_some());
        if has_params(&path.segments) {
            self.errors.at(&path.literal, format!("{why}, so its path has no parameters"));
        } else if has_params(&around.path) {
            let above = Shown(&around.path);
            self.errors.at(&path.literal, format!("{why}, so it cannot stand below the parameters of `{above}`"));
        } else {
            return true;
        }
        false
    }
}

const BELOW: &str = "all that is below this path is matched";

/// What live views, apps and files answer to.
fn get() -> Vec<Option<String>> {
    vec![Some("GET".to_owned())]
}

fn any() -> Vec<Option<String>> {
    vec![None]
}
