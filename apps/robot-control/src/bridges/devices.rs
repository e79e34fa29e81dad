//! The devices that come by one transport: attaches those that are there, takes what they say, and carries their orders.
//!
//! ```text
//! transport ── came, telemetry, outcome, gone ──> Devices ──> Attachment
//! transport <── orders ── a task for each ────────────────────────┘
//! ```
//!
//! The transport calls it from where it hears of something: nothing here waits. What a device says wrongly is logged, once as
//! long as it is the same, and ignored.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::sync::Arc;

use serde_json::Result as Parsed;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::robots::{Answer, AttachError, Attachment, Fleet, Link, Order, Orders, Report, RobotId};

/// Sends an order to its robot. Must not wait.
pub(super) type Carry = Arc<dyn Fn(RobotId, &Order) + Send + Sync>;

/// The devices of one transport.
pub(super) struct Devices {
    fleet: Fleet,
    link: Link,
    carry: Carry,
    runtime: Handle,
    present: HashSet<RobotId>,
    attached: HashMap<RobotId, Attached>,
    /// What was logged last about each.
    complaints: HashMap<RobotId, String>,
}

/// A device that we speak for. Its task carries orders until it is dropped.
struct Attached {
    attachment: Attachment,
    orders: JoinHandle<()>,
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.orders.abort();
    }
}

impl Devices {
    /// None so far. To be called within the runtime that shall carry the orders.
    pub(super) fn new(fleet: Fleet, link: Link, carry: Carry) -> Self {
        let runtime = Handle::current();
        Self {
            fleet,
            link,
            carry,
            runtime,
            present: HashSet::new(),
            attached: HashMap::new(),
            complaints: HashMap::new(),
        }
    }

    /// A device is there.
    pub(super) fn came(&mut self, robot: RobotId) {
        if self.present.insert(robot) {
            tracing::info!(%robot, link = self.link.label(), "a device has come");
        }
        self.attach(robot);
    }

    /// A device is not there any more.
    pub(super) fn gone(&mut self, robot: RobotId) {
        self.attached.remove(&robot);
        if self.present.remove(&robot) {
            tracing::info!(%robot, link = self.link.label(), "a device is gone");
        }
    }

    /// What a device says of itself; of one that is not there, it is of no use.
    pub(super) fn telemetry(&mut self, robot: RobotId, report: Parsed<Report>) {
        // It may have been registered since it came, or another connection may have ended.
        if !self.present.contains(&robot) || !self.attach(robot) {
            return;
        }
        let said = match (report, self.attached.get(&robot)) {
            (Ok(report), Some(attached)) => attached.attachment.report(report).map_err(|error| error.to_string()),
            (Err(error), _) => Err(error.to_string()),
            (Ok(_), None) => return,
        };
        match said {
            Ok(()) => drop(self.complaints.remove(&robot)),
            Err(error) => self.complain(robot, "a report is ignored", error),
        }
    }

    /// What a device says to an order.
    pub(super) fn outcome(&mut self, robot: RobotId, answer: Parsed<Answer>) {
        match answer {
            Ok(Answer { number, outcome }) => {
                let waited = self.attached.get(&robot).is_some_and(|it| it.attachment.answer(number, outcome));
                if !waited {
                    tracing::debug!(%robot, number, "an answer that nobody waits for");
                }
            }
            Err(error) => self.complain(robot, "an answer is ignored", error),
        }
    }

    /// Begins to speak for a device, unless we do. Answers whether we do now.
    fn attach(&mut self, robot: RobotId) -> bool {
        if self.attached.get(&robot).is_some_and(|attached| !attached.orders.is_finished()) {
            return true;
        }
        // Another connection has taken over, or the device is registered no more.
        self.attached.remove(&robot);
        match self.fleet.attach(robot, self.link) {
            Ok(mut attachment) => {
                let orders = self.runtime.spawn(carry(robot, attachment.take_orders(), self.carry.clone()));
                self.attached.insert(robot, Attached { attachment, orders });
                true
            }
            Err(error) => {
                // How long ago the other connection was heard of is another figure each time.
                let same =
                    if let AttachError::Attached { .. } = error { "attached".to_owned() } else { error.to_string() };
                self.complain_of(same, robot, "a device is not attached", &error);
                false
            }
        }
    }

    fn complain(&mut self, robot: RobotId, what: &str, why: impl Display) {
        let why = why.to_string();
        self.complain_of(why.clone(), robot, what, &why);
    }

    /// Complains unless the last complaint about the robot was the same.
    fn complain_of(&mut self, same: String, robot: RobotId, what: &str, why: &dyn Display) {
        if self.complaints.get(&robot) != Some(&same) {
            tracing::warn!(%robot, link = self.link.label(), %why, "{what}");
            self.complaints.insert(robot, same);
        }
    }
}

async fn carry(robot: RobotId, mut orders: Orders, carry: Carry) {
    while let Some(order) = orders.recv().await {
        carry(robot, &order);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use bennu::prelude::PubSub;
    use serde_json::json;

    use super::*;
    use crate::robots::{Accepted, Command, Status};

    const IBIS: RobotId = RobotId(21);

    async fn devices() -> (Fleet, Devices, Arc<Mutex<Vec<Order>>>) {
        let fleet = Fleet::launch(PubSub::local()).await.unwrap();
        fleet.add_device(IBIS, "Ibis").unwrap();
        let carried = Arc::<Mutex<Vec<Order>>>::default();
        let to = carried.clone();
        let devices =
            Devices::new(fleet.clone(), Link::Zenoh, Arc::new(move |_, order| to.lock().unwrap().push(*order)));
        (fleet, devices, carried)
    }

    fn report(x: f64) -> Parsed<Report> {
        let (zero, status) = (0.0, "idle");
        let report = json!({ "x": x, "y": 12.0, "heading": zero, "linear": zero, "angular": zero, "battery": 80.0, "status": status });
        serde_json::from_value(report)
    }

    fn status(fleet: &Fleet) -> Status {
        fleet.telemetry(IBIS).unwrap().status
    }

    #[tokio::test(start_paused = true)]
    async fn a_device_is_there_from_its_first_report_and_gone_at_once() {
        let (fleet, mut devices, _) = devices().await;
        devices.telemetry(IBIS, report(3.0));
        assert_eq!(status(&fleet), Status::Offline, "nobody said that it is there");
        devices.came(IBIS);
        devices.telemetry(IBIS, report(3.0));
        assert_eq!(status(&fleet), Status::Idle);
        devices.gone(IBIS);
        assert_eq!(status(&fleet), Status::Offline);
        devices.telemetry(IBIS, report(3.0));
        assert_eq!(status(&fleet), Status::Offline, "a report that was on its way");
        fleet.shut_down().await;
    }

    #[tokio::test(start_paused = true)]
    async fn an_order_is_carried_and_its_answer_is_the_outcome() {
        let (fleet, mut devices, carried) = devices().await;
        devices.came(IBIS);
        devices.telemetry(IBIS, report(3.0));
        let outcome = fleet.issue(IBIS, &"me".into(), Command::Stop);
        while carried.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let order = carried.lock().unwrap()[0];
        assert_eq!(order.command, Command::Stop);
        devices.outcome(IBIS, serde_json::from_value(json!({ "id": order.number })));
        devices.outcome(IBIS, serde_json::from_value(json!({ "id": order.number, "ok": {} })));
        assert_eq!(outcome.await.unwrap(), Ok(Accepted::Done));
        fleet.shut_down().await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_wrong_changes_nothing_and_is_logged_once() {
        let (fleet, mut devices, _) = devices().await;
        devices.came(IBIS);
        devices.telemetry(IBIS, report(3.0));
        for _ in 0..3 {
            devices.telemetry(IBIS, report(-3.0));
        }
        assert_eq!(devices.complaints[&IBIS], "`x` is a number from 0 to 40");
        devices.telemetry(IBIS, serde_json::from_str("{"));
        assert!(devices.complaints[&IBIS].starts_with("EOF"), "{}", devices.complaints[&IBIS]);
        assert_eq!(fleet.telemetry(IBIS).unwrap().pose.at.x, 3.0);
        devices.telemetry(IBIS, report(4.0));
        assert!(devices.complaints.is_empty());
        fleet.shut_down().await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_device_that_is_registered_later_or_again_is_attached_then() {
        let (fleet, mut devices, _) = devices().await;
        fleet.remove_device(IBIS);
        devices.came(IBIS);
        devices.telemetry(IBIS, report(3.0));
        assert!(devices.complaints[&IBIS].contains("is not registered"));
        for _ in 0..2 {
            fleet.add_device(IBIS, "Ibis").unwrap();
            devices.telemetry(IBIS, report(3.0));
            assert_eq!(status(&fleet), Status::Idle);
            fleet.remove_device(IBIS);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        fleet.shut_down().await;
    }
}
