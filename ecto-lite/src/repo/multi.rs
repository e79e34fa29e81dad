//! Several writes, by name, as one.
//!
//! A [`Multi`] is a list of named steps that are carried out in their order, in one transaction, by
//! [`Repo::transact_multi`]. Each step's result is kept under its name for the steps after it and for the caller. The first
//! step that fails ends it: everything is rolled back, and the error names the step, says what is wrong and has the results
//! so far. Until then a multi is a value: it can be built in one place, looked at in a test, and appended to in another.
//!
//! After `Ecto.Multi`, Ecto 3.13.

mod changes;
mod error;
mod step;

pub use changes::Changes;
pub use error::{Failure, MultiError};
pub use step::IntoWrite;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;

use super::{IntoEntry, Repo};
use crate::RepoError;
use crate::changeset::{Action, Changeset};
use crate::query::{Bindings, IntoQuery, Update};
use crate::schema::Schema;
use step::{Run, Step, Write};

/// The name of a step.
pub type StepName = Cow<'static, str>;

/// Named steps of one transaction. See the [module](self).
///
/// ```ignore
/// let multi = Multi::new()
///     .insert("robot", Robot::default().changeset(&params))
///     .insert_then("mission", |changes| {
///         let robot = changes.fetch::<Robot>("robot")?;
///         Ok(Mission { robot_id: Some(robot.id), ..Mission::default() })
///     })
///     .run("greet", |_repo, changes| async move { greet(changes.fetch("robot")?).await });
/// match repo.transact_multi(multi).await {
///     Ok(changes) => println!("{:?}", changes.get::<Robot>("robot")),
///     Err(error) => println!("{} failed", error.step),
/// }
/// ```
#[derive(Default)]
#[must_use = "a multi does nothing until a repo is given it"]
pub struct Multi {
    steps: VecDeque<Step>,
}

macro_rules! writes {
    ($($(#[$doc:meta])* $name:ident, $then:ident: $action:expr, $write:expr;)+) => {$(
        $(#[$doc])*
        pub fn $name<S: Schema>(self, name: impl Into<StepName>, row: impl Into<Changeset<S>>) -> Self {
            self.write(name, row.into(), $action, $write)
        }

        /// The same, of what a function makes of the results so far.
        pub fn $then<S: Schema, W: IntoWrite<S>>(
            self,
            name: impl Into<StepName>,
            row: impl FnOnce(&Changes) -> W + Send + 'static,
        ) -> Self {
            self.write_then(name, row, $write)
        }
    )+};
}

macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident, $then:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name<Q>(self, name: impl Into<StepName>, query: Q) -> Self
        where
            Q: IntoQuery<Out: Send + Sync + 'static> + Send + 'static,
        {
            self.$then(name, |_| Ok(query))
        }

        /// The same, by what a function makes of the results so far.
        pub fn $then<Q>(
            self,
            name: impl Into<StepName>,
            query: impl FnOnce(&Changes) -> Result<Q, RepoError> + Send + 'static,
        ) -> Self
        where
            Q: IntoQuery<Out: Send + Sync + 'static> + Send + 'static,
        {
            self.step(name, |repo, changes| async move { Ok(repo.$name(query(&changes)?).await?) })
        }
    )+};
}

impl Multi {
    /// Without steps.
    pub fn new() -> Self {
        Self::default()
    }

    writes! {
        /// Inserts a struct or changeset; the result is the stored struct.
        insert, insert_then: Some(Action::Insert), Write::Insert;
        /// Updates by a changeset; the result is the stored struct.
        update, update_then: Some(Action::Update), Write::Update;
        /// Deletes a struct; the result is what was deleted.
        delete, delete_then: Some(Action::Delete), Write::Delete;
        /// Inserts what is new and updates what is not; the result is the stored struct.
        insert_or_update, insert_or_update_then: None, Write::InsertOrUpdate;
    }

    /// Calls a function with the transaction's repo and the results so far. Its error, of any type, rolls everything back.
    pub fn run<T, E, F, Fut>(self, name: impl Into<StepName>, run: F) -> Self
    where
        T: Send + Sync + 'static,
        E: fmt::Debug + Send + Sync + 'static,
        F: FnOnce(Repo, Changes) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
    {
        self.step(name, move |repo, changes| async move { run(repo, changes).await.map_err(Failure::of) })
    }

    /// Gives a value a name.
    pub fn put<T: Send + Sync + 'static>(self, name: impl Into<StepName>, value: T) -> Self {
        self.step(name, |_, _| async { Ok(value) })
    }

    /// Fails with a value, when it is reached.
    pub fn error<E: fmt::Debug + Send + Sync + 'static>(self, name: impl Into<StepName>, error: E) -> Self {
        self.step(name, |_, _| async { Err::<(), _>(Failure::of(error)) })
    }

    queries! {
        /// Reads at most one row; the result is an `Option`.
        one, one_then;
        /// Reads all rows; the result is a `Vec`.
        all, all_then;
        /// Asks whether there is a row; the result is a `bool`.
        exists, exists_then;
        /// Deletes all rows of a query; the result is their number (`u64`).
        delete_all, delete_all_then;
    }

    /// Updates all rows of a query; the result is their number (`u64`).
    pub fn update_all<B, O>(self, name: impl Into<StepName>, update: Update<B, O>) -> Self
    where
        B: Bindings + 'static,
        O: Send + Sync + 'static,
    {
        self.update_all_then(name, |_| Ok(update))
    }

    /// The same, by what a function makes of the results so far.
    pub fn update_all_then<B, O>(
        self,
        name: impl Into<StepName>,
        update: impl FnOnce(&Changes) -> Result<Update<B, O>, RepoError> + Send + 'static,
    ) -> Self
    where
        B: Bindings + 'static,
        O: Send + Sync + 'static,
    {
        self.step(name, |repo, changes| async move { Ok(repo.update_all(update(&changes)?).await?) })
    }

    /// Inserts rows without changesets; the result is their number (`u64`).
    pub fn insert_all<S, R>(self, name: impl Into<StepName>, rows: Vec<R>) -> Self
    where
        S: Schema,
        R: IntoEntry<S> + Send + 'static,
    {
        self.insert_all_then(name, |_| Ok(rows))
    }

    /// The same, of what a function makes of the results so far.
    pub fn insert_all_then<S, R>(
        self,
        name: impl Into<StepName>,
        rows: impl FnOnce(&Changes) -> Result<Vec<R>, RepoError> + Send + 'static,
    ) -> Self
    where
        S: Schema,
        R: IntoEntry<S> + Send + 'static,
    {
        self.step(name, |repo, changes| async move { Ok(repo.insert_all::<S, R>(rows(&changes)?).await?) })
    }

    /// Goes on with the steps of another multi, made of the results so far.
    pub fn merge(mut self, merge: impl FnOnce(&Changes) -> Self + Send + 'static) -> Self {
        self.steps.push_back(Step::Merge(Box::new(merge)));
        self
    }

    /// Shows the results so far, for debugging.
    pub fn inspect(mut self, inspect: impl FnOnce(&Changes) + Send + 'static) -> Self {
        self.steps.push_back(Step::Inspect(Box::new(inspect)));
        self
    }

    /// With the steps of `other` after its own.
    pub fn append(mut self, other: Self) -> Self {
        self.steps.extend(other.steps);
        self
    }

    /// With the steps of `other` before its own.
    pub fn prepend(self, other: Self) -> Self {
        other.append(self)
    }

    /// The names of the steps, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(Step::name)
    }

    fn step<T, F, Fut>(mut self, name: impl Into<StepName>, run: F) -> Self
    where
        T: Send + Sync + 'static,
        F: FnOnce(Repo, Changes) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Failure>> + Send + 'static,
    {
        self.steps.push_back(Step::Run { name: name.into(), refused: None, run: Run::new(run) });
        self
    }

    fn write<S: Schema>(
        mut self,
        name: impl Into<StepName>,
        mut changeset: Changeset<S>,
        action: Option<Action>,
        write: Write,
    ) -> Self {
        changeset.action = action.or(changeset.action);
        // Known before anything is begun.
        let refused = step::refused(&changeset);
        let run = Run::new(move |repo, _| async move { write.carry_out(&repo, changeset).await });
        self.steps.push_back(Step::Run { name: name.into(), refused, run });
        self
    }

    fn write_then<S: Schema, W: IntoWrite<S>>(
        self,
        name: impl Into<StepName>,
        row: impl FnOnce(&Changes) -> W + Send + 'static,
        write: Write,
    ) -> Self {
        self.step(name, move |repo, changes| async move {
            let changeset = row(&changes).into_write()?;
            write.carry_out(&repo, changeset).await
        })
    }
}

impl fmt::Debug for Multi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Repo {
    /// Carries out the steps in one transaction, and gives their results by name.
    ///
    /// # Errors
    ///
    /// The first step that failed; nothing was written. Steps whose changeset is invalid are found before the transaction is
    /// begun. Two steps of one name are a mistake of the program, and refused.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future rolls everything back.
    pub async fn transact_multi(&self, multi: Multi) -> Result<Changes, MultiError> {
        let mut steps = multi.steps;
        step::check(&mut steps)?;
        self.transaction(|tx| step::carry_out(tx, steps)).await
    }
}
