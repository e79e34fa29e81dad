//! Which entries somebody wants to see, as a page's URL says it.

use bennu::ecto::prelude::*;

use super::{AuditEntry, Outcome};
use crate::robots::RobotId;

/// The largest page.
pub(super) const MOST_PER_PAGE: u32 = 200;

/// Which entries, and which page of them. What is none lets everything through.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(embedded)]
pub struct Filter {
    /// The name of a user.
    pub user: Option<String>,
    /// A robot.
    pub robot: Option<RobotId>,
    /// What was asked for.
    pub command: Option<String>,
    /// What came of it.
    pub result: Option<Outcome>,
    /// Asked for at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Asked for before this time.
    pub to: Option<DateTime<Utc>>,
    /// From 1.
    #[schema(default = 1)]
    pub page: u32,
    /// How many entries a page has, at most 200.
    #[schema(default = 50)]
    pub per_page: u32,
}

impl Filter {
    /// From the parameters of a URL, by the fields' names.
    pub fn changeset(self, params: &impl ToParams) -> Changeset<Self> {
        let selection = (Filter::user, Filter::robot, Filter::command, Filter::result, Filter::from, Filter::to);
        self.cast(params, selection)
            .cast(params, (Filter::page, Filter::per_page))
            .validate_number(Filter::page, 1..)
            .validate_number(Filter::per_page, 1..=MOST_PER_PAGE)
    }

    pub(super) fn condition(&self) -> Dynamic<AuditEntry> {
        let mut wanted = Vec::new();
        if let Some(user) = &self.user {
            wanted.push(dynamic!(a in AuditEntry, a.user_name == user));
        }
        if let Some(robot) = self.robot {
            wanted.push(dynamic!(a in AuditEntry, a.robot_id == robot));
        }
        if let Some(command) = &self.command {
            wanted.push(dynamic!(a in AuditEntry, a.command == command));
        }
        if let Some(result) = self.result {
            wanted.push(dynamic!(a in AuditEntry, a.result == result));
        }
        if let Some(from) = self.from {
            wanted.push(dynamic!(a in AuditEntry, a.at >= from));
        }
        if let Some(to) = self.to {
            wanted.push(dynamic!(a in AuditEntry, a.at < to));
        }
        Dynamic::all(wanted)
    }
}

/// One page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Its entries, the newest first.
    pub entries: Vec<AuditEntry>,
    /// How many entries there are on all pages.
    pub total: u64,
    /// Which page, from 1.
    pub page: u32,
    /// How many entries a page has.
    pub per_page: u32,
}

impl Page {
    /// How many pages there are; 1 where there is no entry.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(u64::from(self.per_page)).max(1)
    }
}
