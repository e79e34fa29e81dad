//! An expansion needs nothing from the scope it stands in, and leaves no warning there.

#![deny(warnings, missing_docs, clippy::pedantic)]

/// A library's view, whose state is private.
pub mod fleet {
    #![no_implicit_prelude]
    #![allow(dead_code)]

    struct Result;
    struct Option;
    struct Some;
    struct Ok;
    struct Err;
    trait Clone {}
    trait Future {}
    #[allow(non_camel_case_types)]
    struct str;
    mod core {}
    mod std {}

    struct Selected(i64);

    /// The view.
    #[derive(::bennu::prelude::LiveView)]
    pub struct Fleet {
        selected: Selected,
        cx: bool,
    }

    #[::bennu::prelude::live_view]
    impl Fleet {
        async fn mount(cx: &mut ::bennu::prelude::Mount) -> ::bennu::prelude::Result<Self> {
            let _ = cx;
            ::core::result::Result::Ok(Self { selected: Selected(0), cx: true })
        }

        /// Selects.
        #[event]
        pub fn select(&mut self, cx: i64, event: bool) {
            self.selected = Selected(cx);
            self.cx = event;
        }

        #[info]
        fn telemetry(&mut self, info: &i64) {
            self.selected.0 = *info;
        }

        #[call]
        fn battery(&self, call: i64) -> i64 {
            self.selected.0 + call
        }

        #[handle_async]
        fn load(&mut self, done: ::bennu::prelude::AsyncResult<bool>) {
            self.cx = ::core::matches!(done, ::core::result::Result::Ok(true));
        }

        fn render(&self) -> ::bennu::prelude::Element {
            ::core::unimplemented!()
        }
    }
}

fn main() {
    let _ = fleet::Fleet::on_select(3, true);
}
