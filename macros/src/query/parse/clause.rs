//! The values of clauses.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{BinOp, Expr, LitBool, Member, Token, braced, bracketed, parenthesized, token};

use super::super::model::{Assignment, AssignmentKind, Clause, Condition, Lock, Preload, Term, Window};
use super::super::words;
use super::{is_label, select};

/// Whether there is a clause of that name.
pub(super) fn is_known(word: &str) -> bool {
    words::is_clause(word) || words::JOINS.contains(&word)
}

/// The value of a clause that is neither a join nor one of its options.
pub(super) fn clause(input: ParseStream<'_>, keyword: Ident) -> syn::Result<Clause> {
    let word = keyword.to_string();
    Ok(match word.as_str() {
        "where" | "or_where" | "having" | "or_having" => Clause::Condition(keyword, condition(input)?),
        "select" => Clause::Select(keyword, select::shape(input)?),
        "select_merge" => Clause::SelectMerge(keyword, select::entries(input)?),
        "order_by" | "prepend_order_by" => Clause::Order(keyword, terms(input)?),
        "group_by" => Clause::GroupBy(keyword, columns(input)?),
        "distinct" if !input.peek(LitBool) => Clause::DistinctOn(keyword, columns(input)?),
        "distinct" | "with_ties" => Clause::Flag(keyword, flag(input)?),
        "preload" => Clause::Preload(keyword, preloads(input)?),
        "lock" => Clause::Lock(keyword, lock(input)?),
        "update" => Clause::Update(keyword, assignments(input)?),
        "windows" => Clause::Windows(windows(input)?),
        // The others are handed on as they are.
        _ => Clause::Value(keyword, input.parse()?),
    })
}

/// `r.battery < 20.0`, or `[name: name, open: true]`
fn condition(input: ParseStream<'_>) -> syn::Result<Condition> {
    if !input.peek(token::Bracket) {
        return input.parse().map(Condition::Expr);
    }
    let content;
    bracketed!(content in input);
    labelled(&content, |content| content.parse()).map(Condition::Fields)
}

/// `name: value, …`
pub(super) fn labelled<T>(
    input: ParseStream<'_>,
    mut value: impl FnMut(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<Vec<(Ident, T)>> {
    let mut entries = Vec::new();
    while !input.is_empty() {
        let label = input.call(Ident::parse_any)?;
        input.parse::<Token![:]>()?;
        entries.push((label, value(input)?));
        comma_or_end(input)?;
    }
    Ok(entries)
}

pub(super) fn comma_or_end(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() { Ok(()) } else { input.parse::<Token![,]>().map(drop) }
}

/// `r.name`, `(r.site_id, r.name)`, `[desc: r.battery, r.name]`
fn terms(input: ParseStream<'_>) -> syn::Result<Vec<Term>> {
    if input.peek(token::Bracket) {
        let content;
        bracketed!(content in input);
        return Ok(Punctuated::<Term, Token![,]>::parse_terminated_with(&content, term)?.into_iter().collect());
    }
    if is_label(input) {
        return Err(input.error("terms with a direction go into a list, as in `[desc: r.battery]`"));
    }
    Ok(untupled(input.parse()?).into_iter().map(|expr| Term { direction: None, expr }).collect())
}

fn term(input: ParseStream<'_>) -> syn::Result<Term> {
    if !is_label(input) {
        return Ok(Term { direction: None, expr: input.parse()? });
    }
    let direction = input.call(Ident::parse_any)?;
    let word = direction.to_string();
    if !words::DIRECTIONS.contains(&word.as_str()) {
        let message = words::unknown_word("direction", &word, &words::DIRECTIONS);
        return Err(syn::Error::new(direction.span(), message));
    }
    input.parse::<Token![:]>()?;
    Ok(Term { direction: Some(direction), expr: input.parse()? })
}

/// `r.id`, `(r.id, r.name)`, `[r.id, r.name]`
fn columns(input: ParseStream<'_>) -> syn::Result<Vec<Expr>> {
    if input.peek(token::Bracket) {
        let content;
        bracketed!(content in input);
        return Ok(Punctuated::<Expr, Token![,]>::parse_terminated(&content)?.into_iter().collect());
    }
    input.parse().map(untupled)
}

fn untupled(expr: Expr) -> Vec<Expr> {
    match expr {
        Expr::Tuple(tuple) => tuple.elems.into_iter().collect(),
        expr => vec![expr],
    }
}

fn flag(input: ParseStream<'_>) -> syn::Result<bool> {
    let flag: LitBool = input.parse()?;
    Ok(flag.value)
}

/// `[missions, site: (s, company), missions: [logs, tags]]`, or one of them without brackets.
fn preloads(input: ParseStream<'_>) -> syn::Result<Vec<Preload>> {
    if !input.peek(token::Bracket) {
        return Ok(vec![preload(input)?]);
    }
    let content;
    bracketed!(content in input);
    Ok(Punctuated::<Preload, Token![,]>::parse_terminated_with(&content, preload)?.into_iter().collect())
}

fn preload(input: ParseStream<'_>) -> syn::Result<Preload> {
    const USAGE: &str = "here comes the name of an association, as in `preload: [missions]`";
    let association = input.parse().map_err(|error: syn::Error| syn::Error::new(error.span(), USAGE))?;
    if input.parse::<Option<Token![:]>>()?.is_none() {
        return Ok(Preload { association, from: None, nested: Vec::new() });
    }
    if input.peek(token::Bracket) {
        return Ok(Preload { association, from: None, nested: preloads(input)? });
    }
    if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        let from = Some(content.parse()?);
        comma_or_end(&content)?;
        let nested = Punctuated::<Preload, Token![,]>::parse_terminated_with(&content, preload)?;
        return Ok(Preload { association, from, nested: nested.into_iter().collect() });
    }
    // A bare name is a binding or an association: which of them is known when the bindings are.
    Ok(Preload { association, from: Some(input.parse()?), nested: Vec::new() })
}

/// `update`, `update skip_locked`, or a value.
fn lock(input: ParseStream<'_>) -> syn::Result<Lock> {
    let ahead = input.fork();
    let words = words_up_to_comma(&ahead);
    let Some(words) = words else {
        return input.parse().map(Lock::Value);
    };
    for _ in &words {
        input.parse::<TokenTree>()?;
    }
    for (index, word) in words.iter().enumerate() {
        let (what, known): (_, &[&str]) =
            if index == 0 { ("lock", &words::STRENGTHS) } else { ("way of locking", &words::LOCKING) };
        if !known.contains(&word.to_string().as_str()) {
            return Err(syn::Error::new(word.span(), words::unknown_word(what, &word.to_string(), known)));
        }
    }
    Ok(Lock::Words(words))
}

/// The words up to the next comma, if there is nothing else. One word that is no strength is a variable.
fn words_up_to_comma(input: ParseStream<'_>) -> Option<Vec<Ident>> {
    let mut words = Vec::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        words.push(input.call(Ident::parse_any).ok()?);
    }
    let is_variable = words.len() == 1 && !words::STRENGTHS.contains(&words[0].to_string().as_str());
    (!words.is_empty() && !is_variable).then_some(words)
}

/// `{ r.battery = 100.0, r.resets += 1 }`
fn assignments(input: ParseStream<'_>) -> syn::Result<Vec<Assignment>> {
    if !input.peek(token::Brace) {
        return Err(input.error("changes go into braces, as in `update: { r.battery = 100.0, r.resets += 1 }`"));
    }
    let content;
    braced!(content in input);
    Punctuated::<Expr, Token![,]>::parse_terminated(&content)?.into_iter().map(assignment).collect()
}

fn assignment(expr: Expr) -> syn::Result<Assignment> {
    const USAGE: &str = "a change is `r.field = value`, `r.field += value`, `r.field -= value`, `r.field.push(value)` or `r.field.pull(value)`";
    let (kind, column, value) = match expr {
        Expr::Assign(assign) => (AssignmentKind::Set, *assign.left, *assign.right),
        Expr::Binary(binary) if matches!(binary.op, BinOp::AddAssign(_)) => {
            (AssignmentKind::Inc, *binary.left, *binary.right)
        }
        Expr::Binary(binary) if matches!(binary.op, BinOp::SubAssign(_)) => {
            (AssignmentKind::Dec, *binary.left, *binary.right)
        }
        Expr::MethodCall(call) if call.method == "push" && call.args.len() == 1 => {
            (AssignmentKind::Push, *call.receiver, call.args[0].clone())
        }
        Expr::MethodCall(call) if call.method == "pull" && call.args.len() == 1 => {
            (AssignmentKind::Pull, *call.receiver, call.args[0].clone())
        }
        other => return Err(syn::Error::new_spanned(other, USAGE)),
    };
    match place(&column) {
        Some((binding, field)) => Ok(Assignment { kind, binding, field, value }),
        None => Err(syn::Error::new_spanned(column, USAGE)),
    }
}

/// `r.field`
fn place(expr: &Expr) -> Option<(Ident, Ident)> {
    let Expr::Field(access) = expr else {
        return None;
    };
    match (&*access.base, &access.member) {
        (Expr::Path(base), Member::Named(field)) => Some((base.path.get_ident()?.clone(), field.clone())),
        _ => None,
    }
}

/// `{ by_site: { partition_by: r.site_id, order_by: [desc: r.battery] } }`
fn windows(input: ParseStream<'_>) -> syn::Result<Vec<Window>> {
    if !input.peek(token::Brace) {
        return Err(input.error("windows go into braces, as in `windows: { w: { partition_by: r.site_id } }`"));
    }
    let content;
    braced!(content in input);
    let windows = labelled(&content, |content| {
        let parts;
        braced!(parts in content);
        window(&parts)
    })?;
    Ok(windows.into_iter().map(|(ident, window)| Window { ident, ..window }).collect())
}

fn window(input: ParseStream<'_>) -> syn::Result<Window> {
    let mut window =
        Window { ident: Ident::new("_", input.span()), partition_by: Vec::new(), order_by: Vec::new(), frame: None };
    while !input.is_empty() {
        let part = input.call(Ident::parse_any)?;
        if !words::WINDOW.contains(&part.to_string().as_str()) {
            let message = words::unknown_word("part of a window", &part.to_string(), &words::WINDOW);
            return Err(syn::Error::new(part.span(), message));
        }
        input.parse::<Token![:]>()?;
        match part.to_string().as_str() {
            "partition_by" => window.partition_by = columns(input)?,
            "order_by" => window.order_by = terms(input)?,
            _ => window.frame = Some(input.parse()?),
        }
        comma_or_end(input)?;
    }
    Ok(window)
}

/// What cannot be read as expressions is left as it is.
pub(in super::super) fn expressions(tokens: TokenStream) -> Option<Punctuated<Expr, Token![,]>> {
    syn::parse::Parser::parse2(Punctuated::parse_terminated, tokens).ok()
}
