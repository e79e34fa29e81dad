//! Loading associations: on request, never by reading a field.
//!
//! One statement for each association and level, whatever the number of owners. What is loaded already is kept, and its
//! own associations are loaded where that is asked for. `Ecto.Repo.preload/3`, Ecto 3.13.
//!
//! ```no_run
//! # use ecto_lite::{Repo, RepoError, Schema, schema::{BelongsTo, HasMany}};
//! # #[derive(Schema, Clone, Debug)]
//! # #[schema(source = "robots")]
//! # pub struct Robot { #[schema(primary_key)] id: i64, #[schema(has_many)] missions: HasMany<Mission> }
//! # #[derive(Schema, Clone, Debug)]
//! # #[schema(source = "missions")]
//! # pub struct Mission { #[schema(primary_key)] id: i64, robot_id: i64, #[schema(has_many)] logs: HasMany<LogEntry> }
//! # #[derive(Schema, Clone, Debug)]
//! # #[schema(source = "logs")]
//! # pub struct LogEntry { #[schema(primary_key)] id: i64, mission_id: i64 }
//! # async fn doc(repo: Repo) -> Result<(), RepoError> {
//! let mut robots = Robot::query().preload(Robot::missions.limit_per_parent(3)).all(&repo).await?;
//! repo.preload(&mut robots, Robot::missions.with(Mission::logs)).await?;
//! for mission in robots[0].missions.get()? {
//!     println!("{}", mission.logs.get()?.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! An association of another schema is refused by the compiler: `repo.preload(&mut robots, Mission::logs)` says that
//! `Mission::logs` cannot be preloaded into rows of `Robot`.

mod collect;
mod fetch;
mod joined;
mod key;
mod node;
mod path;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::try_join_all;

pub(crate) use joined::Joined;
pub use joined::JoinedRows;
pub(super) use key::Key;
pub use node::Preload;

use super::Repo;
use crate::adapter::BoxFuture;
use crate::error::RepoError;
use crate::schema::{Assoc, Association, Schema};
use crate::tuples::tuples;

/// Puts what was loaded into its owners: the same ones, in the same order, as were shown to [`PreloadNode::load`].
pub type Assign<S> = Box<dyn FnOnce(&mut [S]) + Send>;

/// One association to be loaded into rows of `S`, whatever is at its other end.
pub trait PreloadNode<S>: fmt::Debug + Send + Sync {
    /// The association's index in [`crate::schema::SchemaMeta::associations`].
    fn association(&self) -> usize;
    /// Reads what belongs to `rows`, and what that is to have loaded in turn. Changes nothing yet, so that several
    /// associations can be read at once.
    fn load<'a>(&'a self, repo: &'a Repo, rows: &'a [S]) -> BoxFuture<'a, Result<Assign<S>, RepoError>>;
}

/// Associations to be loaded into rows of `S`.
pub struct Preloads<S> {
    nodes: Vec<Arc<dyn PreloadNode<S>>>,
    in_parallel: bool,
}

impl<S: Send + Sync + 'static> Preloads<S> {
    /// Those of `preloads`, for options that concern all of them.
    pub fn new(preloads: impl IntoPreload<S>) -> Self {
        preloads.into_preload()
    }

    /// Whether associations of one level are read at the same time, each on a connection of its own. The default; in a
    /// transaction they are always read one after the other.
    #[must_use]
    pub fn in_parallel(mut self, in_parallel: bool) -> Self {
        self.in_parallel = in_parallel;
        self
    }

    /// Adds those of `others`, to be loaded after these where both name one association.
    pub(crate) fn add(&mut self, others: Self) {
        self.nodes.extend(others.nodes);
        self.in_parallel &= others.in_parallel;
    }

    /// Loads them into `rows`.
    pub(crate) async fn run(&self, repo: &Repo, rows: &mut [S]) -> Result<(), RepoError> {
        if rows.is_empty() {
            return Ok(());
        }
        for wave in self.waves() {
            let shared = &*rows;
            let loads = wave.into_iter().map(|node| node.load(repo, shared));
            let assigns = if self.in_parallel && !repo.is_checked_out() {
                try_join_all(loads).await?
            } else {
                let mut assigns = Vec::new();
                for load in loads {
                    assigns.push(load.await?);
                }
                assigns
            };
            for assign in assigns {
                assign(rows);
            }
        }
        Ok(())
    }

    /// The nodes in groups in which no association is named twice: `(missions.with(logs), missions.with(tags))` reads
    /// missions once, for the second finds them loaded.
    fn waves(&self) -> Vec<Vec<&Arc<dyn PreloadNode<S>>>> {
        let mut waves: Vec<Vec<&Arc<dyn PreloadNode<S>>>> = Vec::new();
        for node in &self.nodes {
            let is_free = |wave: &&mut Vec<&Arc<dyn PreloadNode<S>>>| {
                wave.iter().all(|other| other.association() != node.association())
            };
            match waves.iter_mut().find(is_free) {
                Some(wave) => wave.push(node),
                None => waves.push(vec![node]),
            }
        }
        waves
    }
}

impl<S> Preloads<S> {
    /// Whether there is nothing to load.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

impl<S> Default for Preloads<S> {
    fn default() -> Self {
        Self { nodes: Vec::new(), in_parallel: true }
    }
}

impl<S> Clone for Preloads<S> {
    fn clone(&self) -> Self {
        Self { nodes: self.nodes.clone(), in_parallel: self.in_parallel }
    }
}

impl<S> fmt::Debug for Preloads<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.nodes).finish()
    }
}

/// What can be preloaded into rows of `S`: an association of `S` (`Robot::missions`), one with options
/// (`Robot::missions.with(Mission::logs)`), [`Preloads`], a tuple, array or `Vec` of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be preloaded into rows of `{S}`",
    label = "not an association of `{S}`",
    note = "associations of an association are preloaded through it: `Robot::missions.with(Mission::logs)`"
)]
pub trait IntoPreload<S> {
    /// The associations.
    fn into_preload(self) -> Preloads<S>;
}

impl<S> IntoPreload<S> for Preloads<S> {
    fn into_preload(self) -> Self {
        self
    }
}

impl<S: Schema, A: Association> IntoPreload<S> for Assoc<S, A> {
    fn into_preload(self) -> Preloads<S> {
        Preload::new(self).into_preload()
    }
}

impl<S: Schema, A: Association> IntoPreload<S> for Preload<S, A> {
    fn into_preload(self) -> Preloads<S> {
        Preloads { nodes: vec![Arc::new(self)], ..Preloads::default() }
    }
}

impl<S: Send + Sync + 'static, P: IntoPreload<S>> IntoPreload<S> for Vec<P> {
    fn into_preload(self) -> Preloads<S> {
        let mut preloads = Preloads::default();
        for each in self {
            preloads.add(each.into_preload());
        }
        preloads
    }
}

impl<S: Send + Sync + 'static, P: IntoPreload<S>, const N: usize> IntoPreload<S> for [P; N] {
    fn into_preload(self) -> Preloads<S> {
        let mut preloads = Preloads::default();
        for each in self {
            preloads.add(each.into_preload());
        }
        preloads
    }
}

macro_rules! each {
    ($($name:ident)+) => {
        impl<S: Send + Sync + 'static, $($name: IntoPreload<S>),+> IntoPreload<S> for ($($name,)+) {
            #[allow(non_snake_case)]
            fn into_preload(self) -> Preloads<S> {
                let ($($name,)+) = self;
                let mut preloads = Preloads::default();
                $(preloads.add($name.into_preload());)+
                preloads
            }
        }
    };
}

tuples!(each: A B C D E F G H);

/// Rows that associations can be loaded into: one row, or a `Vec`, slice, array or `Option` of them.
pub trait PreloadRows: Send {
    /// Of what.
    type Schema: Schema;

    /// The rows.
    fn rows_mut(&mut self) -> &mut [Self::Schema];

    /// See [`Repo::preload`].
    fn preload(
        &mut self,
        repo: &Repo,
        preloads: impl IntoPreload<Self::Schema>,
    ) -> impl Future<Output = Result<(), RepoError>> + Send {
        let preloads = preloads.into_preload();
        async move { preloads.run(repo, self.rows_mut()).await }
    }
}

impl<S: Schema> PreloadRows for S {
    type Schema = S;

    fn rows_mut(&mut self) -> &mut [S] {
        std::slice::from_mut(self)
    }
}

impl<S: Schema> PreloadRows for Option<S> {
    type Schema = S;

    fn rows_mut(&mut self) -> &mut [S] {
        self.as_mut_slice()
    }
}

impl<S: Schema> PreloadRows for Vec<S> {
    type Schema = S;

    fn rows_mut(&mut self) -> &mut [S] {
        self
    }
}

impl<S: Schema> PreloadRows for [S] {
    type Schema = S;

    fn rows_mut(&mut self) -> &mut [S] {
        self
    }
}

impl<S: Schema, const N: usize> PreloadRows for [S; N] {
    type Schema = S;

    fn rows_mut(&mut self) -> &mut [S] {
        self
    }
}

impl Repo {
    /// Loads associations into `rows` (one row, a `Vec`, a slice, an `Option`): one statement for each association and
    /// level. Associations that are loaded, or changed and not yet written, are kept; see [`Preload::force`].
    ///
    /// The order of a to-many association is that of its `preload_order` or query; without either, the database's.
    /// Rows of a prefix get the rows of their own prefix. A loaded row does not refer back to its owner.
    ///
    /// # Errors
    ///
    /// Those of the queries. `rows` is unchanged by a level that failed; levels above it are not changed either.
    ///
    /// # Cancel safety
    ///
    /// Safe: rows change between statements, a whole association at a time.
    pub async fn preload<T: PreloadRows + ?Sized>(
        &self,
        rows: &mut T,
        preloads: impl IntoPreload<T::Schema>,
    ) -> Result<(), RepoError> {
        preloads.into_preload().run(self, rows.rows_mut()).await
    }
}
