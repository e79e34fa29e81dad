//! What was asked of a robot and what it answered: the last commands, whoever sent them.
//!
//! Kept beside the robot and published as a whole on every change, so that all operators see the same list and a
//! slow one sees the newest. Repetitions of one drive command by one operator are one entry that counts them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::command::{Command, Outcome};

/// Entries that are kept.
const KEPT: usize = 24;

/// Who sent a command: a short name, the same for all commands of one page.
pub type Operator = Arc<str>;

/// One command, or a row of equal drive commands.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Counts up from 1; two entries of a robot never have the same.
    pub number: u64,
    /// When it was sent; of a row, the first.
    pub at: SystemTime,
    /// Who sent it.
    pub operator: Operator,
    /// What was asked.
    pub command: Command,
    /// How many commands stand in the row.
    pub times: u32,
    /// The latest answer, and how long it took from sending to having it; none while it is awaited.
    pub answer: Option<(Outcome, Duration)>,
}

/// The newest entry first.
pub type Entries = Arc<[Entry]>;

/// The commands of one robot.
#[derive(Debug, Default)]
pub struct Journal(Mutex<Log>);

#[derive(Debug, Default)]
struct Log {
    entries: VecDeque<Entry>,
    last: u64,
}

impl Journal {
    /// Notes that a command was sent; answers with the number of its entry.
    pub fn sent(&self, operator: &Operator, command: Command) -> u64 {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = log.entries.front_mut().filter(|entry| entry.is_row_of(operator, command)) {
            entry.times += 1;
            return entry.number;
        }
        log.begin(SystemTime::now(), operator, command).number
    }

    /// Notes an answer. An entry that fell off the end is forgotten.
    pub fn answered(&self, number: u64, outcome: Outcome, took: Duration) {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = log.entries.iter_mut().find(|entry| entry.number == number) else {
            return;
        };
        let is_other = entry.answer.as_ref().is_some_and(|(before, _)| before.is_ok() != outcome.is_ok());
        if entry.times > 1 && is_other {
            // What was accepted and what was refused do not stand in one row.
            entry.times -= 1;
            let (operator, command) = (Arc::clone(&entry.operator), entry.command);
            log.join_or_begin(&operator, command, (outcome, took));
        } else {
            entry.answer = Some((outcome, took));
        }
    }

    /// All entries.
    pub fn entries(&self) -> Entries {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.entries.iter().cloned().collect()
    }
}

impl Entry {
    /// Whether one more `command` of `operator` belongs to this entry.
    fn is_row_of(&self, operator: &Operator, command: Command) -> bool {
        matches!(command, Command::Drive { .. }) && self.command == command && self.operator == *operator
    }
}

impl Log {
    fn begin(&mut self, at: SystemTime, operator: &Operator, command: Command) -> &mut Entry {
        self.last += 1;
        let operator = Arc::clone(operator);
        self.entries.truncate(KEPT - 1);
        self.entries.push_front(Entry { number: self.last, at, operator, command, times: 1, answer: None });
        &mut self.entries[0]
    }

    /// Counts an answered command in the newest entry if that has had such an answer, or else in a new one.
    fn join_or_begin(&mut self, operator: &Operator, command: Command, answer: (Outcome, Duration)) {
        let is_such = |entry: &&mut Entry| {
            entry.is_row_of(operator, command)
                && entry.answer.as_ref().is_some_and(|(before, _)| before.is_ok() == answer.0.is_ok())
        };
        if let Some(entry) = self.entries.front_mut().filter(is_such) {
            entry.times += 1;
            entry.answer = Some(answer);
        } else {
            self.begin(SystemTime::now(), operator, command).answer = Some(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::{Accepted, Refusal};
    use super::*;

    const FORWARD: Command = Command::Drive { linear: 1.0, angular: 0.0 };
    const TOOK: Duration = Duration::from_micros(80);

    fn operator(name: &str) -> Operator {
        name.into()
    }

    #[test]
    fn a_row_of_drive_commands_is_one_entry_of_its_operator() {
        let journal = Journal::default();
        for _ in 0..5 {
            let number = journal.sent(&operator("a"), FORWARD);
            journal.answered(number, Ok(Accepted::Done), TOOK);
        }
        journal.sent(&operator("b"), FORWARD);
        journal.sent(&operator("b"), Command::Stop);
        journal.sent(&operator("b"), Command::Stop);
        let times: Vec<_> = journal.entries().iter().map(|entry| (entry.command, entry.times)).collect();
        assert_eq!(times, [(Command::Stop, 1), (Command::Stop, 1), (FORWARD, 1), (FORWARD, 5)]);
    }

    #[test]
    fn refusals_make_a_row_of_their_own_whenever_they_arrive() {
        let journal = Journal::default();
        let accepted = journal.sent(&operator("a"), FORWARD);
        journal.answered(accepted, Ok(Accepted::Done), TOOK);
        // Three more are under way when the first refusal comes.
        let numbers = [(); 3].map(|()| journal.sent(&operator("a"), FORWARD));
        for number in numbers {
            journal.answered(number, Err(Refusal::EmergencyStop), TOOK);
        }
        let number = journal.sent(&operator("a"), FORWARD);
        journal.answered(number, Err(Refusal::EmergencyStop), TOOK);
        let rows: Vec<_> = journal.entries().iter().map(|entry| (entry.times, entry.answer.clone())).collect();
        let (refused, accepted) = (Err(Refusal::EmergencyStop), Ok(Accepted::Done));
        assert_eq!(rows, [(4, Some((refused, TOOK))), (1, Some((accepted, TOOK)))]);
    }

    #[test]
    fn the_oldest_entries_are_forgotten_and_numbers_are_not_used_again() {
        let journal = Journal::default();
        for _ in 0..KEPT + 10 {
            journal.sent(&operator("a"), Command::Stop);
        }
        journal.answered(1, Ok(Accepted::Done), TOOK);
        let entries = journal.entries();
        assert_eq!(entries.len(), KEPT);
        assert_eq!(entries[0].number, KEPT as u64 + 10);
        assert!(entries.iter().all(|entry| entry.answer.is_none()));
    }
}
