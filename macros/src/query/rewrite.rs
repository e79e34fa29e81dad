//! Makes the query's expression of a Rust expression.
//!
//! An operator is the query's if something of the query is in one of its operands: a binding, one of the query's
//! functions, a fragment. All else is left alone: it is Rust, and its value is bound. Tokens keep their spans, and a call
//! stands at the operator that it is for.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, BinOp, Block, Expr, ExprBinary, ExprCall, ExprClosure, ExprMacro, Lit, Local, Macro, Pat, PatIdent, UnOp,
};

use super::scope::Scope;
use super::{Output, at, parse, words};

/// `expr` as the query's; nothing if it cannot be, which then has been reported.
pub(super) fn expression(mut expr: Expr, scope: &Scope, output: &mut Output<'_>) -> Option<Expr> {
    if let Expr::Assign(assign) = &expr {
        output.errors.at(assign.eq_token, "`=` assigns; to compare write `==`");
        return None;
    }
    let mut rewriter = Rewriter { scope, output, shadowed: Vec::new(), of_query: false, sound: true };
    rewriter.visit_expr_mut(&mut expr);
    rewriter.sound.then_some(expr)
}

struct Rewriter<'a, 'o> {
    scope: &'a Scope,
    output: &'a mut Output<'o>,
    /// Names that inner patterns have taken.
    shadowed: Vec<Ident>,
    /// Whether something of the query has been met.
    of_query: bool,
    sound: bool,
}

impl VisitMut for Rewriter<'_, '_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let around = std::mem::take(&mut self.of_query);
        self.expr(expr);
        self.of_query |= around;
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        let depth = self.shadowed.len();
        for input in &closure.inputs {
            self.shadow(input);
        }
        self.visit_expr_mut(&mut closure.body);
        self.shadowed.truncate(depth);
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        let depth = self.shadowed.len();
        self.shadow(&arm.pat);
        visit_mut::visit_arm_mut(self, arm);
        self.shadowed.truncate(depth);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        let depth = self.shadowed.len();
        visit_mut::visit_block_mut(self, block);
        self.shadowed.truncate(depth);
    }

    fn visit_local_mut(&mut self, local: &mut Local) {
        visit_mut::visit_local_mut(self, local);
        self.shadow(&local.pat);
    }
}

impl Rewriter<'_, '_> {
    fn expr(&mut self, expr: &mut Expr) {
        let rewritten = if let Expr::Binary(binary) = expr {
            self.binary(binary)
        } else {
            visit_mut::visit_expr_mut(self, expr);
            self.visited(expr)
        };
        if let Some(tokens) = rewritten {
            *expr = Expr::Verbatim(tokens);
        }
    }

    fn binary(&mut self, binary: &mut ExprBinary) -> Option<TokenStream> {
        let left = self.operand(&mut binary.left);
        let right = self.operand(&mut binary.right);
        self.of_query = left || right;
        if !self.of_query {
            return None;
        }
        self.is_not_null(&binary.left, &binary.op);
        self.is_not_null(&binary.right, &binary.op);
        let function = self.operator(&binary.op)?;
        let (left, right) = (lent(&binary.left, left), lent(&binary.right, right));
        Some(self.call(function, binary.op.span(), &quote! { #left, #right }))
    }

    /// Whether something of the query is in it.
    fn operand(&mut self, expr: &mut Expr) -> bool {
        self.of_query = false;
        self.visit_expr_mut(expr);
        self.of_query
    }

    fn visited(&mut self, expr: &mut Expr) -> Option<TokenStream> {
        match expr {
            Expr::Path(path) => {
                self.name(path.path.get_ident()?);
                None
            }
            Expr::Field(access) => {
                self.is_joined(&access.base);
                None
            }
            Expr::Unary(unary) if self.of_query => {
                let operand = bare(&unary.expr);
                match &unary.op {
                    UnOp::Not(not) => Some(self.call("not", not.span(), &operand)),
                    UnOp::Neg(neg) => Some(self.call("neg", neg.span(), &operand)),
                    _ => None,
                }
            }
            Expr::Call(call) => self.function(call),
            Expr::Macro(invocation) => self.invocation(invocation),
            Expr::Cast(cast) if self.of_query => {
                self.mistake(cast.as_token, "`as` casts values of Rust; in a query write `cast_as`");
                None
            }
            _ => None,
        }
    }

    /// A binding of a join further down is not there yet.
    fn is_joined(&mut self, base: &Expr) {
        if let Expr::Path(base) = base
            && let Some(ident) = base.path.get_ident()
            && self.scope.is_later(ident)
            && !self.scope.is_binding(ident)
            && !self.shadowed.contains(ident)
        {
            self.mistake(ident, &format!("`{ident}` is joined further down; put its join before this clause"));
        }
    }

    fn mistake(&mut self, at: impl ToTokens, message: &str) {
        self.output.errors.at(at, message);
        self.sound = false;
    }

    fn name(&mut self, ident: &Ident) {
        if self.shadowed.contains(ident) {
            return;
        }
        self.of_query |= self.scope.is_binding(ident);
        // What it means was reported where the join is.
        self.sound &= !self.scope.is_broken(ident);
    }

    fn shadow(&mut self, pattern: &Pat) {
        Names(&mut self.shadowed).visit_pat_mut(&mut pattern.clone());
    }

    /// At the span of what the user wrote.
    fn call(&self, function: &str, span: Span, args: &TokenStream) -> TokenStream {
        let (library, function) = (self.output.library(span), Ident::new(function, span));
        quote_spanned! {at(span)=> #library::functions::#function(#args) }
    }

    fn operator(&mut self, op: &BinOp) -> Option<&'static str> {
        Some(match op {
            BinOp::Eq(_) => "eq",
            BinOp::Ne(_) => "ne",
            BinOp::Lt(_) => "lt",
            BinOp::Le(_) => "lte",
            BinOp::Gt(_) => "gt",
            BinOp::Ge(_) => "gte",
            BinOp::And(_) => "and",
            BinOp::Or(_) => "or",
            BinOp::Add(_) => "add",
            BinOp::Sub(_) => "sub",
            BinOp::Mul(_) => "mul",
            BinOp::Div(_) => "div",
            BinOp::Rem(_) => "rem",
            BinOp::BitAnd(_) | BinOp::BitOr(_) => {
                let double = op.to_token_stream().to_string().repeat(2);
                self.mistake(op, &format!("this is no operator of queries; did you mean `{double}`?"));
                return None;
            }
            other => {
                self.mistake(other, "this is no operator of queries");
                return None;
            }
        })
    }

    /// `None` and `Some(…)` would compare with nothing, whatever the row.
    fn is_not_null(&mut self, operand: &Expr, op: &BinOp) {
        let path = match operand {
            Expr::Path(path) => &path.path,
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => &path.path,
                _ => return,
            },
            _ => return,
        };
        let mut names = path.segments.iter().rev().map(|segment| &segment.ident);
        let Some(name) = names.next() else { return };
        if names.next().is_some_and(|of| of != "Option") {
            return;
        }
        if name == "None" {
            let method = if matches!(op, BinOp::Ne(_)) { "is_not_null" } else { "is_null" };
            self.mistake(operand, &format!("null compares with nothing; use the column's `.{method}()`"));
        } else if name == "Some" {
            self.mistake(operand, "an `Option` compares with nothing; compare with what is in it");
        }
    }

    /// `count(m.id)` is the query's function.
    fn function(&mut self, call: &mut ExprCall) -> Option<TokenStream> {
        let Expr::Path(path) = &*call.func else { return None };
        // One name, with or without types: `json_path_as::<f64, _>(…)`.
        let name = path.path.segments.first().filter(|_| path.path.segments.len() == 1)?;
        let (name, types) = (&name.ident, &name.arguments);
        if path.qself.is_some() || !words::is_function(&name.to_string()) {
            return None;
        }
        self.of_query = true;
        let function = if name == "count" && call.args.is_empty() { "count_all" } else { &*name.to_string() };
        let function = Ident::new(function, name.span());
        let (library, args) = (self.output.library(name.span()), call.args.iter().map(bare));
        Some(quote_spanned! {at(name.span())=> #library::functions::#function #types (#(#args),*) })
    }

    /// Arguments of macros are expressions of the query too.
    fn invocation(&mut self, invocation: &mut ExprMacro) -> Option<TokenStream> {
        let Macro { path, tokens, .. } = &mut invocation.mac;
        let name = path.segments.last()?.ident.clone();
        if name == "from" {
            return Some(super::nested(std::mem::take(tokens), self.scope, self.output));
        }
        if name == "fragment" {
            self.of_query = true;
            let library = self.output.library(name.span());
            *path = syn::parse2(quote_spanned! {at(name.span())=> #library::fragment }).ok()?;
            self.is_literal(&invocation.mac);
        }
        let Macro { tokens, .. } = &mut invocation.mac;
        if name == "fragment" || self.scope.is_named_in(tokens.clone()) {
            self.args(tokens);
        }
        None
    }

    /// What cannot be read as expressions is left as it is; so is the type that a fragment ends with.
    fn args(&mut self, tokens: &mut TokenStream) {
        let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let arrow = all.windows(2).position(|pair| pair[0].to_string() == "=" && pair[1].to_string() == ">");
        let (args, rest) = all.split_at(arrow.unwrap_or(all.len()));
        if let Some(mut args) = parse::expressions(args.iter().cloned().collect()) {
            for arg in &mut args {
                self.visit_expr_mut(arg);
            }
            *tokens = quote! { #args #(#rest)* };
        }
    }

    /// The text of a fragment is SQL: a value in it would be spliced.
    fn is_literal(&mut self, fragment: &Macro) {
        let first = fragment.tokens.clone().into_iter().next();
        let is_text =
            first.clone().is_some_and(|token| matches!(syn::parse2(token.into_token_stream()), Ok(Lit::Str(_))));
        if !is_text {
            let at = first.map_or_else(|| fragment.path.to_token_stream(), ToTokens::into_token_stream);
            self.mistake(
                at,
                "a fragment begins with its SQL, which is a literal; values stand in it as `?` and follow it",
            );
        }
    }
}

/// A value is lent to an operator, as in Rust itself.
fn lent(expr: &Expr, of_query: bool) -> TokenStream {
    match expr {
        Expr::Paren(paren) if paren.attrs.is_empty() => lent(&paren.expr, of_query),
        Expr::Path(_) | Expr::Field(_) if !of_query => quote_spanned! {at(expr.span())=> &#expr },
        expr => expr.to_token_stream(),
    }
}

/// An argument needs no parentheses.
fn bare(expr: &Expr) -> TokenStream {
    match expr {
        Expr::Paren(paren) if paren.attrs.is_empty() => bare(&paren.expr),
        expr => expr.to_token_stream(),
    }
}

/// Collects the names that a pattern binds.
struct Names<'a>(&'a mut Vec<Ident>);

impl VisitMut for Names<'_> {
    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        self.0.push(pattern.ident.clone());
        visit_mut::visit_pat_ident_mut(self, pattern);
    }
}
