//! The expansion of `from!`: a block in which the query grows clause by clause.
//!
//! A binding is a variable of the block, with the user's name; all else is named out of the user's sight. Expressions
//! stand in the block itself, not in closures, so that `?` and `.await` work in their values. Each call stands at what it
//! is for, so that a wrong type is underlined where it was written.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::model::{
    Assignment, AssignmentKind, Clause, Condition, Dynamic, From, Join, Lock, Options, Pattern, Place, Source, Term,
    Window,
};
use super::scope::Scope;
use super::{Output, at, rewrite};

mod preload;
mod select;

/// The block.
pub(super) fn from(query: From, around: &Scope, output: &mut Output<'_>) -> TokenStream {
    let mut later: Vec<Ident> = query.joined().cloned().collect();
    later.retain(|ident| !query.header().contains(&ident));
    let mut block = Block { scope: around.inner(later, &query.broken), optional: Vec::new(), output };
    let header = block.header(&query);
    // What a row becomes is known before it is filled, and rows are chosen before they are changed.
    let phase = |clause: &Clause| match clause {
        Clause::Preload(..) => 1,
        Clause::Update(..) => 2,
        _ => 0,
    };
    let mut phases = [TokenStream::new(), TokenStream::new(), TokenStream::new()];
    for clause in query.clauses {
        let phase = &mut phases[phase(&clause)];
        phase.extend(block.clause(clause));
    }
    let query = hidden("query");
    quote! {{ #header #(#phases)* #query }}
}

/// The closure that makes a dynamic condition.
pub(super) fn dynamic(dynamic: Dynamic, output: &mut Output<'_>) -> Option<TokenStream> {
    let mut scope = Scope::default();
    for place in &dynamic.places {
        scope.bind(place);
    }
    let condition = rewrite::expression(dynamic.condition, &scope, output)?;
    let (places, schemas) = (tuple(dynamic.places), tuple(dynamic.schemas));
    let library = output.library(condition.span());
    let condition = quote_spanned! {at(condition.span())=> #library::functions::condition(#condition) };
    Some(quote! { #library::dynamic::<#schemas>(#[allow(unused_variables)] |#places| #condition) })
}

/// What is known while the block is written.
struct Block<'a, 'o> {
    scope: Scope,
    /// Bindings that may stand for no row: those of left and full joins, and whatever is there before a right or full one.
    optional: Vec<Ident>,
    output: &'a mut Output<'o>,
}

impl Block<'_, '_> {
    fn header(&mut self, query: &From) -> TokenStream {
        let variable = hidden("query");
        let source = match &query.source {
            Source::Schema(schema) => {
                let library = self.output.library(schema.span());
                quote_spanned! {at(schema.span())=> #library::from::<#schema>() }
            }
            Source::Value(value) => {
                let value = self.expression(value.clone()).unwrap_or_else(|| value.clone());
                let library = self.output.library(value.span());
                quote_spanned! {at(value.span())=> #library::into_query(#value) }
            }
        };
        let options = Self::options(&query.options);
        for ident in query.header() {
            self.scope.bind(ident);
        }
        let first = hidden("first");
        let library = self.output.library(Span::call_site());
        let bindings = bindings(&query.pattern, self.output);
        quote! {
            let #variable = #source;
            #options
            #[allow(unused_variables)]
            let #first = #library::first(&#variable);
            #bindings
        }
    }

    /// For the source that was added last.
    fn options(options: &Options) -> TokenStream {
        let name = options.name.as_ref().map(|name| grow(&quote_spanned! {at(name.span())=> .as_(#name) }));
        let prefix =
            options.prefix.as_ref().map(|prefix| grow(&quote_spanned! {at(prefix.span())=> .source_prefix(#prefix) }));
        quote! { #name #prefix }
    }

    fn clause(&mut self, clause: Clause) -> Option<TokenStream> {
        match clause {
            Clause::Join(join) => self.join(*join),
            Clause::Condition(keyword, condition) => self.condition(&keyword, condition),
            Clause::Select(keyword, shape) => {
                let selection = self.shape(shape)?;
                Some(over("select", &keyword, &selection))
            }
            Clause::SelectMerge(keyword, entries) => self.select_merge(&keyword, entries),
            Clause::Order(keyword, terms) => {
                let terms = self.terms(terms)?;
                Some(over(&keyword.to_string(), &keyword, &tuple(terms)))
            }
            Clause::GroupBy(keyword, columns) => {
                let columns = self.expressions(columns)?;
                Some(over("group_by", &keyword, &tuple(columns)))
            }
            Clause::Flag(keyword, is_set) => Some(if is_set {
                grow(&call(&keyword.to_string(), &keyword, &TokenStream::new()))
            } else {
                TokenStream::new()
            }),
            Clause::DistinctOn(keyword, columns) => {
                let columns = self.expressions(columns)?;
                Some(over("distinct_on", &keyword, &tuple(columns)))
            }
            Clause::Value(keyword, value) => {
                let value = self.expression(value)?;
                Some(grow(&call(&keyword.to_string(), &keyword, &value)))
            }
            Clause::Preload(keyword, preloads) => self.preloads(&keyword, preloads),
            Clause::Lock(keyword, lock) => self.lock(&keyword, lock),
            Clause::Update(keyword, assignments) => self.update(&keyword, assignments),
            Clause::Windows(windows) => windows.into_iter().map(|window| self.window(window)).collect(),
        }
    }

    /// The query with one more source, and the source's binding.
    fn join(&mut self, join: Join) -> Option<TokenStream> {
        let Join { keyword, binding, source, on, options } = join;
        let query = hidden("query");
        let source = match source {
            Source::Schema(schema) => {
                let library = self.output.library(schema.span());
                Some(quote_spanned! {at(schema.span())=> #library::table::<#schema>() })
            }
            Source::Value(value) => self.expression(value).map(ToTokens::into_token_stream),
        };
        self.note_optional(&keyword.to_string(), &binding);
        self.scope.bind(&binding);
        let source = source?;
        let join = Ident::new(&join_function(&keyword.to_string()), keyword.span());
        let library = self.output.library(keyword.span());
        let options = Self::options(&options);
        let on = match on {
            Some(on) => {
                let on = self.expression(on)?;
                let library = self.output.library(on.span());
                quote_spanned! {at(on.span())=> let #query = #library::on(#query, #on); }
            }
            None => TokenStream::new(),
        };
        Some(quote! {
            #[allow(unused_variables)]
            let (#query, #binding) = #library::#join(#query, #source);
            #options
            #on
        })
    }

    fn note_optional(&mut self, keyword: &str, binding: &Ident) {
        if keyword == "right_join" || keyword == "full_join" {
            self.optional.extend(self.scope.bindings().iter().cloned());
        }
        if keyword.starts_with("left_") || keyword == "full_join" {
            self.optional.push(binding.clone());
        }
    }

    fn condition(&mut self, keyword: &Ident, condition: Condition) -> Option<TokenStream> {
        let condition = match condition {
            Condition::Expr(expr) => self.expression(expr)?.into_token_stream(),
            Condition::Fields(fields) => self.fields(fields)?,
        };
        let method = match keyword.to_string().as_str() {
            "where" => "filter".to_owned(),
            "or_where" => "or_filter".to_owned(),
            having => having.to_owned(),
        };
        // A function and not the builder's method, for a dynamic condition is one too.
        let (query, method) = (hidden("query"), Ident::new(&method, keyword.span()));
        let library = self.output.library(condition.span());
        Some(quote_spanned! {at(condition.span())=> let #query = #library::#method(#query, #condition); })
    }

    /// All of them hold.
    fn fields(&mut self, fields: Vec<(Ident, Expr)>) -> Option<TokenStream> {
        let fields: Option<Vec<_>> = fields
            .into_iter()
            .map(|(field, value)| {
                let first = hidden_at("first", field.span());
                // Compared as an operator would, so that null is refused here too.
                let column: Expr = syn::parse_quote_spanned! {at(field.span())=> #first.#field };
                let equal: Expr = syn::parse_quote_spanned! {at(field.span())=> #column == #value };
                let mut scope = self.scope.clone();
                scope.bind(&first);
                rewrite::expression(equal, &scope, self.output).map(ToTokens::into_token_stream)
            })
            .collect();
        let library = self.output.library(Span::call_site());
        fields?.into_iter().reduce(|all, one| quote! { #library::functions::and(#all, #one) })
    }

    fn terms(&mut self, terms: Vec<Term>) -> Option<Vec<TokenStream>> {
        terms.into_iter().map(|term| self.term(term)).collect()
    }

    /// `OrderBy::desc(column).nulls_last()`
    fn term(&mut self, term: Term) -> Option<TokenStream> {
        let expr = self.expression(term.expr)?;
        let Some(direction) = term.direction else {
            return Some(expr.into_token_stream());
        };
        let (span, word) = (direction.span(), direction.to_string());
        let library = self.output.library(span);
        let (direction, nulls) = word.split_once('_').unwrap_or((&word, ""));
        let direction = Ident::new(direction, span);
        let nulls = (!nulls.is_empty()).then(|| {
            let nulls = Ident::new(nulls, span);
            quote! { .#nulls() }
        });
        Some(quote! { #library::OrderBy::#direction(#expr) #nulls })
    }

    fn lock(&mut self, keyword: &Ident, lock: Lock) -> Option<TokenStream> {
        let lock = match lock {
            Lock::Value(value) => self.expression(value)?.into_token_stream(),
            Lock::Words(words) => {
                let (strength, waits) = words.split_first()?;
                let library = self.output.library(strength.span());
                quote! { #library::Lock::#strength() #(.#waits())* }
            }
        };
        Some(grow(&call("lock", keyword, &lock)))
    }

    fn update(&mut self, keyword: &Ident, assignments: Vec<Assignment>) -> Option<TokenStream> {
        let (query, library) = (hidden("query"), self.output.library(keyword.span()));
        let update = Ident::new("update", keyword.span());
        let assignments: Option<TokenStream> =
            assignments.into_iter().map(|assignment| self.assignment(assignment)).collect();
        let assignments = assignments?;
        Some(quote! { let #query = #library::#update(#query); #assignments })
    }

    fn assignment(&mut self, assignment: Assignment) -> Option<TokenStream> {
        let Assignment { kind, binding, field, value } = assignment;
        let value = self.expression(value)?;
        let library = self.output.library(value.span());
        let (method, value) = match kind {
            AssignmentKind::Set => ("set", value.into_token_stream()),
            AssignmentKind::Inc => ("inc", value.into_token_stream()),
            AssignmentKind::Dec => ("inc", quote_spanned! {at(value.span())=> ::core::ops::Neg::neg(#value) }),
            AssignmentKind::Push => ("push", value.into_token_stream()),
            AssignmentKind::Pull => ("pull", value.into_token_stream()),
        };
        let (query, function) = (hidden("query"), Ident::new(method, field.span()));
        Some(quote_spanned! {at(value.span())=>
            let #query = #library::#function(#query, #binding.#field, #value);
        })
    }

    fn window(&mut self, window: Window) -> Option<TokenStream> {
        let library = self.output.library(window.ident.span());
        let Window { ident, partition_by, order_by, frame } = window;
        let partition = self.expressions(partition_by)?;
        let partition = (!partition.is_empty()).then(|| tuple(partition)).map(|by| quote! { .partition_by(#by) });
        let order = self.terms(order_by)?;
        let order = (!order.is_empty()).then(|| tuple(order)).map(|by| quote! { .order_by(#by) });
        let frame = frame.map(|frame| quote_spanned! {at(frame.span())=> .frame(#frame) });
        Some(quote! {
            #[allow(unused_variables)]
            let #ident = #library::functions::window() #partition #order #frame;
        })
    }

    fn expression(&mut self, expr: Expr) -> Option<Expr> {
        rewrite::expression(expr, &self.scope, self.output)
    }

    fn expressions(&mut self, exprs: Vec<Expr>) -> Option<Vec<Expr>> {
        exprs.into_iter().map(|expr| self.expression(expr)).collect()
    }
}

/// The variables of the bindings in the header.
fn bindings(pattern: &Pattern, output: &Output<'_>) -> TokenStream {
    let (query, first) = (hidden("query"), hidden("first"));
    match pattern {
        Pattern::First(ident) => quote! {
            #[allow(unused_variables)]
            let #ident = #first;
        },
        Pattern::Positions { parentheses, places, named } => {
            let positions = places.iter().map(|place| match place {
                Place::Binding(ident) => ident.to_token_stream(),
                Place::Rest(span) => quote_spanned! {at(*span)=> .. },
            });
            // At its place, that the compiler may show that there are fewer or more.
            let mut positions = Group::new(Delimiter::Parenthesis, quote! { #(#positions),* });
            positions.set_span(*parentheses);
            let library = output.library(*parentheses);
            let named = named.iter().map(|named| {
                let (ident, schema, name) = (&named.ident, &named.schema, &named.name);
                let library = output.library(schema.span());
                quote_spanned! {at(schema.span())=>
                    let (#query, #ident) = #library::named::<#schema, _, _>(#query, #name);
                }
            });
            quote! {
                #[allow(unused_variables)]
                let #positions = #library::handles(&#query);
                #(#[allow(unused_variables)] #named)*
            }
        }
    }
}

/// The library's function for a join.
fn join_function(keyword: &str) -> String {
    if keyword == "join" { "inner_join".to_owned() } else { keyword.to_owned() }
}

/// `let __query = __query.method(…);`
fn grow(call: &TokenStream) -> TokenStream {
    let query = hidden("query");
    quote! { let #query = #query #call; }
}

fn call(method: &str, keyword: &Ident, value: &impl ToTokens) -> TokenStream {
    let method = Ident::new(method, keyword.span());
    quote! { .#method(#value) }
}

/// The same for a method that takes a closure over the bindings.
fn over(method: &str, keyword: &Ident, value: &TokenStream) -> TokenStream {
    let (query, given) = (hidden("query"), hidden("value"));
    let method = Ident::new(method, keyword.span());
    quote! { let #query = { let #given = #value; #query.#method(|_| #given) }; }
}

/// One as it is, several as a tuple; more than a tuple may hold as a tuple of tuples.
fn tuple<T: ToTokens>(items: impl IntoIterator<Item = T>) -> TokenStream {
    const MOST: usize = 8;
    let mut items: Vec<TokenStream> = items.into_iter().map(ToTokens::into_token_stream).collect();
    while items.len() > MOST {
        items = items.chunks(MOST).map(one_tuple).collect();
    }
    one_tuple(&items)
}

fn one_tuple(items: &[TokenStream]) -> TokenStream {
    match items {
        [one] => one.clone(),
        items => quote! { (#(#items),*) },
    }
}

/// A name that the user's code cannot see.
fn hidden(name: &str) -> Ident {
    hidden_at(name, Span::call_site())
}

/// The same, shown at `span`.
fn hidden_at(name: &str, span: Span) -> Ident {
    Ident::new(&format!("__{name}"), at(span))
}
