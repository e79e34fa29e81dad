//! What can go wrong with devices.

use bennu::ecto::prelude::*;

use super::Device;
use crate::robots::NumberTaken;

/// Why a device was not registered or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// The input is not fit: the changeset says what is wrong, for the form to show.
    #[error("the device is invalid: {}", .0.errors_json())]
    Invalid(Box<Changeset<Device>>),
    /// The fleet has a robot of that number.
    #[error(transparent)]
    Taken(#[from] NumberTaken),
    /// The database failed, or there is no such device.
    #[error(transparent)]
    Repo(#[from] RepoError),
}

impl From<WriteError<Device>> for DeviceError {
    fn from(error: WriteError<Device>) -> Self {
        match error {
            WriteError::Invalid(changeset) => Self::Invalid(changeset),
            WriteError::Repo(error) => Self::Repo(error),
        }
    }
}
