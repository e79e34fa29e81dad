//! What a device says to an order.

use serde::{Deserialize, Serialize};

use super::super::command::{Accepted, Outcome, Refusal};

/// Letters of a device's reason that are kept.
const REASON: usize = 200;

/// Which order, and what came of it: `{"id": 7, "ok": {}}`, `{"id": 7, "ok": {"metres": 4.2}}` or
/// `{"id": 7, "error": "the gripper is open"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct Answer {
    /// The number of the order.
    pub number: u64,
    /// What came of it.
    pub outcome: Outcome,
}

/// Why something is no answer. `Display` is for whoever programs the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It says nothing, or both.
    #[error("an answer has either `ok` or `error`")]
    NeitherOrBoth,
    /// A length that cannot be.
    #[error("`ok.metres` is a number from 0")]
    Metres,
}

#[derive(Serialize, Deserialize)]
struct Raw {
    id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ok: Option<Ok>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Ok {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metres: Option<f64>,
}

impl TryFrom<Raw> for Answer {
    type Error = AnswerError;

    fn try_from(raw: Raw) -> Result<Self, AnswerError> {
        let outcome = match (raw.ok, raw.error) {
            (Some(Ok { metres: None }), None) => Result::Ok(Accepted::Done),
            (Some(Ok { metres: Some(metres) }), None) if metres.is_finite() && metres >= 0.0 => {
                Result::Ok(Accepted::Route { metres })
            }
            (Some(_), None) => return Err(AnswerError::Metres),
            (None, Some(reason)) => Err(Refusal::Device(shortened(&reason).into())),
            (None, None) | (Some(_), Some(_)) => return Err(AnswerError::NeitherOrBoth),
        };
        Result::Ok(Self { number: raw.id, outcome })
    }
}

impl From<Answer> for Raw {
    fn from(Answer { number, outcome }: Answer) -> Self {
        match outcome {
            Result::Ok(Accepted::Done) => Self { id: number, ok: Some(Ok { metres: None }), error: None },
            Result::Ok(Accepted::Route { metres }) => {
                Self { id: number, ok: Some(Ok { metres: Some(metres) }), error: None }
            }
            Err(refusal) => Self { id: number, ok: None, error: Some(refusal.to_string()) },
        }
    }
}

/// A reason as it is shown and written down: one line, and not too long.
fn shortened(reason: &str) -> String {
    let line = reason.trim().chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let line: String = line.take(REASON).collect();
    if line.is_empty() { "the device gave no reason".to_owned() } else { line }
}
