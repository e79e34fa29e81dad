//! Which names mean bindings.

use proc_macro2::{Ident, TokenStream, TokenTree};

/// The bindings that an expression may name: those of its query so far, and those of the queries around it.
#[derive(Clone, Default)]
pub(super) struct Scope {
    bindings: Vec<Ident>,
    /// Those of joins further down.
    later: Vec<Ident>,
    /// Those of joins that could not be read.
    broken: Vec<Ident>,
}

impl Scope {
    /// That of a query inside this one, with the bindings that are not yet there.
    pub(super) fn inner(&self, later: Vec<Ident>, broken: &[Ident]) -> Self {
        let mut inner = self.clone();
        inner.bindings.retain(|ident| !broken.contains(ident));
        inner.later = later;
        inner.broken.extend_from_slice(broken);
        inner
    }

    /// From here on `ident` is a binding.
    pub(super) fn bind(&mut self, ident: &Ident) {
        self.later.retain(|later| later != ident);
        self.broken.retain(|broken| broken != ident);
        if ident != "_" {
            self.bindings.push(ident.clone());
        }
    }

    pub(super) fn bindings(&self) -> &[Ident] {
        &self.bindings
    }

    pub(super) fn is_binding(&self, ident: &Ident) -> bool {
        self.bindings.contains(ident)
    }

    pub(super) fn is_later(&self, ident: &Ident) -> bool {
        self.later.contains(ident)
    }

    pub(super) fn is_broken(&self, ident: &Ident) -> bool {
        self.broken.contains(ident)
    }

    /// Whether a binding is named anywhere in `tokens`.
    pub(super) fn is_named_in(&self, tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => self.is_binding(&ident) || self.is_broken(&ident),
            TokenTree::Group(group) => self.is_named_in(group.stream()),
            _ => false,
        })
    }
}
