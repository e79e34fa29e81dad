//! `alias = web::admin` of a scope: the module that relative paths of its handlers, views and resources begin in.

use syn::{Expr, Path, Type};

/// The module, if a scope named one.
#[derive(Clone, Default)]
pub(super) struct Alias(Option<Path>);

impl Alias {
    /// That of a scope in this one: below it, unless it is absolute.
    pub(super) fn then(&self, path: Path) -> Self {
        Self(Some(self.of_path(path)))
    }

    pub(super) fn of_path(&self, mut path: Path) -> Path {
        let Some(module) = self.0.as_ref().filter(|_| is_relative(&path)) else { return path };
        let mut whole = module.clone();
        if !whole.segments.empty_or_trailing() {
            whole.segments.push_punct(syn::token::PathSep::default());
        }
        whole.segments.extend(std::mem::take(&mut path.segments));
        whole
    }

    /// A handler that is a path; other expressions stay as they are.
    pub(super) fn of_expr(&self, expr: Expr) -> Expr {
        match expr {
            Expr::Path(mut handler) if handler.qself.is_none() => {
                handler.path = self.of_path(handler.path);
                Expr::Path(handler)
            }
            other => other,
        }
    }

    pub(super) fn of_type(&self, ty: Type) -> Type {
        match ty {
            Type::Path(mut view) if view.qself.is_none() => {
                view.path = self.of_path(view.path);
                Type::Path(view)
            }
            other => other,
        }
    }
}

/// Whether a path says nothing about where it begins.
fn is_relative(path: &Path) -> bool {
    let begins =
        path.segments.first().is_some_and(|first| ["crate", "self", "super"].iter().any(|word| first.ident == word));
    path.leading_colon.is_none() && !begins
}
