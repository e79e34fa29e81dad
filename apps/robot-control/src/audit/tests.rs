//! What is written down, and found again.

use serde_json::json;

use super::*;
use crate::accounts::{Role, User};
use crate::robots::{Command, Refusal, RobotId};
use crate::testing::{on_databases, user};

on_databases!(
    an_entry_is_found_as_it_was_written,
    every_filter_lets_its_own_through,
    pages_follow_one_another_without_gaps,
    a_row_of_drive_commands_is_one_entry,
    an_entry_outlives_its_users_account,
);

const FORWARD: Command = Command::Drive { linear: 1.0, angular: 0.0 };

async fn all(repo: &Repo) -> Vec<AuditEntry> {
    page(repo, &Filter::default()).await.unwrap().entries
}

async fn an_entry_is_found_as_it_was_written(repo: Repo) {
    let kim = user(&repo, "kim", Role::Operator).await;
    let entry =
        AuditEntry::of_command(&kim, RobotId(3), Command::Dock).ended(Outcome::Refused, &Refusal::AlreadyDocked);
    let written = record(&repo, entry).await.unwrap();
    let found = all(&repo).await;
    assert_eq!(found, [written]);
    let found = &found[0];
    assert_eq!((found.user_name.as_str(), found.user_id, found.robot_id), ("kim", Some(kim.id), Some(RobotId(3))));
    assert_eq!((found.command.as_str(), &found.detail), ("dock", &json!({ "command": "dock" })));
    assert_eq!((found.result, found.reason.as_deref()), (Outcome::Refused, Some("already at its dock")));
}

/// Six entries, a second apart, the oldest first.
async fn six(repo: &Repo, kim: &User, lee: &User) -> DateTime<Utc> {
    let start = "2026-11-28T08:00:00Z".parse::<DateTime<Utc>>().unwrap();
    let entries = [
        AuditEntry::of_command(kim, RobotId(1), Command::Stop),
        AuditEntry::of_command(kim, RobotId(2), Command::Dock),
        AuditEntry::of_command(lee, RobotId(1), Command::Stop).ended(Outcome::Failed, &Refusal::Offline),
        AuditEntry::of_command(lee, RobotId(2), FORWARD).ended(Outcome::Refused, &Refusal::EmergencyStop),
        AuditEntry::of(kim, None, "change_role", json!({ "user": "lee" })),
        AuditEntry::of_command(kim, RobotId(1), Command::Dock),
    ];
    let at = |seconds: usize| start + TimeDelta::seconds(i64::try_from(seconds).unwrap());
    let entries = entries.into_iter().enumerate().map(|(n, entry)| AuditEntry { at: at(n), last_at: at(n), ..entry });
    assert_eq!(record_all(repo, entries.collect()).await.unwrap(), 6);
    start
}

async fn every_filter_lets_its_own_through(repo: Repo) {
    let (kim, lee) = (user(&repo, "kim", Role::Operator).await, user(&repo, "lee", Role::Operator).await);
    let start = six(&repo, &kim, &lee).await;
    let seconds = async |filter: Filter| {
        let page = page(&repo, &filter).await.unwrap();
        assert_eq!(page.total, page.entries.len() as u64);
        page.entries.iter().map(|entry| (entry.at - start).num_seconds()).collect::<Vec<_>>()
    };
    let any = Filter::default;
    assert_eq!(seconds(any()).await, [5, 4, 3, 2, 1, 0]);
    assert_eq!(seconds(Filter { user: Some("kim".into()), ..any() }).await, [5, 4, 1, 0]);
    assert_eq!(seconds(Filter { robot: Some(RobotId(1)), ..any() }).await, [5, 2, 0]);
    assert_eq!(seconds(Filter { command: Some("stop".into()), ..any() }).await, [2, 0]);
    assert_eq!(seconds(Filter { result: Some(Outcome::Refused), ..any() }).await, [3]);
    let (from, to) = (Some(start + TimeDelta::seconds(1)), Some(start + TimeDelta::seconds(4)));
    assert_eq!(seconds(Filter { from, to, ..any() }).await, [3, 2, 1]);
    let kims_docking = Filter { user: Some("kim".into()), command: Some("dock".into()), to, ..any() };
    assert_eq!(seconds(kims_docking).await, [1]);
    assert_eq!(seconds(Filter { user: Some("' or 1=1 --".into()), ..any() }).await, [0_i64; 0]);
}

async fn pages_follow_one_another_without_gaps(repo: Repo) {
    let (kim, lee) = (user(&repo, "kim", Role::Operator).await, user(&repo, "lee", Role::Operator).await);
    six(&repo, &kim, &lee).await;
    let mut seen = Vec::new();
    for number in 1..=2 {
        let page = page(&repo, &Filter { page: number, per_page: 4, ..Filter::default() }).await.unwrap();
        assert_eq!((page.total, page.pages(), page.page), (6, 2, number));
        seen.extend(page.entries);
    }
    assert_eq!(seen, all(&repo).await);
    let beyond = page(&repo, &Filter { page: 3, per_page: 4, ..Filter::default() }).await.unwrap();
    assert_eq!((beyond.entries.len(), beyond.total), (0, 6));
}

async fn a_row_of_drive_commands_is_one_entry(repo: Repo) {
    let kim = user(&repo, "kim", Role::Operator).await;
    let drive = |command| AuditEntry::of_command(&kim, RobotId(1), command);
    for _ in 0..3 {
        record_drive(&repo, drive(FORWARD)).await.unwrap();
    }
    record_drive(&repo, AuditEntry::of_command(&kim, RobotId(2), FORWARD)).await.unwrap();
    record_drive(&repo, drive(FORWARD)).await.unwrap();
    record_drive(&repo, drive(FORWARD).ended(Outcome::Refused, &Refusal::EmergencyStop)).await.unwrap();
    record_drive(&repo, drive(Command::Drive { linear: -1.0, angular: 0.0 })).await.unwrap();
    let late = drive(Command::Drive { linear: -1.0, angular: 0.0 });
    let late = AuditEntry { at: late.at + TimeDelta::seconds(6), last_at: late.at + TimeDelta::seconds(6), ..late };
    record_drive(&repo, late).await.unwrap();

    let mut rows: Vec<_> =
        all(&repo).await.into_iter().map(|row| (row.id, row.robot_id.unwrap().0, row.times, row.result)).collect();
    rows.sort_by_key(|row| row.0);
    let rows: Vec<_> = rows.into_iter().map(|(_, robot, times, result)| (robot, times, result)).collect();
    let (ok, refused) = (Outcome::Ok, Outcome::Refused);
    assert_eq!(rows, [(1, 4, ok), (2, 1, ok), (1, 1, refused), (1, 1, ok), (1, 1, ok)]);
    let first = all(&repo).await.into_iter().min_by_key(|row| row.id).unwrap();
    assert!(first.last_at > first.at);
}

async fn an_entry_outlives_its_users_account(repo: Repo) {
    let kim = user(&repo, "kim", Role::Operator).await;
    record(&repo, AuditEntry::of_command(&kim, RobotId(1), Command::Stop)).await.unwrap();
    repo.delete(kim).await.unwrap();
    let found = &all(&repo).await[0];
    assert_eq!((found.user_id, found.user_name.as_str()), (None, "kim"));
}

#[test]
fn a_filter_is_read_from_a_url() {
    let params = Params::from_pairs([
        ("user", ""),
        ("robot", "3"),
        ("result", "refused"),
        ("page", "2"),
        ("from", "2026-11-28T08:00:00Z"),
    ]);
    let filter = Filter::default().changeset(&params).apply_action(Action::Validate).unwrap();
    let from = Some("2026-11-28T08:00:00Z".parse().unwrap());
    let expected =
        Filter { robot: Some(RobotId(3)), result: Some(Outcome::Refused), page: 2, from, ..Filter::default() };
    assert_eq!(filter, expected);

    let params = Params::from([("robot", "x"), ("result", "maybe"), ("page", "0"), ("per_page", "1000")]);
    let errors = Filter::default().changeset(&params).errors_json();
    assert_eq!(
        errors,
        json!({
            "robot": ["is invalid"],
            "result": ["is invalid"],
            "page": ["must be greater than or equal to 1"],
            "per_page": ["must be less than or equal to 200"],
        })
    );
}
