//! What the macros accept, and what they say about each mistake.
//!
//! One tiny case per mistake, named for it, with the compiler's output beside it. The outputs quote the compiler, so they hold for the
//! pinned toolchain; `TRYBUILD=overwrite cargo test --test it ui::` writes them anew.

#[test]
fn macros_accept_what_is_right_and_explain_what_is_not() {
    let cases = trybuild::TestCases::new();
    for name in ["derive_live_view", "live_view", "router"] {
        cases.pass(format!("tests/ui/{name}/pass/*.rs"));
        cases.compile_fail(format!("tests/ui/{name}/fail/*.rs"));
    }
}
