//! SQL of the program's own inside a query.

use std::sync::Arc;

use super::{Expr, IntoExpr, Node};

/// SQL of your own inside a query: `fragment!("lower(?) || ?", r.name, "x")`.
///
/// The text must be a literal, so that nothing of a user gets into it; each `?` stands for one of the arguments, `\?` for
/// a question mark. An argument is an expression or a value (bound), [`identifier`](crate::query::functions::identifier)
/// (quoted), [`splice`](crate::query::functions::splice) (several values with commas between them), or
/// [`constant`](crate::query::functions::constant) (a number where a database takes no bound one). The type follows from
/// where it stands, or is given: `fragment!("length(?)", r.name => i64)`.
///
/// Text that is no literal does not compile:
///
/// ```compile_fail
/// # use ecto_lite::{fragment, query::Expr};
/// let sql = format!("lower({})", "name; DROP TABLE robots");
/// let expr: Expr<String> = fragment!(sql);
/// ```
///
/// nor does a number of arguments that is not that of the `?`:
///
/// ```compile_fail
/// # use ecto_lite::{fragment, query::Expr};
/// let expr: Expr<String> = fragment!("concat(?, ?)", "a");
/// ```
///
/// ```
/// # use ecto_lite::{fragment, query::Expr};
/// let expr: Expr<String> = fragment!("concat(?, ?)", "a", "b");
/// let given = fragment!("length(?)", "a" => i64);
/// ```
#[macro_export]
macro_rules! fragment {
    ($sql:literal $(, $argument:expr)* => $of:ty) => {{
        let expr: $crate::query::Expr<$of> = $crate::fragment!($sql $(, $argument)*);
        expr
    }};
    ($sql:literal $(, $argument:expr)* $(,)?) => {{
        const {
            ::core::assert!(
                $crate::__private::placeholders($sql)
                    == <[&str]>::len(&[$(::core::stringify!($argument)),*]),
                "a fragment has as many arguments as its text has `?` (write `\\?` for a question mark)"
            );
        }
        $crate::__private::fragment($sql, ::std::vec![$($crate::__private::FragmentPart::into_part($argument)),*])
    }};
}

/// Text with holes, and what goes into them.
#[derive(Clone, Debug)]
pub(crate) struct Fragment {
    pub sql: &'static str,
    pub parts: Vec<Part>,
}

/// What goes into a fragment's hole.
#[derive(Clone, Debug)]
pub struct Part(pub(crate) PartKind);

#[derive(Clone, Debug)]
pub(crate) enum PartKind {
    Node(Node),
    Identifier(Arc<str>),
    Splice(Vec<Node>),
    Constant(i64),
}

/// For [`fragment!`](crate::fragment!).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in a fragment",
    note = "give a column, an expression, a value, `identifier(…)`, `splice(…)` or `constant(…)`"
)]
pub trait FragmentPart {
    /// The part.
    fn into_part(self) -> Part;
}

impl<E: IntoExpr> FragmentPart for E {
    fn into_part(self) -> Part {
        Part(PartKind::Node(self.into_expr().node))
    }
}

/// A name in a fragment. See [`identifier`].
#[derive(Clone, Debug)]
pub struct Identifier(Arc<str>);

/// A name in a fragment: of a table, a column, a collation. Quoted, so that it is a name whatever it consists of.
pub fn identifier(name: impl Into<Arc<str>>) -> Identifier {
    Identifier(name.into())
}

impl FragmentPart for Identifier {
    fn into_part(self) -> Part {
        Part(PartKind::Identifier(self.0))
    }
}

/// Several values in a fragment. See [`splice`].
#[derive(Clone, Debug)]
pub struct Splice(Vec<Node>);

/// Several values in a fragment, with commas between them: `fragment!("? IN (?)", r.id, splice(ids))`.
pub fn splice<E: IntoExpr>(values: impl IntoIterator<Item = E>) -> Splice {
    Splice(values.into_iter().map(|value| value.into_expr().node).collect())
}

impl FragmentPart for Splice {
    fn into_part(self) -> Part {
        Part(PartKind::Splice(self.0))
    }
}

/// A number in a fragment. See [`constant`].
#[derive(Clone, Copy, Debug)]
pub struct Constant(i64);

/// A number in a fragment that is written and not bound, where a database wants it so.
pub fn constant(number: i64) -> Constant {
    Constant(number)
}

impl FragmentPart for Constant {
    fn into_part(self) -> Part {
        Part(PartKind::Constant(self.0))
    }
}

/// For [`fragment!`](crate::fragment!).
#[doc(hidden)]
pub fn fragment<T>(sql: &'static str, parts: Vec<Part>) -> Expr<T> {
    Expr::new(Node::Fragment(Box::new(Fragment { sql, parts })))
}

/// For [`fragment!`](crate::fragment!): how many `?` there are without a `\` before them.
#[doc(hidden)]
pub const fn placeholders(sql: &str) -> usize {
    let (bytes, mut index, mut count) = (sql.as_bytes(), 0, 0);
    while index < bytes.len() {
        if bytes[index] == b'?' && (index == 0 || bytes[index - 1] != b'\\') {
            count += 1;
        }
        index += 1;
    }
    count
}
