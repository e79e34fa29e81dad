//! What the macros say about each mistake.
//!
//! One tiny case per mistake, named for it, with the compiler's output beside it. The outputs quote the compiler, so they hold
//! for the pinned toolchain; `TRYBUILD=overwrite cargo test -p ecto-lite --test it ui::` writes them anew. What the macros
//! accept is part of this binary: that it compiles is the test.

#[test]
fn macros_explain_what_is_wrong() {
    let cases = trybuild::TestCases::new();
    for name in ["schema", "db_enum", "changeset", "query"] {
        cases.compile_fail(format!("tests/ui/{name}/fail/*.rs"));
    }
}
