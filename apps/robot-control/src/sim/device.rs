//! One robot that is a device: it drives at 20 Hz whatever the network does, reports 10 times a second, and stops by
//! itself when it has not heard of the server for a second.
//!
//! A channel's client is used to a heartbeat every 30 seconds. That is too slow for something that moves, so this one
//! asks every 300 ms, and whatever the server says counts as a sign of life.

use std::f64::consts::FRAC_PI_2;
use std::pin::pin;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout};

use super::channel::{Channel, ChannelError, Heard, reason};
use crate::backoff::Backoff;
use crate::robots::crew::Spec;
use crate::robots::driver::STEP;
use crate::robots::robot::Robot;
use crate::robots::{Answer, Command, Order, Pose, Report, RobotId, World};

/// A robot that heard nothing of the server for this long stops.
pub const DEAD_MAN: Duration = Duration::from_secs(1);
/// Steps between two reports.
const REPORT_EVERY: u64 = 2;
/// Steps between two heartbeats: 300 ms.
const HEARTBEAT_EVERY: u64 = 6;
/// A connection that is silent or stuck for this long is given up.
const GIVE_UP: Duration = Duration::from_secs(3);

/// The robot, its floor, and when it last heard of the server.
pub struct Device {
    id: RobotId,
    robot: Robot,
    world: World,
    clock: Interval,
    steps: u64,
    heard: Instant,
}

impl Device {
    /// A robot that stands charging at the upper wall of the warehouse, where the server's own have no docks.
    pub fn new(id: RobotId) -> Self {
        let place = f64::from(id.0 % 14);
        let dock = Pose::new(2.0 + 1.9 * place, 22.7, FRAC_PI_2);
        let name = format!("robot {id}").into();
        let spec = Spec { id, name, dock, start: dock, battery: 80.0, stops: Vec::new() };
        let mut clock = interval(STEP);
        clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (robot, heard) = (Robot::new(spec), Instant::now());
        Self { id, robot, world: World::warehouse(), clock, steps: 0, heard }
    }

    /// Drives, and speaks to the server at `url` whenever that can be reached. Never ends.
    pub async fn run(mut self, url: String, token: String) {
        let (robot, topic) = (self.id, format!("robot:{}", self.id));
        let mut backoff = Backoff::default();
        loop {
            let joining = timeout(GIVE_UP, Channel::join(&url, &token, &topic));
            let error = match self.meanwhile(joining).await {
                Ok(Ok(channel)) => {
                    tracing::info!(%robot, url, "attached");
                    backoff = Backoff::default();
                    self.serve(channel).await
                }
                Ok(Err(error)) => error,
                Err(_) => ChannelError::Silent,
            };
            let wait = backoff.next_wait();
            tracing::warn!(%robot, url, %error, again_in = ?wait, "not attached");
            self.meanwhile(tokio::time::sleep(wait)).await;
        }
    }

    /// Speaks to the server until that is over.
    async fn serve(&mut self, mut channel: Channel) -> ChannelError {
        self.heard = Instant::now();
        loop {
            // Both arms are cancel safe.
            let done = tokio::select! {
                _ = self.clock.tick() => {
                    self.step();
                    self.speak(&mut channel).await
                }
                heard = channel.next() => match heard {
                    Ok(heard) => self.hear(heard, &mut channel).await,
                    Err(error) => Err(error),
                },
            };
            if let Err(error) = done {
                return error;
            }
        }
    }

    /// Says what is due.
    async fn speak(&mut self, channel: &mut Channel) -> Result<(), ChannelError> {
        if self.heard.elapsed() > GIVE_UP {
            return Err(ChannelError::Silent);
        }
        if self.steps.is_multiple_of(HEARTBEAT_EVERY) {
            self.sent(channel.heartbeat()).await?;
        }
        if self.steps.is_multiple_of(REPORT_EVERY) {
            let report = Report::from(&self.robot.telemetry());
            self.sent(channel.push("telemetry", report)).await?;
        }
        Ok(())
    }

    /// Does what the server says.
    async fn hear(&mut self, heard: Heard, channel: &mut Channel) -> Result<(), ChannelError> {
        self.heard = Instant::now();
        match heard {
            Heard::Push { event, payload } if event == "command" => match self.obey(&payload) {
                Ok(answer) => self.sent(channel.push("outcome", answer)).await,
                Err(error) => {
                    tracing::warn!(robot = %self.id, %payload, %error, "this command is not known");
                    Ok(())
                }
            },
            Heard::Reply(Err(response)) => {
                tracing::warn!(robot = %self.id, reason = reason(&response), "the server refused a message");
                Ok(())
            }
            Heard::Push { .. } | Heard::Reply(Ok(())) => Ok(()),
        }
    }

    fn obey(&mut self, payload: &Value) -> Result<Answer, serde_json::Error> {
        let Order { number, command } = serde::Deserialize::deserialize(payload)?;
        let outcome = self.robot.command(&self.world, command);
        tracing::debug!(robot = %self.id, ?command, ?outcome, "a command");
        Ok(Answer { number, outcome })
    }

    /// A step of time, and the dead-man switch.
    fn step(&mut self) {
        self.steps += 1;
        if self.heard.elapsed() > DEAD_MAN {
            // Also without a server it does not set off by itself.
            let _ = self.robot.command(&self.world, Command::Stop);
        }
        self.robot.step(&self.world, &[], STEP);
    }

    /// Waits for a message to be sent, and drives on.
    async fn sent(&mut self, sending: impl Future<Output = Result<(), ChannelError>>) -> Result<(), ChannelError> {
        self.meanwhile(timeout(GIVE_UP, sending)).await.unwrap_or(Err(ChannelError::Silent))
    }

    /// Waits for something, and drives on.
    async fn meanwhile<T>(&mut self, waiting: impl Future<Output = T>) -> T {
        let mut waiting = pin!(waiting);
        loop {
            tokio::select! {
                biased;
                done = &mut waiting => return done,
                _ = self.clock.tick() => self.step(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robots::{Point, Status};

    #[tokio::test(start_paused = true)]
    async fn a_robot_that_hears_nothing_for_a_second_stops_by_itself() {
        let mut device = Device::new(RobotId(21));
        let order = serde_json::json!({ "id": 7, "command": "go_to", "x": 10.0, "y": 12.0 });
        assert!(device.obey(&order).unwrap().outcome.is_ok());
        device.meanwhile(tokio::time::sleep(DEAD_MAN)).await;
        let moving = device.robot.telemetry();
        assert_eq!(moving.status, Status::GoingTo);
        device.meanwhile(tokio::time::sleep(DEAD_MAN)).await;
        let stopped = device.robot.telemetry();
        assert!(stopped.velocity.is_rest() && stopped.status == Status::Idle, "{stopped:?}");
        // It does not go on by itself either.
        device.meanwhile(tokio::time::sleep(Duration::from_mins(2))).await;
        assert_eq!(device.robot.telemetry().pose, stopped.pose);
        assert!(stopped.pose.at.distance(Point::new(10.0, 12.0)) > 1.0);
    }

    #[tokio::test(start_paused = true)]
    async fn every_device_has_room_where_it_stands() {
        for id in 21..40 {
            let device = Device::new(RobotId(id));
            let at = device.robot.telemetry().pose.at;
            assert!(device.world.clearance(at) > crate::robots::LIMITS.radius, "robot {id} stands in a wall");
        }
    }
}
