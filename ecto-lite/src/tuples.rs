//! The same for tuples of each length.

/// Calls a macro with one name, with two, and so on: `tuples!(each: A B C)` is `each!(A); each!(A B); each!(A B C);`.
macro_rules! tuples {
    ($each:ident: $first:ident $($rest:ident)*) => {
        tuples!(@$each [$first] $($rest)*);
    };
    (@$each:ident [$($name:ident)+]) => {
        $each!($($name)+);
    };
    (@$each:ident [$($name:ident)+] $next:ident $($rest:ident)*) => {
        $each!($($name)+);
        tuples!(@$each [$($name)+ $next] $($rest)*);
    };
}

pub(crate) use tuples;
