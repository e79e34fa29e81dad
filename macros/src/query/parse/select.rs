//! The shapes of `select`.

use proc_macro2::Ident;
use syn::parse::ParseStream;
use syn::{Expr, Member, Token, braced, token};

use super::super::model::Shape;
use super::clause::comma_or_end;
use super::{is_label, is_type};

/// `r`, `(r.id, r.name)`, `Summary { name: r.name }`, `{ name: r.name }`
pub(super) fn shape(input: ParseStream<'_>) -> syn::Result<Shape> {
    if input.peek(token::Brace) {
        return entries(input).map(Shape::Map);
    }
    input.parse().map(of)
}

fn of(expr: Expr) -> Shape {
    match expr {
        Expr::Tuple(tuple) => Shape::Tuple(tuple.elems.into_iter().map(of).collect()),
        Expr::Paren(paren) => of(*paren.expr),
        Expr::Struct(literal) if literal.qself.is_none() => Shape::Struct {
            path: literal.path,
            fields: literal.fields.into_iter().map(|field| (field.member, of(field.expr))).collect(),
            rest: literal.rest.map(|rest| *rest),
        },
        Expr::Call(call) => match *call.func {
            // A tuple struct is a struct with numbers for names.
            Expr::Path(path) if path.qself.is_none() && is_type(&path.path) => Shape::Struct {
                path: path.path,
                fields: (0..).map(Member::from).zip(call.args.into_iter().map(of)).collect(),
                rest: None,
            },
            func => Shape::Expr(Expr::Call(syn::ExprCall { func: Box::new(func), ..call })),
        },
        expr => Shape::Expr(expr),
    }
}

/// `{ name: r.name, r.battery }`: a column names itself.
pub(super) fn entries(input: ParseStream<'_>) -> syn::Result<Vec<(Ident, Expr)>> {
    if !input.peek(token::Brace) {
        return Err(input.error("fields and their values go into braces, as in `{ total: count(m.id) }`"));
    }
    let content;
    braced!(content in input);
    let mut entries = Vec::new();
    while !content.is_empty() {
        entries.push(entry(&content)?);
        comma_or_end(&content)?;
    }
    Ok(entries)
}

fn entry(input: ParseStream<'_>) -> syn::Result<(Ident, Expr)> {
    if is_label(input) {
        let name = syn::ext::IdentExt::parse_any(input)?;
        input.parse::<Token![:]>()?;
        return Ok((name, input.parse()?));
    }
    let expr: Expr = input.parse()?;
    match &expr {
        Expr::Field(access) if let Member::Named(name) = &access.member => Ok((name.clone(), expr)),
        _ => Err(syn::Error::new_spanned(expr, "only a column names itself; write `name: ` before this")),
    }
}
