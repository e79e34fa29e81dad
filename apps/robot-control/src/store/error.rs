//! Why the database could not be opened, in words for whoever starts the program.

use std::error::Error;

use bennu::ecto::RepoError;
use bennu::ecto::adapter::AdapterError;
use bennu::ecto::migration::MigrationError;

/// The database could not be opened or migrated. `Display` says which one and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL is none, or names something that cannot be.
    #[error("DATABASE_URL={place} does not open: {reason}. Example: {example}", example = super::DEFAULT_URL)]
    Url {
        /// The URL without its password.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Somebody else holds the file.
    #[error("the database {place} is locked: close the program that uses it, or name another one by DATABASE_URL")]
    Locked {
        /// The URL without its password.
        place: String,
        /// What the database said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The file, its folder or its disk takes nothing.
    #[error(
        "nothing can be written to the database {place}: check the rights and the space of its folder, or name another \
         one by DATABASE_URL"
    )]
    ReadOnly {
        /// The URL without its password.
        place: String,
        /// What the database said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The server does not answer, or does not let us in.
    #[error("the database {place} does not answer: start it, or check name and password in DATABASE_URL")]
    Connect {
        /// The URL without its password.
        place: String,
        /// Why.
        #[source]
        source: RepoError,
    },
    /// The tables could not be brought up to date.
    #[error(
        "the tables of the database {place} could not be brought up to date: what did not succeed was undone; start the \
         version of the program that made it, or name another one by DATABASE_URL"
    )]
    Migrate {
        /// The URL without its password.
        place: String,
        /// Which migration, and why.
        #[source]
        source: MigrationError,
    },
}

impl OpenError {
    pub(super) fn connect(url: &str, source: RepoError) -> Self {
        let place = place(url);
        match source {
            RepoError::Adapter(AdapterError::Configuration(reason)) => Self::Url { place, reason },
            other => match trouble(&other) {
                Some(Trouble::Locked) => Self::Locked { place, source: other.into() },
                Some(Trouble::ReadOnly) => Self::ReadOnly { place, source: other.into() },
                None => Self::Connect { place, source: other },
            },
        }
    }

    pub(super) fn migrate(url: &str, source: MigrationError) -> Self {
        let place = place(url);
        match trouble(&source) {
            Some(Trouble::Locked) => Self::Locked { place, source: source.into() },
            Some(Trouble::ReadOnly) => Self::ReadOnly { place, source: source.into() },
            None => Self::Migrate { place, source },
        }
    }
}

enum Trouble {
    Locked,
    ReadOnly,
}

/// What the database said, somewhere among the causes.
fn trouble(error: &(dyn Error + 'static)) -> Option<Trouble> {
    let causes = std::iter::successors(Some(error), |cause| (*cause).source());
    causes.filter_map(adapter_error).find_map(|cause| match cause {
        AdapterError::Busy(_) => Some(Trouble::Locked),
        AdapterError::ReadOnly(_) | AdapterError::DiskFull(_) => Some(Trouble::ReadOnly),
        _ => None,
    })
}

/// Transparent errors skip themselves in the chain of causes, so each is asked for what it holds.
fn adapter_error<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a AdapterError> {
    if let Some(adapter) = cause.downcast_ref::<AdapterError>() {
        return Some(adapter);
    }
    let repo = match cause.downcast_ref::<MigrationError>() {
        Some(MigrationError::Repo(repo)) => Some(repo),
        Some(MigrationError::Failed { source, .. }) => return adapter_error(&**source),
        _ => cause.downcast_ref::<RepoError>(),
    };
    match repo {
        Some(RepoError::Adapter(adapter)) => Some(adapter),
        _ => None,
    }
}

/// The URL without name, password and options: fit for a log.
pub(super) fn place(url: &str) -> String {
    let address = url.split_once('?').map_or(url, |(address, _)| address);
    match address.split_once("://") {
        Some((scheme, rest)) => {
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            format!("{scheme}://{host}")
        }
        None => address.to_owned(),
    }
}
