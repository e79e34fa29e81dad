//! The sources of a query, as its type knows them.

use super::{Binding, BindingId};
use crate::schema::Schema;

/// A query's sources: a schema, or a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of a query's sources",
    note = "a schema, or a tuple of two to eight schemas"
)]
pub trait Bindings: 'static {
    /// What a closure is given: a [`Binding`], or a tuple of them.
    type Handles: Copy;
    /// How many there are.
    const COUNT: usize;

    /// The handles of `ids`, of which there are [`Self::COUNT`].
    fn handles(ids: &mut dyn Iterator<Item = BindingId>) -> Self::Handles;
    /// What `handles` stand for.
    fn ids(handles: Self::Handles) -> Vec<BindingId>;
}

/// [`Bindings`] of which the first is known: that of `from`, whose rows an update changes.
pub trait First: Bindings {
    /// Its schema.
    type Schema: Schema;
}

impl<S: Schema> First for S {
    type Schema = S;
}

/// [`Bindings`] that begin with those of `D`: what is written for a robot holds for a robot with its missions.
#[diagnostic::on_unimplemented(message = "the sources `{Self}` do not begin with `{D}`")]
pub trait StartsWith<D: Bindings>: Bindings {}

impl<S: Schema> StartsWith<S> for S {}

/// [`Bindings`] to which one more is joined.
#[diagnostic::on_unimplemented(
    message = "no ninth source can be joined to a query",
    note = "a query's type knows up to eight: put some of them into a subquery"
)]
pub trait Grow<T: Schema>: Bindings {
    /// With the new one at the end.
    type Out: Bindings;
}

impl<S: Schema> Bindings for S {
    type Handles = Binding<S>;
    const COUNT: usize = 1;

    fn handles(ids: &mut dyn Iterator<Item = BindingId>) -> Binding<S> {
        binding(ids)
    }

    fn ids(handle: Binding<S>) -> Vec<BindingId> {
        vec![handle.id()]
    }
}

impl<S: Schema, T: Schema> Grow<T> for S {
    type Out = (S, T);
}

fn binding<S: Schema>(ids: &mut dyn Iterator<Item = BindingId>) -> Binding<S> {
    Binding::new(ids.next().expect("a query has as many sources as its type"))
}

macro_rules! tuple {
    ($count:literal: $($name:ident)+) => {
        impl<$($name: Schema),+> Bindings for ($($name,)+) {
            type Handles = ($(Binding<$name>,)+);
            const COUNT: usize = $count;

            fn handles(ids: &mut dyn Iterator<Item = BindingId>) -> Self::Handles {
                ($(binding::<$name>(ids),)+)
            }

            #[allow(non_snake_case)]
            fn ids(($($name,)+): Self::Handles) -> Vec<BindingId> {
                vec![$($name.id()),+]
            }
        }

        first!($($name)+);
        starts_with!(($($name)+) $($name)+);
    };
}

macro_rules! first {
    ($first:ident $($name:ident)+) => {
        impl<$first: Schema, $($name: Schema),+> First for ($first, $($name,)+) {
            type Schema = $first;
        }
    };
}

/// For each beginning of the tuple: of one, of two, …
macro_rules! starts_with {
    (($($all:ident)+) $first:ident $($rest:ident)*) => {
        impl<$($all: Schema),+> StartsWith<$first> for ($($all,)+) {}
        starts_with!(@ ($($all)+) ($first) $($rest)*);
    };
    (@ ($($all:ident)+) ($($start:ident)+)) => {};
    (@ ($($all:ident)+) ($($start:ident)+) $next:ident $($rest:ident)*) => {
        impl<$($all: Schema),+> StartsWith<($($start,)+ $next,)> for ($($all,)+) {}
        starts_with!(@ ($($all)+) ($($start)+ $next) $($rest)*);
    };
}

macro_rules! grow {
    ($($name:ident)+) => {
        impl<$($name: Schema,)+ Joined: Schema> Grow<Joined> for ($($name,)+) {
            type Out = ($($name,)+ Joined);
        }
    };
}

tuple!(2: A B);
tuple!(3: A B C);
tuple!(4: A B C D);
tuple!(5: A B C D E);
tuple!(6: A B C D E F);
tuple!(7: A B C D E F G);
tuple!(8: A B C D E F G H);
grow!(A B);
grow!(A B C);
grow!(A B C D);
grow!(A B C D E);
grow!(A B C D E F);
grow!(A B C D E F G);
