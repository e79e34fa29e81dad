//! What must hold between the parts of a query. What breaks a rule is reported and taken out.

use proc_macro2::Ident;
use quote::ToTokens;

use super::model::{Clause, Dynamic, From, Pattern, Place, Source};
use crate::errors::Errors;

/// Clauses of which the second would only replace the first.
const ONCE: [&str; 7] = ["select", "limit", "offset", "with_ties", "lock", "distinct", "update"];

pub(super) fn from(query: &mut From, errors: &mut Errors) {
    bindings_are_unique(query, errors);
    joins_have_conditions(query, errors);
    clauses_come_once(query, errors);
    the_first_binding_is_changed(query, errors);
}

pub(super) fn dynamic(dynamic: &Dynamic, errors: &mut Errors) {
    are_unique(dynamic.places.iter(), errors);
}

impl From {
    /// The bindings of the pattern, in order.
    pub(super) fn header(&self) -> Vec<&Ident> {
        match &self.pattern {
            Pattern::First(ident) => vec![ident],
            Pattern::Positions { places, named, .. } => {
                let places = places.iter().filter_map(|place| match place {
                    Place::Binding(ident) => Some(ident),
                    Place::Rest(_) => None,
                });
                places.chain(named.iter().map(|named| &named.ident)).collect()
            }
        }
    }

    /// The bindings of the joins, in order.
    pub(super) fn joined(&self) -> impl Iterator<Item = &Ident> {
        self.clauses.iter().filter_map(|clause| match clause {
            Clause::Join(join) => Some(&join.binding),
            _ => None,
        })
    }
}

fn bindings_are_unique(query: &From, errors: &mut Errors) {
    are_unique(query.header().into_iter().chain(query.joined()), errors);
}

fn are_unique<'a>(bindings: impl Iterator<Item = &'a Ident>, errors: &mut Errors) {
    let mut seen: Vec<&Ident> = Vec::new();
    for binding in bindings.filter(|binding| *binding != "_") {
        if seen.contains(&binding) {
            errors.at(binding, format!("there is a binding `{binding}` already: give this one another name"));
        }
        seen.push(binding);
    }
}

/// An association knows how it is bound; whether something is one is known by how it is written, `r.missions`.
fn joins_have_conditions(query: &From, errors: &mut Errors) {
    for clause in &query.clauses {
        let Clause::Join(join) = clause else { continue };
        let is_cross = join.keyword.to_string().starts_with("cross_");
        if let (Source::Schema(schema), None, false) = (&join.source, &join.on, is_cross) {
            let schema = schema.to_token_stream();
            errors.at(
                &schema,
                format!(
                    "how are the rows of `{schema}` bound to the others? write `on: …` behind this, or `cross_join`"
                ),
            );
        }
    }
}

fn clauses_come_once(query: &mut From, errors: &mut Errors) {
    let mut seen: Vec<String> = Vec::new();
    query.clauses.retain(|clause| {
        let Some(keyword) = clause.keyword().filter(|keyword| ONCE.contains(&keyword.to_string().as_str())) else {
            return true;
        };
        let repeated = seen.contains(&keyword.to_string());
        if repeated {
            errors.at(keyword, format!("there is a `{keyword}` in this query already"));
        }
        seen.push(keyword.to_string());
        !repeated
    });
}

/// Rows of one table are changed; the others only tell which and to what.
fn the_first_binding_is_changed(query: &mut From, errors: &mut Errors) {
    let first = query.header().first().map(|ident| (*ident).clone());
    for clause in &mut query.clauses {
        let Clause::Update(_, assignments) = clause else { continue };
        assignments.retain(|assignment| {
            let is_first = Some(&assignment.binding) == first.as_ref();
            if !is_first {
                let first = first.as_ref().map_or_else(String::new, |first| format!(", `{first}`,"));
                errors.at(
                    &assignment.binding,
                    format!("only rows of the query's first binding{first} are changed, not those of a joined one"),
                );
            }
            is_first
        });
    }
}

impl Clause {
    fn keyword(&self) -> Option<&Ident> {
        match self {
            Self::Join(_) | Self::Windows(_) => None,
            Self::Condition(keyword, _)
            | Self::Select(keyword, _)
            | Self::SelectMerge(keyword, _)
            | Self::Order(keyword, _)
            | Self::GroupBy(keyword, _)
            | Self::Flag(keyword, _)
            | Self::DistinctOn(keyword, _)
            | Self::Value(keyword, _)
            | Self::Preload(keyword, _)
            | Self::Lock(keyword, _)
            | Self::Update(keyword, _) => Some(keyword),
        }
    }
}
