//! What a device shows to be let in.

use std::fmt;

use crate::accounts::token as secrets;

/// What every device's token begins with, so that a scanner finds one that was published.
const PREFIX: &str = "rd_";

/// The secret that a device sends when it connects. Shown once, when it is made.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceToken(String);

impl DeviceToken {
    pub(super) fn random() -> Self {
        Self(format!("{PREFIX}{}", secrets::random()))
    }

    /// The token, to be shown to whoever sets up the device.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceToken(**redacted**)")
    }
}
