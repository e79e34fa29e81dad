use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemImpl;

use super::{attribute, check, derive, parse};
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

/// What is reported for a view that is right but for `extra`.
fn mistakes(extra: &TokenStream) -> Vec<String> {
    mistakes_of(quote! {
        impl Fleet {
            fn mount() -> Result<Self> {}
            fn render(&self) -> Element {}
            #extra
        }
    })
}

fn mistakes_of(block: TokenStream) -> Vec<String> {
    let item: ItemImpl = syn::parse2(block).expect("an impl block");
    let mut errors = Errors::default();
    let mut view = parse::live_view(item, &mut errors);
    check::live_view(&mut view, &mut errors);
    errors.messages()
}

#[test]
fn a_view_with_everything() {
    snapshot!(pretty(attribute(
        TokenStream::new(),
        &quote! {
            impl Fleet {
                async fn mount(cx: &mut Mount) -> Result<Self> { Ok(Self) }
                async fn handle_params(&mut self, cx: &mut Cx, params: &Params, uri: &Uri) -> Result<()> { Ok(()) }
                fn connected(&mut self, connect: &Connect) {}
                async fn disconnected(&mut self, cx: &mut Cx) {}
                #[event]
                fn select(&mut self, id: i64) {}
                /// Saves.
                #[event]
                pub async fn save(&mut self, cx: &mut Cx, id: i64, Fields(_): Fields<Profile>, mut note: String, #[client] at: Place) -> Result<Reply> {}
                #[cfg(feature = "arm")]
                #[event]
                fn r#move(&self, Key(key): Key) {}
                #[info]
                fn telemetry(&mut self, telemetry: &Telemetry) {}
                #[info]
                async fn alarm(&mut self, cx: &mut Cx, alarm: Alarm) -> Result<()> {}
                #[call]
                fn battery(&self, question: GetBattery) -> f64 { 1.0 }
                #[handle_async]
                fn load(&mut self, result: AsyncResult<Vec<Robot>>) {}
                #[handle_async("other")]
                async fn otherwise(&mut self, cx: &mut Cx, result: bennu::AsyncResult<()>) -> Result<()> {}
                fn render(&self) -> Element { rsx! { "fleet" } }
                fn terminate(&mut self, reason: &Terminate) {}
                const LIMIT: usize = 3;
                fn helper(&self) {}
            }
        }
    )));
}

#[test]
fn the_smallest_view_is_generic_and_under_a_cfg() {
    snapshot!(pretty(attribute(
        TokenStream::new(),
        &quote! {
            #[cfg(unix)]
            impl<T: Show> Page<T> where T: 'static {
                fn mount() -> Result<Self> { Ok(Self::new()) }
                fn render(&self) -> Element { rsx! {} }
            }
        }
    )));
}

#[test]
fn a_wrong_view_is_reported_and_stubbed() {
    snapshot!(pretty(attribute(
        quote!(fast),
        &quote! {
            impl Fleet {
                fn mount(&self) {}
                #[event]
                fn select(&mut self, name: &str) {}
                #[info]
                fn telemetry(&mut self) {}
            }
        }
    )));
}

#[test]
fn the_state_knows_its_name() {
    snapshot!(pretty(derive(quote! {
        pub struct Page<T: Show, const N: usize = 3>
        where
            T: 'static,
        {
            shown: [T; N],
        }
    })));
}

#[test]
fn a_state_that_borrows_or_is_a_union_is_refused_and_still_implemented() {
    snapshot!(pretty(derive(quote! { union Page<'a> { a: &'a u8 } })));
}

#[test]
fn only_an_inherent_impl_is_taken() {
    for (item, said) in
        [(quote! { struct Fleet; }, "callbacks"), (quote! { impl LiveView for Fleet {} }, "not on that of a trait")]
    {
        let expansion = attribute(TokenStream::new(), &item).to_string();
        assert!(expansion.contains(said), "{expansion}");
        assert!(expansion.ends_with(&item.to_string()), "{expansion}");
    }
}

#[test]
fn what_is_required_is_asked_for() {
    assert_eq!(
        mistakes_of(quote! { impl Fleet {} }),
        [
            "this view lacks `async fn mount(cx: &mut Mount) -> Result<Self>`",
            "this view lacks `fn render(&self) -> Element`",
        ]
    );
}

#[test]
fn a_right_view_has_no_mistakes() {
    assert_eq!(mistakes(&quote! {}), [""; 0]);
    assert_eq!(
        mistakes(&quote! {
            #[cfg(unix)] #[event] fn go(&mut self) {}
            #[cfg(not(unix))] #[event] fn go(&mut self, how: String) {}
            #[info] fn a(&mut self, a: &A) {}
            #[info] fn b(&mut self, b: B) {}
            fn on_my_own() {}
        }),
        [""; 0]
    );
}

#[test]
fn every_mistake_is_reported_in_one_go() {
    let found = mistakes(&quote! {
        #[event] fn no_self(id: i64) {}
        #[event] fn by_value(self) {}
        #[event] fn generic<T>(&mut self, t: T) {}
        #[event] fn opaque(&mut self, t: impl Sized) {}
        #[event] fn late(&mut self, id: i64, cx: &mut Cx) {}
        #[event] fn owned(&mut self, cx: Cx) {}
        #[event] fn pattern(&mut self, (a, b): (i64, i64)) {}
        #[event] async fn slice(&mut self, ids: &[i64]) {}
        #[event(fast)] fn arguments(&mut self) {}
        #[event] #[info] fn both(&mut self, id: i64) {}
        #[handle_event] fn phoenix(&mut self) {}
        #[event] fn terminate(&mut self) {}
        #[info] fn nothing(&mut self, cx: &mut Cx) {}
        #[call] fn two(&mut self, a: A, b: B) {}
        #[handle_async] fn bare(&mut self, result: Vec<u8>) {}
        #[handle_async(load)] fn unquoted(&mut self, result: AsyncResult<()>) {}
    });
    snapshot!(found.join("\n"));
}

#[test]
fn callbacks_must_have_their_shape() {
    let found = mistakes_of(quote! {
        impl Fleet {
            fn mount(&mut self, cx: &mut Mount, params: Params) {}
            async fn render(&mut self, cx: &mut Cx) {}
            fn handle_params(cx: &mut Cx) {}
            fn connected<T>(self, connect: &Connect, more: T) {}
            async fn terminate(&mut self) {}
        }
    });
    snapshot!(found.join("\n"));
}

#[test]
fn handlers_do_not_contend() {
    let found = mistakes(&quote! {
        #[event] fn go(&mut self) {}
        #[event] fn go(&mut self, id: i64) {}
        #[event] fn stop(&mut self) {}
        fn on_stop() {}
        #[info] fn first(&mut self, t: &Telemetry) {}
        #[info] fn second(&mut self, t: Telemetry) {}
        #[call] fn third(&mut self, t: Ask<u8>) {}
        #[call] fn fourth(&mut self, t: Ask<u8>) {}
        #[handle_async] fn load(&mut self, r: AsyncResult<()>) {}
        #[handle_async("load")] fn reload(&mut self, r: AsyncResult<u8>) {}
    });
    snapshot!(found.join("\n"));
}
