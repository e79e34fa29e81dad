//! What the single names in pipelines and behind `through` stand for: a pipeline, a plug of the library, or a function.

use proc_macro2::TokenStream;
use syn::parse_quote;

use crate::errors::Errors;
use crate::router::hint;
use crate::router::model::{Item, Plug, Routes};

/// Resolves all names; those that stand for nothing are reported and taken out.
pub(super) fn resolve(routes: &mut Routes, errors: &mut Errors) {
    let mut known = Vec::new();
    for pipeline in &mut routes.pipelines {
        // A pipeline is made of those above, so none is made of itself.
        resolve_list(&mut pipeline.plugs, &known, errors);
        let name = pipeline.name.to_string();
        if known.contains(&name) {
            errors.at(&pipeline.name, format!("there is a pipeline `{name}` above"));
        } else {
            known.push(name);
        }
    }
    // The first of a name stays.
    let mut left = known.clone();
    routes.pipelines.retain(|pipeline| {
        let at = left.iter().position(|name| pipeline.name == name);
        at.map(|at| left.remove(at)).is_some()
    });
    resolve_items(&mut routes.items, &known, errors);
}

fn resolve_items(items: &mut [Item], pipelines: &[String], errors: &mut Errors) {
    for item in items {
        match item {
            Item::Scope(scope) => {
                resolve_list(&mut scope.through, pipelines, errors);
                resolve_items(&mut scope.items, pipelines, errors);
            }
            Item::LiveSession(session) => {
                resolve_list(&mut session.through, pipelines, errors);
                resolve_items(&mut session.items, pipelines, errors);
            }
            Item::Resources(resources) => {
                if let Some(nested) = &mut resources.nested {
                    resolve_items(&mut nested.items, pipelines, errors);
                }
            }
            _ => (),
        }
    }
}

fn resolve_list(plugs: &mut Vec<Plug>, pipelines: &[String], errors: &mut Errors) {
    plugs.retain_mut(|plug| match resolve_plug(plug, pipelines) {
        Ok(()) => true,
        Err(error) => {
            errors.add(error);
            false
        }
    });
}

fn resolve_plug(plug: &mut Plug, pipelines: &[String]) -> syn::Result<()> {
    let (name, args) = match plug {
        Plug::Named(name) => (name.clone(), None),
        Plug::BuiltIn { name, args } => (name.clone(), args.take()),
        _ => return Ok(()),
    };
    let text = name.to_string();
    *plug = if hint::plugs().any(|plug| plug == text) {
        check_args(&text, args.as_ref()).map_err(|message| syn::Error::new(name.span(), message))?;
        Plug::BuiltIn { name, args }
    } else if pipelines.contains(&text) {
        Plug::Pipeline(name)
    } else if let Some(message) = hint::unknown_plug(&text, pipelines) {
        return Err(syn::Error::new(name.span(), message));
    } else {
        Plug::Function(parse_quote! { #name })
    };
    Ok(())
}

fn check_args(plug: &str, args: Option<&TokenStream>) -> Result<(), String> {
    match (hint::arguments(plug), args) {
        (None, Some(_)) => Err(format!("the plug `{plug}` has no arguments, and stands without parentheses")),
        (Some(example), args) if args.is_none_or(TokenStream::is_empty) => {
            Err(format!("`{plug}` has arguments: `{example}`"))
        }
        _ => Ok(()),
    }
}
