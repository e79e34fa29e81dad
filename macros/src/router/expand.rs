//! The expansion of `router!`: a type, its paths, and its definition as one chain of calls of the library's `Router`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use self::plug::through;
use super::model::{ChannelOf, Files, Item, LiveSession, Method, Routes, Scope, SocketOf};
use super::resources::Resources;

mod plug;

/// The type and its definition. `paths` are those of all routes.
pub(super) fn routes(routes: &Routes, paths: &[String]) -> TokenStream {
    let Routes { attrs, vis, ident, pipelines, items } = routes;
    let pipelines = pipelines.iter().map(plug::pipeline);
    let calls = items.iter().map(call);
    let is_documented = attrs.iter().any(|attr| attr.path().is_ident("doc"));
    let doc = (!is_documented).then(|| quote! { #[doc = "The routes of this application."] });
    quote! {
        #doc
        #(#attrs)*
        #[allow(unreachable_pub)]
        #vis struct #ident;

        #[automatically_derived]
        impl #ident {
            /// The whole path of every route, which `path!` checks against.
            #[allow(dead_code)]
            #[doc(hidden)]
            pub const PATHS: &'static [&'static ::core::primitive::str] = &[#(#paths),*];
        }

        #[automatically_derived]
        impl ::bennu::__private::RouterDefinition for #ident {
            fn define(self) -> ::bennu::__private::Router {
                #(#pipelines)*
                ::bennu::__private::Router::new() #(#calls)*
            }
        }
    }
}

/// At the span of what is routed to, where the compiler shows that it is not of the right type.
fn call(item: &Item) -> TokenStream {
    match item {
        Item::Layout(layout) => quote_spanned! {layout.span()=> .layout(#layout) },
        Item::Live { path, view, action } => {
            let path = &path.literal;
            let action = if let Some(action) = action {
                let name = action.unraw().to_string();
                quote! { ::core::option::Option::Some(#name) }
            } else {
                quote! { ::core::option::Option::None }
            };
            quote_spanned! {view.span()=> .live::<#view>(#path, #action) }
        }
        Item::Verb { methods, path, handler } => {
            let path = &path.literal;
            methods.iter().map(|method| verb(method, path, handler, handler.span())).collect()
        }
        Item::Resources(of) => resources(of),
        Item::Asset { path, media_type, bytes } => {
            let path = &path.literal;
            quote_spanned! {bytes.span()=> .asset(#path, #media_type, #bytes) }
        }
        Item::Static { path, files } => static_files(&path.literal, files),
        Item::Forward { path, router } => {
            let path = &path.literal;
            quote_spanned! {router.span()=> .forward(#path, #router) }
        }
        Item::Dioxus { path, app } => {
            let path = &path.literal;
            quote_spanned! {app.span()=> .dioxus_app(#path, #app) }
        }
        Item::Socket(of) => socket(of),
        Item::Channel(of) => channel(of),
        Item::Scope(of) => scope(of),
        Item::LiveSession(of) => live_session(of),
    }
}

fn verb(method: &Method, path: &syn::LitStr, handler: impl quote::ToTokens, span: Span) -> TokenStream {
    match method {
        Method::Verb(verb, _) => {
            let function = Ident::new(verb.name(), span);
            quote_spanned! {span=> .#function(#path, #handler) }
        }
        Method::Custom(name) => quote_spanned! {span=> .method(#name, #path, #handler) },
    }
}

fn static_files(path: &syn::LitStr, of: &Files) -> TokenStream {
    let Files { folder, only, cache_control } = of;
    let span = folder.span();
    if only.is_empty() && cache_control.is_none() {
        return quote_spanned! {span=> .static_dir(#path, #folder) };
    }
    let only = (!only.is_empty()).then(|| quote! { .only([#(#only),*]) });
    let cache_control = cache_control.iter();
    let files = quote! { ::bennu::__private::StaticFiles::new(#folder) #only #(.cache_control(#cache_control))* };
    quote_spanned! {span=> .static_files(#path, #files) }
}

/// The functions have the span of their module, where the compiler shows which one is missing.
fn resources(of: &Resources) -> TokenStream {
    let (module, span) = (&of.module, of.module.span());
    let calls = of.actions.iter().flat_map(|action| {
        let (path, function) = (of.path_of(*action).literal, Ident::new(action.name(), span));
        let verbs = action.verbs().iter().map(move |verb| (Method::Verb(*verb, span), path.clone(), function.clone()));
        verbs.map(|(method, path, function)| verb(&method, &path, quote! { #module::#function }, span))
    });
    let nested = of.nested.as_ref().map(|nested| {
        let path = of.member_path(nested).literal;
        let items = block(&nested.items);
        quote! { .scope(::bennu::__private::Scope::new(#path), #items) }
    });
    quote! { #(#calls)* #nested }
}

fn socket(SocketOf { path, socket, websocket, longpoll, channels }: &SocketOf) -> TokenStream {
    let (path, variable) = (&path.literal, Ident::new("__socket", Span::mixed_site()));
    let channels = channels.iter().map(channel);
    let websocket = websocket.iter().map(|yes| quote! { .websocket(#yes) });
    let longpoll = longpoll.iter().map(|yes| quote! { .longpoll(#yes) });
    quote_spanned! {socket.span()=>
        .socket::<#socket>(#path, |#variable| #variable #(#websocket)* #(#longpoll)* #(#channels)*)
    }
}

/// At the channel's span, where the compiler shows that its socket is another one.
fn channel(ChannelOf { topic, channel }: &ChannelOf) -> TokenStream {
    quote_spanned! {channel.span()=> .channel::<#channel>(#topic) }
}

fn scope(of: &Scope) -> TokenStream {
    let (path, through, items) = (&of.path.literal, through(&of.through), block(&of.items));
    let hosts = of.hosts.iter().map(|host| quote! { .host(#host) });
    let assigns = of.assigns.iter().map(|value| quote_spanned! {value.span()=> .assign(#value) });
    let log = of.log.as_ref().map(|level| quote_spanned! {level.span()=> .log(::bennu::__private::LogLevel::#level) });
    quote! { .scope(::bennu::__private::Scope::new(#path) #(#hosts)* #(#assigns)* #log #through, #items) }
}

fn live_session(of: &LiveSession) -> TokenStream {
    let (name, through, items) = (of.name.unraw().to_string(), through(&of.through), block(&of.items));
    let hooks = of.on_mount.iter().map(|hook| quote_spanned! {hook.span()=> .on_mount(#hook) });
    let layout = of.layout.as_ref().map(|layout| quote_spanned! {layout.span()=> .layout(#layout) });
    quote! { .live_session(::bennu::__private::LiveSession::new(#name) #(#hooks)* #layout #through, #items) }
}

fn block(items: &[Item]) -> TokenStream {
    let (router, calls) = (Ident::new("__router", Span::mixed_site()), items.iter().map(call));
    quote! { |#router| #router #(#calls)* }
}

/// The variable that holds a pipeline.
fn variable(pipeline: &Ident) -> Ident {
    format_ident!("__pipeline_{}", pipeline.unraw(), span = Span::mixed_site().located_at(pipeline.span()))
}
