use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemImpl;

use super::{attribute, check, parse};
use crate::errors::Errors;

/// Snapshots are named for the test alone, and do not repeat its source.
macro_rules! snapshot {
    ($value:expr) => {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!($value)
        })
    };
}

fn pretty(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).expect("the expansion is Rust"))
}

/// What is reported for a channel that is right but for `extra`.
fn mistakes(extra: &TokenStream) -> Vec<String> {
    let block = quote! {
        impl Room {
            async fn join() -> Result<Self, Refused> {}
            #extra
        }
    };
    let item: ItemImpl = syn::parse2(block).expect("an impl block");
    let mut errors = Errors::default();
    let mut channel = parse::channel(item, &mut errors);
    check::channel(&mut channel, &mut errors);
    errors.messages()
}

#[test]
fn a_channel_with_everything() {
    snapshot!(pretty(attribute(
        &TokenStream::new(),
        &quote! {
            impl Robot {
                type Socket = DeviceSocket;
                async fn join(cx: &mut ChannelJoin<'_, DeviceSocket>, payload: JoinPayload) -> Result<Self, Refused> {}
                #[handle_in("command")]
                async fn command(&mut self, cx: &mut ChannelCx, command: Command) -> Result<Accepted, Refused> {}
                #[handle_in]
                fn stop(&mut self) {}
                #[cfg(feature = "raw")]
                #[handle_in]
                fn raw(&self, payload: Payload) -> ChannelReply {}
                #[handle_out("telemetry")]
                fn telemetry(&mut self, cx: &mut ChannelCx, broadcast: &Broadcast) -> Option<Payload> {}
                #[handle_info]
                fn tick(&mut self, cx: &mut ChannelCx, tick: Tick) {}
                #[handle_info]
                async fn alarm(&mut self, alarm: &Alarm) -> Option<Stop> {}
                fn terminate(&mut self, reason: &ChannelExit) {}
                fn helper(&self) {}
            }
        }
    )));
}

#[test]
fn the_smallest_channel() {
    snapshot!(pretty(attribute(
        &TokenStream::new(),
        &quote! {
            #[cfg(test)]
            impl<T: Send + 'static> Room<T> {
                fn join() -> Result<Self, Refused> {}
            }
        }
    )));
}

#[test]
fn functions_under_cfg_may_share_an_event() {
    let extra = quote! {
        #[cfg(a)] #[handle_in("x")] fn one(&self) {}
        #[cfg(not(a))] #[handle_in("x")] fn two(&self) {}
    };
    assert_eq!(mistakes(&extra), Vec::<String>::new());
}

#[test]
fn every_mistake_is_reported() {
    let extra = quote! {
        #[handle_in("x")] fn one(&self) {}
        #[handle_in("x")] fn two(&self) {}
        #[handle_info] fn three(&self) {}
        #[handle_out] fn four(broadcast: &Broadcast) -> Option<Payload> {}
    };
    assert_eq!(mistakes(&extra).len(), 3);
}
