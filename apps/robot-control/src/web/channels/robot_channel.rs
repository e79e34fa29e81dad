//! A device's side of its robot: what it reports, what it is told, and what it says to that.
//!
//! ```text
//! device                                             server
//! phx_join                                   ──>     the device is attached; `error` when another connection speaks for it
//! telemetry {"x", "y", "heading", …}         ──>     `ok`, or `error` with the field that is wrong
//! command {"id": 7, "command": "stop"}       <──
//! outcome {"id": 7, "ok": {}}                ──>     `ok` with `{"awaited": false}` when it came too late
//! phx_close                                  <──     a newer connection speaks for it, or it is registered no more
//! ```

use bennu::channel::ChannelHandle;
use bennu::prelude::*;
use serde_json::{Value, json};

use super::DeviceSocket;
use crate::robots::{Answer, Attachment, Fleet, Link, Order, Orders, Report, ReportError};

/// The channel `robot:<number>`. The device is attached for as long as it is joined.
pub struct RobotChannel {
    attachment: Attachment,
}

/// There are no more orders: this channel does not speak for the robot any more.
struct Ended;

#[channel]
impl RobotChannel {
    type Socket = DeviceSocket;

    async fn join(cx: &mut ChannelJoin<'_, DeviceSocket>) -> Result<Self, Refused> {
        let robot = cx.socket().robot;
        if cx.topic_rest() != robot.to_string() {
            return Err(Refused::new(format!("this token is for the topic `robot:{robot}`")));
        }
        let attached = cx.state::<Fleet>().attach(robot, Link::Channel);
        let mut attachment = attached.map_err(|error| Refused::new(error.to_string()))?;
        // Ends with the attachment, which this channel holds.
        tokio::spawn(hand_on(attachment.take_orders(), cx.handle()));
        Ok(Self { attachment })
    }

    #[handle_in]
    fn telemetry(&mut self, report: Report) -> Result<(), Refused> {
        self.attachment.report(report).map_err(|error| match error {
            ReportError::Invalid { field, .. } => Refused::with(json!({ "reason": error.to_string(), "field": field })),
            ReportError::Detached => Refused::new(error.to_string()),
        })
    }

    #[handle_in]
    fn outcome(&mut self, answer: Answer) -> Result<Value, Refused> {
        Ok(json!({ "awaited": self.attachment.answer(answer.number, answer.outcome) }))
    }

    #[handle_info]
    fn order(&mut self, cx: &mut ChannelCx, order: &Order) {
        if let Err(error) = cx.push("command", order) {
            // JSON has no word for it: infinity, say.
            tracing::warn!(robot = %self.attachment.robot(), %error, "an order cannot be sent");
        }
    }

    #[handle_info]
    fn ended(&mut self, _: &Ended) -> Stop {
        Stop
    }
}

/// Hands orders to the channel, until there are no more or the channel has ended.
async fn hand_on(mut orders: Orders, channel: ChannelHandle) {
    while let Some(order) = orders.recv().await {
        if channel.send(order).await.is_err() {
            return;
        }
    }
    let _ = channel.send(Ended).await;
}
