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
}

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
        }
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
