//! What devices talk to: sockets with a device's token, and a channel for its robot.

pub mod device_socket;
pub mod robot_channel;

pub use device_socket::DeviceSocket;
pub use robot_channel::RobotChannel;

#[cfg(test)]
mod tests;
