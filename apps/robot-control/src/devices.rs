//! Devices: robots that are not simulated here, and the tokens by which they are known.
//!
//! A [`Device`] is a robot's number and name. Whoever registers one is shown its [`DeviceToken`] once; the database knows
//! a hash of it. What a device says and is told is no business of this module: it is attached to the fleet
//! ([`crate::robots::attached`]).
//!
//! ```text
//! register_device ──> Device, DeviceToken ── get_device_by_token ──> Device
//! renew_token ──────> Device, DeviceToken (the old one is good for nothing)
//! ```

mod device;
mod error;
mod token;

use bennu::ecto::prelude::*;

pub use device::Device;
pub use error::DeviceError;
pub use token::DeviceToken;

use crate::accounts::token as secrets;
use crate::robots::{RobotId, crew};

/// The name of a device's sockets, by which they are disconnected.
pub fn socket_id(robot: RobotId) -> String {
    format!("devices:{robot}")
}

/// A form for a new device, without input or with it: to be shown while it is being filled in.
pub fn change_device(params: &impl ToParams) -> Changeset<Device> {
    Device::default().changeset(params)
}

/// Registers a device from `robot_id` and `name` in the name of `made_by`. Its token is not to be had again.
///
/// # Errors
/// [`DeviceError::Invalid`] when the input is not fit, or the number is taken.
pub async fn register_device(
    repo: &Repo,
    made_by: &str,
    params: &impl ToParams,
) -> Result<(Device, DeviceToken), DeviceError> {
    let token = DeviceToken::random();
    let changeset = change_device(params)
        .put_change(Device::token_hash, secrets::hash(token.as_str()))
        .put_change(Device::made_by, made_by);
    Ok((repo.insert(changeset).await?, token))
}

/// Gives a device another token. Its connections are to be closed: they were opened with the old one.
///
/// # Errors
/// When there is no such device, or the database fails.
pub async fn renew_token(repo: &Repo, id: i64) -> Result<(Device, DeviceToken), DeviceError> {
    let token = DeviceToken::random();
    let device: Device = repo.fetch(id).await?;
    let changeset = device.change().put_change(Device::token_hash, secrets::hash(token.as_str()));
    Ok((repo.update(changeset).await?, token))
}

/// Forgets a device. Its missions and what it measured stay.
///
/// # Errors
/// When there is no such device, or the database fails.
pub async fn delete_device(repo: &Repo, id: i64) -> Result<Device, DeviceError> {
    let device: Device = repo.fetch(id).await?;
    Ok(repo.delete(device).await?)
}

/// The device of that id.
///
/// # Errors
/// [`RepoError::NotFound`] when there is none.
pub async fn fetch_device(repo: &Repo, id: i64) -> Result<Device, RepoError> {
    repo.fetch(id).await
}

/// Whose token that is.
///
/// # Errors
/// When the database fails.
pub async fn get_device_by_token(repo: &Repo, token: &str) -> Result<Option<Device>, RepoError> {
    repo.get_by(Device::token_hash, secrets::hash(token)).await
}

/// All devices, by number.
///
/// # Errors
/// When the database fails.
pub async fn list_devices(repo: &Repo) -> Result<Vec<Device>, RepoError> {
    repo.all(from!(d in Device, order_by: d.robot_id)).await
}

/// The smallest number that neither a simulated robot nor one of `devices` has.
pub fn free_number(devices: &[Device]) -> RobotId {
    let is_free = |id: &RobotId| !crew::is_of_crew(*id) && devices.iter().all(|device| device.robot_id != *id);
    (1..=u16::MAX).map(RobotId).find(is_free).unwrap_or(RobotId(u16::MAX))
}

#[cfg(test)]
mod tests;
