//! `preload`: handles of associations, found through the columns of a binding, so that no type need be named.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;

use super::super::at;
use super::super::model::Preload;
use super::{Block, hidden, hidden_at};

/// What loads one association.
struct Node {
    /// Its handle.
    association: TokenStream,
    /// Its rows, where the query has joined them.
    joined: Option<TokenStream>,
    /// What is loaded by statements of its own.
    separate: Option<TokenStream>,
}

/// Where the rows of an association come from.
enum Rows {
    /// A statement of its own, and then an association of the association.
    Nested(Ident),
    Joined(Ident),
    Query(TokenStream),
}

impl Block<'_, '_> {
    pub(super) fn preloads(&mut self, keyword: &Ident, preloads: Vec<Preload>) -> Option<TokenStream> {
        let query = hidden("query");
        let preload = Ident::new("preload", keyword.span());
        preloads
            .into_iter()
            .map(|node| {
                let first = hidden_at("first", node.association.span()).into_token_stream();
                let Node { association, joined, separate } = self.preload(&first, node)?;
                let joined = joined.map(|rows| {
                    quote_spanned! {at(keyword.span())=>
                        let #query = #query.preload_joined(#association, |_| #rows);
                    }
                });
                let separate = separate.map(|node| quote! { let #query = #query.#preload(#node); });
                Some(quote! { #joined #separate })
            })
            .collect()
    }

    fn preload(&mut self, owner: &TokenStream, preload: Preload) -> Option<Node> {
        let Preload { association: name, from, mut nested } = preload;
        let library = self.output.library(name.span());
        let handle = quote_spanned! {at(name.span())=> #owner.#name };
        let association = quote_spanned! {at(name.span())=> #library::association(#handle) };
        let from = match from {
            Some(from) => Some(self.rows(from)?),
            None => None,
        };
        let (binding, query) = match from {
            Some(Rows::Joined(binding)) => (Some(binding), None),
            Some(Rows::Query(query)) => (None, Some(quote! { .query(#query) })),
            Some(Rows::Nested(name)) => {
                nested.push(Preload { association: name, from: None, nested: Vec::new() });
                (None, None)
            }
            None => (None, None),
        };
        let related = match &binding {
            Some(binding) => binding.to_token_stream(),
            None => quote_spanned! {at(name.span())=> #library::related(#handle) },
        };
        let nested: Option<Vec<Node>> = nested.into_iter().map(|node| self.preload(&related, node)).collect();
        let nested = nested?;
        let separate: Vec<_> = nested.iter().filter_map(|node| node.separate.as_ref()).collect();
        let with = quote! { #(.with(#separate))* };
        let separate = (binding.is_none() || !separate.is_empty()).then(|| quote! { #association #query #with });
        let joined = nested.iter().filter_map(|node| {
            let (association, rows) = (&node.association, node.joined.as_ref()?);
            Some(quote! { .with(#association, #rows) })
        });
        let rows = match &binding {
            Some(binding) => Some(quote! { #binding #(#joined)* }),
            None if joined.count() > 0 => {
                let message = format!("rows of a join are put into joined rows: preload `{name}` from its binding too");
                self.output.errors.at(&name, message);
                return None;
            }
            None => None,
        };
        Some(Node { association, joined: rows, separate })
    }

    /// A bare name is a binding, or else an association of the association.
    fn rows(&mut self, from: Expr) -> Option<Rows> {
        if let Expr::Path(path) = &from
            && let Some(ident) = path.path.get_ident()
        {
            return Some(if self.scope.is_binding(ident) {
                Rows::Joined(ident.clone())
            } else {
                Rows::Nested(ident.clone())
            });
        }
        self.expression(from).map(|query| Rows::Query(query.into_token_stream()))
    }
}
