//! What must hold between the functions of a channel. What breaks a rule is reported and taken out of the model.
//!
//! Functions under `#[cfg]` may share an event or a type: only one of them need be there in the end.

use quote::ToTokens;

use super::model::Channel;
use crate::errors::Errors;
use crate::method::retain_first;

pub(super) fn channel(channel: &mut Channel, errors: &mut Errors) {
    if !channel.has_join {
        let usage = "async fn join(cx: &mut ChannelJoin<'_, S>, payload: T) -> Result<Self, Refused>";
        errors.at(&channel.item.self_ty, format!("this channel lacks `join`: `{usage}`"));
    }
    retain_first(
        &mut channel.ins,
        |of| of.event.value(),
        |of| &of.method,
        |of, first| errors.at(&of.event, format!("the event `{}` goes to `{first}` already", of.event.value())),
    );
    retain_first(
        &mut channel.outs,
        |of| of.event.value(),
        |of| &of.method,
        |of, first| {
            errors.at(&of.event, format!("broadcasts of `{}` go through `{first}` already", of.event.value()));
        },
    );
    retain_first(
        &mut channel.infos,
        |of| of.ty.to_token_stream().to_string(),
        |of| &of.method,
        |of, first| errors.at(&of.ty, format!("messages of this type go to `{first}` already")),
    );
}
