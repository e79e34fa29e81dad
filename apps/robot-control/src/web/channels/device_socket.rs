//! The connection of a device.

use bennu::ecto::prelude::Repo;
use bennu::prelude::*;

use crate::devices;
use crate::robots::RobotId;

/// A device that has shown its token: `new Socket("/devices", { authToken: "rd_…" })`, or `Authorization: Bearer rd_…` where
/// a client can set headers. URLs are logged, so a token in one is not looked at.
pub struct DeviceSocket {
    /// Which robot it is.
    pub robot: RobotId,
}

impl Socket for DeviceSocket {
    async fn connect(cx: &mut SocketConnect) -> Result<Self, Refused> {
        let token = cx.token().ok_or_else(|| Refused::new("send the device's token: `Authorization: Bearer rd_…`"))?;
        match devices::get_device_by_token(cx.state::<Repo>(), token).await? {
            Some(device) => Ok(Self { robot: device.robot_id }),
            None => Err(Refused::new("this token is no device's: an administrator makes one on the page `/devices`")),
        }
    }

    fn id(&self) -> Option<String> {
        Some(devices::socket_id(self.robot))
    }
}
