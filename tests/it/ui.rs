//! What the macros accept, and what they say about each mistake.
//!
//! One tiny case per mistake, named for it, with the compiler's output beside it. The outputs quote the compiler, so they hold for the
//! pinned toolchain; `TRYBUILD=overwrite cargo test --test it ui::` writes them anew. What the macros accept is part of this binary:
//! that it compiles is the test.

#[path = "../ui/live_view/pass/cfg.rs"]
#[allow(dead_code)]
mod cfg;
#[path = "../ui/channel/pass/hygiene.rs"]
#[allow(dead_code)]
mod channel_hygiene;
#[path = "../ui/live_view/pass/every_handler.rs"]
#[allow(dead_code)]
mod every_handler;
#[path = "../ui/derive_live_view/pass/generic_state.rs"]
#[allow(dead_code)]
mod generic_state;
#[path = "../ui/live_view/pass/hygiene.rs"]
#[allow(dead_code)]
mod live_view_hygiene;
#[path = "../ui/path/pass/everything.rs"]
#[allow(dead_code)]
mod path_everything;
#[path = "../ui/router/pass/hygiene.rs"]
#[allow(dead_code)]
mod router_hygiene;

#[test]
fn macros_explain_what_is_wrong() {
    let cases = trybuild::TestCases::new();
    for name in ["channel", "derive_live_view", "form", "live_view", "path", "router"] {
        cases.compile_fail(format!("tests/ui/{name}/fail/*.rs"));
    }
}
