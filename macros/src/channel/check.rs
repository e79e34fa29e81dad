//! What must hold between the functions of a channel. What breaks a rule is reported and taken out of the model.
//!
//! Functions under `#[cfg]` may share an event or a type: only one of them need be there in the end.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use quote::ToTokens;

use super::model::{Channel, Method};
use crate::errors::Errors;

pub(super) fn channel(channel: &mut Channel, errors: &mut Errors) {
    if !channel.has_join {
        let usage = "async fn join(cx: &mut ChannelJoin<'_, S>, payload: T) -> Result<Self, Refused>";
        errors.at(&channel.item.self_ty, format!("this channel lacks `join`: `{usage}`"));
    }
    unique(
        &mut channel.ins,
        |of| of.event.value(),
        |of| &of.method,
        |of, first| (of.event.to_token_stream(), format!("the event `{}` goes to `{first}` already", of.event.value())),
        errors,
    );
    unique(
        &mut channel.outs,
        |of| of.event.value(),
        |of| &of.method,
        |of, first| {
            (of.event.to_token_stream(), format!("broadcasts of `{}` go through `{first}` already", of.event.value()))
        },
        errors,
    );
    unique(
        &mut channel.infos,
        |of| of.ty.to_token_stream().to_string(),
        |of| &of.method,
        |of, first| (of.ty.to_token_stream(), format!("messages of this type go to `{first}` already")),
        errors,
    );
}

/// Keeps the first of each key; the others are reported with the name of that first one's function.
fn unique<T>(
    items: &mut Vec<T>,
    key: impl Fn(&T) -> String,
    method: impl Fn(&T) -> &Method,
    mistake: impl Fn(&T, &str) -> (proc_macro2::TokenStream, String),
    errors: &mut Errors,
) {
    let mut seen = HashMap::new();
    items.retain(|item| match seen.entry(key(item)) {
        Entry::Vacant(entry) => {
            entry.insert(method(item).ident.to_string());
            true
        }
        Entry::Occupied(_) if !method(item).cfgs.is_empty() => true,
        Entry::Occupied(first) => {
            let (tokens, message) = mistake(item, first.get());
            errors.at(tokens, message);
            false
        }
    });
}
