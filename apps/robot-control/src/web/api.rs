//! The fleet as JSON, for tools.

use axum::Json;
use bennu::prelude::State;
use serde::Serialize;

use super::metrics::{Counts, Metrics};
use crate::robots::{Fleet, FleetFrame};

/// What `GET /api/telemetry` answers with: `robots`, and the framework's `mounts`, `sockets` and `views`.
#[derive(Debug, Serialize)]
pub struct Report {
    #[serde(flatten)]
    counts: Counts,
    #[serde(flatten)]
    fleet: FleetFrame,
}

/// The fleet and the counters now.
pub async fn telemetry(State(fleet): State<Fleet>, State(metrics): State<Metrics>) -> Json<Report> {
    Json(Report { counts: metrics.counts(), fleet: fleet.frame() })
}
