//! The expansion of `#[live_view]`: the user's block, the bindings of its events, and the implementation of `LiveView`.
//!
//! Each generated function hands over to the user's function of that name or finds the handler; all that can be decided at
//! run time is decided in `::bennu::__private`. Names begin with `__`, paths are absolute, and calls stand at the span of
//! the type they depend on, so that a wrong type is underlined where it was written.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::model::{Callback, CallbackKind, LiveView};
use crate::method::Method;

mod bindings;
mod handlers;

/// All that takes the place of the block.
pub(super) fn live_view(view: &LiveView) -> TokenStream {
    let item = &view.item;
    let ty = &item.self_ty;
    let (impl_generics, _, where_clause) = item.generics.split_for_impl();
    let cfgs: Vec<_> = item.attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect();
    let bindings = bindings::impl_block(view, &cfgs);
    let max_fps = view.max_fps.iter().map(|frames| {
        quote! { const MAX_FPS: ::core::option::Option<::core::primitive::u32> = ::core::option::Option::Some(#frames); }
    });
    let max_fps = quote! { #(#max_fps)* };
    let names = handlers::event_names(&view.events);
    let callbacks = view.callbacks.iter().map(callback);
    let missing = [CallbackKind::Mount, CallbackKind::Render]
        .into_iter()
        .filter(|kind| !view.callbacks.iter().any(|callback| callback.kind == *kind))
        .map(|kind| signature(kind, &quote! { ::core::unimplemented!() }));
    let events = handlers::events(&view.events);
    let infos = handlers::infos(&view.infos);
    let calls = handlers::calls(&view.calls);
    let tasks = handlers::tasks(&view.tasks);
    quote! {
        #item
        #bindings
        #(#cfgs)*
        #[automatically_derived]
        #[allow(clippy::all, clippy::pedantic)]
        impl #impl_generics ::bennu::__private::LiveView for #ty #where_clause {
            const EVENTS: &'static [&'static ::core::primitive::str] = #names;
            #max_fps
            #(#callbacks)*
            #(#missing)*
            #events
            #infos
            #calls
            #tasks
        }
    }
}

/// The trait's function that calls the user's.
fn callback(callback: &Callback) -> TokenStream {
    let Callback { kind, method, params, sound } = callback;
    let body = if *sound {
        let given = given(*kind).iter().zip(params).map(|(name, span)| Ident::new(name, *span).into_token_stream());
        let receiver = (*kind != CallbackKind::Mount).then(|| quote! { self });
        let call = method.call(receiver.as_ref(), given);
        match kind {
            CallbackKind::Mount | CallbackKind::Render | CallbackKind::Terminate => call,
            CallbackKind::HandOver => quote_spanned! {method.output=> ::bennu::__private::hand_over(#call) },
            _ => outcome(method, &call),
        }
    } else {
        quote! { ::core::unimplemented!() }
    };
    let cfgs = &method.cfgs;
    let function = signature(*kind, &body);
    quote! { #(#cfgs)* #function }
}

/// The callback as the trait has it.
fn signature(kind: CallbackKind, body: &TokenStream) -> TokenStream {
    let cx = quote! { __cx: &mut ::bennu::__private::Cx };
    let result = quote! { ::bennu::__private::Result<()> };
    match kind {
        CallbackKind::Mount => quote! {
            async fn mount(__cx: &mut ::bennu::__private::Mount) -> ::bennu::__private::Result<Self> { #body }
        },
        CallbackKind::HandleParams => quote! {
            async fn handle_params(
                &mut self,
                #cx,
                __params: &::bennu::__private::Params,
                __uri: &::bennu::__private::Uri,
            ) -> #result { #body }
        },
        CallbackKind::Connected => quote! {
            async fn connected(&mut self, #cx, __connect: &::bennu::__private::Connect) -> #result { #body }
        },
        CallbackKind::Disconnected => quote! {
            async fn disconnected(&mut self, #cx) -> #result { #body }
        },
        CallbackKind::Render => quote! {
            fn render(&self) -> ::bennu::__private::Element { #body }
        },
        CallbackKind::HandOver => quote! {
            fn hand_over(&self) -> ::bennu::__private::Result<::core::option::Option<::bennu::__private::Value>> { #body }
        },
        CallbackKind::Terminate => quote! {
            fn terminate(&mut self, __reason: &::bennu::__private::Terminate) { #body }
        },
    }
}

/// What the callback is given after the context.
fn given(kind: CallbackKind) -> &'static [&'static str] {
    match kind {
        CallbackKind::Mount | CallbackKind::Disconnected | CallbackKind::Render | CallbackKind::HandOver => &[],
        CallbackKind::HandleParams => &["__params", "__uri"],
        CallbackKind::Connected => &["__connect"],
        CallbackKind::Terminate => &["__reason"],
    }
}

/// Makes a `Result<()>` of what the function returns.
fn outcome(method: &Method, call: &TokenStream) -> TokenStream {
    quote_spanned! {method.output=> ::bennu::__private::IntoOutcome::into_outcome(#call) }
}
