//! `select` and `select_merge`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, Member, Path};

use super::super::at;
use super::super::model::Shape;
use super::{Block, hidden, hidden_at, tuple};

impl Block<'_, '_> {
    /// What the library's `select` takes.
    pub(super) fn shape(&mut self, shape: Shape) -> Option<TokenStream> {
        match shape {
            Shape::Expr(expr) => self.selected(expr),
            Shape::Tuple(parts) => {
                let parts: Option<Vec<_>> = parts.into_iter().map(|part| self.shape(part)).collect();
                let parts = parts?;
                Some(quote! { (#(#parts,)*) })
            }
            Shape::Struct { path, fields, rest } => self.literal(&path, fields, rest),
            Shape::Map(entries) => self.row(entries),
        }
    }

    /// A binding that may stand for no row is an `Option`.
    fn selected(&mut self, expr: Expr) -> Option<TokenStream> {
        let expr = self.expression(expr)?;
        let library = self.output.library(expr.span());
        let is_optional = match &expr {
            Expr::Path(path) => path.path.get_ident().is_some_and(|ident| self.optional.contains(ident)),
            _ => false,
        };
        Some(if is_optional {
            quote_spanned! {at(expr.span())=> #library::optional(#expr) }
        } else {
            expr.into_token_stream()
        })
    }

    /// The parts are selected, and put into the struct when a row is read.
    fn literal(&mut self, path: &Path, fields: Vec<(Member, Shape)>, rest: Option<Expr>) -> Option<TokenStream> {
        let library = self.output.library(path.span());
        let (mut parts, mut values, mut members) = (Vec::new(), Vec::new(), Vec::new());
        for (index, (member, shape)) in fields.into_iter().enumerate() {
            let (part, span) = (self.named(&member, shape), member.span());
            // At the value's span: that is what does not fit, if it does not.
            let value = hidden_at(&index.to_string(), part.as_ref().map_or(span, |(_, span)| *span));
            parts.push(part.map(|(part, _)| part));
            members.push(quote! { #member: #value });
            values.push(value);
        }
        let mut parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        let rest = match rest {
            // The rest of the fields comes from a row, too.
            Some(Expr::Path(binding)) if binding.path.get_ident().is_some_and(|ident| self.scope.is_binding(ident)) => {
                let value = hidden("rest");
                parts.push(binding.to_token_stream());
                values.push(value.clone());
                Some(value.into_token_stream())
            }
            rest => rest.map(ToTokens::into_token_stream),
        };
        let rest = rest.map(|rest| quote! { ..#rest });
        let (parts, values) = (tuple(parts), tuple(values));
        Some(quote_spanned! {at(path.span())=>
            #library::build(#parts, move |#values| #path { #(#members,)* #rest })
        })
    }

    /// A column that has the field's name.
    fn named(&mut self, member: &Member, shape: Shape) -> Option<(TokenStream, Span)> {
        let Shape::Expr(expr) = shape else {
            return self.shape(shape).map(|part| (part, member.span()));
        };
        let (span, library) = (end(&expr), self.output.library(expr.span()));
        let expr = self.selected(expr)?;
        Some(match member {
            Member::Named(field) => {
                let name = field.unraw().to_string();
                (quote_spanned! {at(span)=> #library::named_column(#name, #expr) }, span)
            }
            Member::Unnamed(_) => (expr, span),
        })
    }

    /// An ordered map.
    fn row(&mut self, entries: Vec<(Ident, Expr)>) -> Option<TokenStream> {
        let library = self.output.library(Span::call_site());
        let mut row = quote! { #library::row() };
        for (name, expr) in entries {
            let expr = self.expression(expr)?;
            let name = name.unraw().to_string();
            row.extend(quote_spanned! {at(expr.span())=> .with(#name, #expr) });
        }
        Some(row)
    }

    /// Fields of what was selected before, replaced.
    pub(super) fn select_merge(&mut self, keyword: &Ident, entries: Vec<(Ident, Expr)>) -> Option<TokenStream> {
        let (query, library) = (hidden("query"), self.output.library(keyword.span()));
        let selected = hidden("selected");
        let (mut parts, mut values, mut changes) = (Vec::new(), Vec::new(), Vec::new());
        for (index, (field, expr)) in entries.into_iter().enumerate() {
            let expr = self.expression(expr)?;
            let name = field.unraw().to_string();
            let value = hidden_at(&index.to_string(), end(&expr));
            parts.push(quote_spanned! {at(expr.span())=> #library::named_column(#name, #expr) });
            changes.push(quote! { #selected.#field = #value; });
            values.push(value);
        }
        let (parts, values) = (tuple(parts), tuple(values));
        let merge = Ident::new("select_merge", keyword.span());
        Some(quote! {
            let #query = #library::#merge(#query, #parts, |#selected, #values| { #(#changes)* });
        })
    }
}

/// Where a wrong type of `expr` is shown: at the field of `r.id`, not at the binding, for one place is all that the
/// compiler takes.
fn end(expr: &Expr) -> Span {
    expr.to_token_stream().into_iter().last().map_or_else(Span::call_site, |token| token.span())
}
