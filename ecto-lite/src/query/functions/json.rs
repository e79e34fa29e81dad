//! Parts of JSON documents.

use super::node;
use crate::query::{Expr, IntoExpr, Node};
use crate::types::{DbType, Type, sql};

/// A part of a JSON document.
#[derive(Clone, Debug)]
pub(crate) struct JsonPath {
    pub value: Node,
    pub path: Vec<Segment>,
    /// As this; as JSON if none.
    pub result: Option<DbType>,
}

/// A step into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Segment {
    /// Into an object.
    Key(String),
    /// Into an array, from 0.
    Index(u32),
}

impl From<&str> for Segment {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<String> for Segment {
    fn from(key: String) -> Self {
        Self::Key(key)
    }
}

impl From<u32> for Segment {
    fn from(index: u32) -> Self {
        Self::Index(index)
    }
}

/// A path into a document: a key, an array or vector of keys, a tuple of keys and indexes (`("arms", 0_u32, "name")`).
pub trait IntoPath {
    /// The steps.
    fn into_path(self) -> Vec<Segment>;
}

impl IntoPath for &str {
    fn into_path(self) -> Vec<Segment> {
        vec![self.into()]
    }
}

impl<I: Into<Segment>> IntoPath for Vec<I> {
    fn into_path(self) -> Vec<Segment> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<I: Into<Segment>, const N: usize> IntoPath for [I; N] {
    fn into_path(self) -> Vec<Segment> {
        self.into_iter().map(Into::into).collect()
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: Into<Segment>),+> IntoPath for ($($name,)+) {
            #[allow(non_snake_case)]
            fn into_path(self) -> Vec<Segment> {
                let ($($name,)+) = self;
                vec![$($name.into()),+]
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);

/// What `document` has at `path`, as JSON; null where it has nothing.
pub fn json_path<E: IntoExpr<Type: Type<Sql = sql::Json>>>(
    document: E,
    path: impl IntoPath,
) -> Expr<Option<serde_json::Value>> {
    Expr::new(Node::Json(Box::new(JsonPath { value: node(document), path: path.into_path(), result: None })))
}

/// What `document` has at `path`, as `T`: `json_path_as::<f64, _>(r.meta, "speed")`. Null where it has nothing or null;
/// on PostgreSQL, what is no `T` fails the query.
pub fn json_path_as<T: Type, E: IntoExpr<Type: Type<Sql = sql::Json>>>(
    document: E,
    path: impl IntoPath,
) -> Expr<Option<T::Inner>> {
    let result = Some(T::DB);
    Expr::new(Node::Json(Box::new(JsonPath { value: node(document), path: path.into_path(), result })))
}
