//! `#[macro(key, key = value, key(…))]`, read once and taken apart by whoever knows the keys.

use std::fmt::Write;

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, ExprPath, Lit, LitBool, LitStr, Token};

use crate::errors::Errors;

/// The options that are left; [`Args::finish`] reports those that nobody took.
#[derive(Default)]
pub(crate) struct Args {
    left: Vec<Arg>,
    /// Every key that was asked for: what the place knows.
    known: Vec<&'static str>,
}

struct Arg {
    key: Ident,
    value: Value,
}

enum Value {
    Flag,
    Expr(Box<Expr>),
    List(TokenStream),
}

impl Parse for Arg {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.call(Ident::parse_any)?;
        let value = if input.peek(syn::token::Paren) {
            let list;
            syn::parenthesized!(list in input);
            Value::List(list.parse()?)
        } else if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::Expr(Box::new(input.parse()?))
        } else {
            Value::Flag
        };
        Ok(Self { key, value })
    }
}

impl Args {
    /// The options of all attributes called `name`.
    pub(crate) fn of(name: &str, attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut args = Self { left: Vec::new(), known: Vec::new() };
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
            match attribute.parse_args_with(Punctuated::<Arg, Token![,]>::parse_terminated) {
                Ok(list) => args.extend(list, errors),
                Err(error) => errors.add(error),
            }
        }
        args
    }

    /// The options in the parentheses of one option.
    fn nested(list: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        args.add(list, errors);
        args
    }

    /// Adds the options in a pair of parentheses.
    pub(crate) fn add(&mut self, list: TokenStream, errors: &mut Errors) {
        match Punctuated::<Arg, Token![,]>::parse_terminated.parse2(list) {
            Ok(list) => self.extend(list, errors),
            Err(error) => errors.add(error),
        }
    }

    fn extend(&mut self, list: impl IntoIterator<Item = Arg>, errors: &mut Errors) {
        for arg in list {
            if self.left.iter().any(|other| other.key == arg.key) {
                errors.at(&arg.key, format!("`{}` is given twice", arg.key));
            } else {
                self.left.push(arg);
            }
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Arg> {
        self.known.push(key);
        let index = self.left.iter().position(|arg| arg.key.unraw() == key)?;
        Some(self.left.swap_remove(index))
    }

    /// `key`; where it stands.
    pub(crate) fn flag(&mut self, key: &'static str, errors: &mut Errors) -> Option<Span> {
        let arg = self.take(key)?;
        if !matches!(arg.value, Value::Flag) {
            errors.at(&arg.key, format!("`{key}` stands alone"));
        }
        Some(arg.key.span())
    }

    /// `key` or `key(…)`, whose options then stand beside it; where it stands.
    pub(crate) fn merge(&mut self, key: &'static str, errors: &mut Errors) -> Option<Span> {
        let (key, nested) = self.options(key, errors)?;
        self.extend(nested.left, errors);
        Some(key.span())
    }

    /// `key` or `key = <expression>`.
    #[allow(clippy::option_option)]
    pub(crate) fn flag_or_expr(&mut self, key: &'static str, errors: &mut Errors) -> Option<Option<Expr>> {
        let arg = self.take(key)?;
        match arg.value {
            Value::Flag => Some(None),
            Value::Expr(expr) => Some(Some(*expr)),
            Value::List(_) => {
                errors.at(&arg.key, format!("`{key}` stands alone or has a value: `{key} = …`"));
                None
            }
        }
    }

    /// Where `key` stands.
    pub(crate) fn span(&self, key: &str) -> Option<Span> {
        self.left.iter().find(|arg| arg.key == key).map(|arg| arg.key.span())
    }

    /// What was asked for until now is no option of what this turned out to be.
    pub(crate) fn forget_known(&mut self) {
        self.known.clear();
    }

    /// `key = <expression>`.
    pub(crate) fn expr(&mut self, key: &'static str, errors: &mut Errors) -> Option<Expr> {
        let arg = self.take(key)?;
        match arg.value {
            Value::Expr(expr) => Some(*expr),
            Value::Flag | Value::List(_) => {
                errors.at(&arg.key, format!("`{key}` needs a value: `{key} = …`"));
                None
            }
        }
    }

    /// `key = "text"`.
    pub(crate) fn text(&mut self, key: &'static str, errors: &mut Errors) -> Option<LitStr> {
        match self.expr(key, errors)? {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
            other => {
                errors.at(other, format!("`{key}` is a string: `{key} = \"…\"`"));
                None
            }
        }
    }

    /// `key = true` or `key = false`.
    pub(crate) fn bool(&mut self, key: &'static str, errors: &mut Errors) -> Option<LitBool> {
        match self.expr(key, errors)? {
            Expr::Lit(ExprLit { lit: Lit::Bool(value), .. }) => Some(value),
            other => {
                errors.at(other, format!("`{key}` is `true` or `false`"));
                None
            }
        }
    }

    /// `key = name`.
    pub(crate) fn name(&mut self, key: &'static str, errors: &mut Errors) -> Option<Ident> {
        let expr = self.expr(key, errors)?;
        let name = as_name(&expr);
        if name.is_none() {
            errors.at(expr, format!("`{key}` is a name: `{key} = …`"));
        }
        name
    }

    /// `key = one of those`; the index in `of`.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        of: &[(&'static str, T)],
        errors: &mut Errors,
    ) -> Option<T> {
        let name = self.name(key, errors)?;
        let found = of.iter().find(|(choice, _)| name == choice);
        if found.is_none() {
            let choices: Vec<_> = of.iter().map(|(choice, _)| *choice).collect();
            errors.at(&name, format!("`{key}` is one of: {}", choices.join(", ")));
        }
        found.map(|(_, value)| *value)
    }

    /// `key` or `key(…)`; where it stands, and its options.
    pub(crate) fn options(&mut self, key: &'static str, errors: &mut Errors) -> Option<(Ident, Self)> {
        let arg = self.take(key)?;
        let list = match arg.value {
            Value::Flag => TokenStream::new(),
            Value::List(list) => list,
            Value::Expr(expr) => {
                errors.at(expr, format!("`{key}` takes its options in parentheses"));
                TokenStream::new()
            }
        };
        Some((arg.key, Self::nested(list, errors)))
    }

    /// `key(a, b)`.
    pub(crate) fn pair(&mut self, key: &'static str, errors: &mut Errors) -> Option<(Ident, Ident)> {
        let arg = self.take(key)?;
        let Value::List(list) = arg.value else {
            errors.at(&arg.key, format!("`{key}` takes two names: `{key}(…, …)`"));
            return None;
        };
        let names = Punctuated::<Ident, Token![,]>::parse_terminated.parse2(list).map(Vec::from_iter);
        let Ok(Ok([a, b])) = names.map(<[Ident; 2]>::try_from) else {
            errors.at(&arg.key, format!("`{key}` takes two names: `{key}(…, …)`"));
            return None;
        };
        Some((a, b))
    }

    /// `key(a, b)`, each perhaps with `= name`.
    pub(crate) fn named_pair(&mut self, key: &'static str, errors: &mut Errors) -> Option<[(Ident, Option<Ident>); 2]> {
        let (span, args) = self.options(key, errors)?;
        let message = format!("`{key}` takes two names, or `{key}(<column> = <key>, <column> = <key>)`");
        let mut names = Vec::new();
        for arg in args.left {
            let of = match arg.value {
                Value::Flag => Some(None),
                Value::Expr(expr) => as_name(&expr).map(Some),
                Value::List(_) => None,
            };
            match of {
                Some(of) => names.push((arg.key, of)),
                None => errors.at(&arg.key, &message),
            }
        }
        let pair = names.try_into().ok();
        if pair.is_none() {
            errors.at(span, message);
        }
        pair
    }

    /// `key(name = <expression>, …)`.
    pub(crate) fn values(&mut self, key: &'static str, errors: &mut Errors) -> Vec<(Ident, Expr)> {
        let Some((_, args)) = self.options(key, errors) else { return Vec::new() };
        let mut values = Vec::new();
        for arg in args.left {
            match arg.value {
                Value::Expr(expr) => values.push((arg.key, *expr)),
                Value::Flag | Value::List(_) => errors.at(&arg.key, format!("`{key}` sets fields: `{key}(field = …)`")),
            }
        }
        values
    }

    /// Reports what is left: `what` knows no such option.
    pub(crate) fn finish(self, what: &str, errors: &mut Errors) {
        for arg in self.left {
            let mut message = format!("{what} has no option `{}`", arg.key);
            if !self.known.is_empty() {
                let _ = write!(message, "; there are: {}", self.known.join(", "));
            }
            errors.at(&arg.key, message);
        }
    }
}

/// The name that an expression is.
pub(crate) fn as_name(expr: &Expr) -> Option<Ident> {
    match expr {
        Expr::Path(ExprPath { attrs, qself: None, path }) if attrs.is_empty() => path.get_ident().cloned(),
        _ => None,
    }
}
