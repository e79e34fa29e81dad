//! An expansion needs nothing from the scope it stands in, and leaves no warning there.

#![deny(warnings, missing_docs, clippy::pedantic)]

/// A library's channel, whose state is private.
pub mod rooms {
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

    /// The channel.
    pub struct Room {
        cx: i64,
    }

    #[::bennu::prelude::channel]
    impl Room {
        type Socket = ::bennu::channel::Anyone;

        async fn join(
            cx: &mut ::bennu::channel::ChannelJoin<'_, ::bennu::channel::Anyone>,
            payload: i64,
        ) -> ::core::result::Result<Self, ::bennu::channel::Refused> {
            let _ = cx;
            ::core::result::Result::Ok(Self { cx: payload })
        }

        #[handle_in("event")]
        fn event(&mut self, payload: i64) {
            self.cx = payload;
        }

        #[handle_in]
        async fn reply(
            &self,
            cx: &mut ::bennu::channel::ChannelCx,
        ) -> ::core::result::Result<i64, ::bennu::channel::Refused> {
            let _ = cx;
            ::core::result::Result::Ok(self.cx)
        }

        #[handle_out("broadcast")]
        fn broadcast(&mut self, broadcast: &::bennu::channel::Broadcast) -> ::core::option::Option<i64> {
            let _ = broadcast;
            ::core::option::Option::Some(self.cx)
        }

        #[handle_info]
        fn info(&mut self, info: &i64) {
            self.cx = *info;
        }

        #[handle_info]
        async fn owned(&mut self, info: bool) -> ::bennu::channel::Stop {
            if info {
                self.cx = 1;
            }
            ::bennu::channel::Stop
        }

        fn terminate(&mut self, reason: &::bennu::channel::ChannelExit) {
            let _ = reason;
        }
    }
}

fn main() {
    let _ = ::bennu::Router::new().channel::<rooms::Room>("room:*");
}
