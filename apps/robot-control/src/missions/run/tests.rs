//! Runs stepped by hand, with a robot that is stepped by hand as well.

use bennu::ecto::prelude::*;

use super::super::Waypoint;
use super::*;
use crate::robots::World;
use crate::robots::robot::Robot;
use crate::robots::robot::tests::parked;

const LOOK: Duration = Duration::from_millis(100);
const TICK: Duration = Duration::from_millis(50);

fn mission(waypoints: &[(f64, f64, i32)]) -> Mission {
    let mut mission = Mission::default();
    let waypoint = |&(x, y, wait_s): &(f64, f64, i32)| Waypoint { x, y, wait_s, ..Waypoint::default() };
    mission.waypoints.put_loaded(waypoints.iter().map(waypoint).collect());
    mission
}

/// A robot that follows a run.
struct Course {
    run: Run,
    robot: Robot,
    world: World,
    /// What the robot was told, in order.
    told: Vec<Step>,
}

impl Course {
    fn new(mission: &Mission) -> Self {
        Self { run: Run::new(mission), robot: parked(), world: World::empty(40.0, 24.0), told: Vec::new() }
    }

    /// One look, and the time until the next one.
    fn step(&mut self, other: Option<Other<'_>>) -> Option<Ending> {
        let telemetry = self.robot.telemetry();
        let step = self.run.look(Seen { telemetry: &telemetry, other }, LOOK);
        let ending = match &step {
            Step::Look => None,
            Step::Stay => {
                self.robot.stay();
                None
            }
            Step::GoTo(point) => {
                let outcome = self.robot.command(&self.world, Command::GoTo(*point));
                self.run.answered(outcome, &telemetry)
            }
            Step::End(ending) => Some(ending.clone()),
        };
        if step != Step::Look && self.told.last() != Some(&step) {
            self.told.push(step);
        }
        self.robot.step(&self.world, &[], TICK);
        self.robot.step(&self.world, &[], TICK);
        ending
    }

    /// Goes on for so long, or until it ends.
    fn pass(&mut self, span: Duration) -> Option<Ending> {
        (0..span.as_millis() / LOOK.as_millis()).find_map(|_| self.step(None))
    }
}

fn go_to(x: f64, y: f64) -> Step {
    Step::GoTo(Point::new(x, y))
}

#[test]
fn a_robot_visits_its_waypoints_in_order_and_waits_where_it_shall() {
    let mut course = Course::new(&mission(&[(8.0, 5.0, 0), (8.0, 9.0, 60), (5.0, 5.0, 0)]));
    assert_eq!(course.pass(Duration::from_secs(30)), None);
    assert_eq!((course.run.at(), course.run.phase()), ((1, 3, 0), Phase::Waiting));
    assert!(course.robot.telemetry().pose.at.distance(Point::new(8.0, 9.0)) < ARRIVED);
    assert_eq!(course.pass(Duration::from_mins(1)), Some(Ending::Done));
    assert_eq!(course.told, [go_to(8.0, 5.0), go_to(8.0, 9.0), Step::Stay, go_to(5.0, 5.0), Step::End(Ending::Done)]);
}

#[test]
fn a_robot_with_rounds_of_its_own_stays_while_the_mission_waits() {
    let mut course = Course::new(&mission(&[(8.0, 5.0, 120)]));
    course.robot = Robot::new(crate::robots::crew::Spec {
        stops: vec![Point::new(30.0, 20.0)],
        ..crate::robots::robot::tests::spec(5.0, 5.0)
    });
    assert_eq!(course.pass(Duration::from_secs(100)), None);
    assert_eq!(course.run.phase(), Phase::Waiting);
    assert!(course.robot.telemetry().pose.at.distance(Point::new(8.0, 5.0)) < ARRIVED);
}

#[test]
fn a_mission_that_repeats_goes_round_and_round() {
    let mut course = Course::new(&Mission { repeat: true, ..mission(&[(6.0, 5.0, 0), (5.0, 5.0, 0)]) });
    assert_eq!(course.pass(Duration::from_mins(1)), None);
    let (_, _, rounds) = course.run.at();
    assert!(rounds >= 3, "{rounds} rounds in a minute");
}

#[test]
fn a_robot_that_is_everywhere_already_is_not_told_so_without_end() {
    let mut course = Course::new(&Mission { repeat: true, ..mission(&[(5.0, 5.0, 0)]) });
    assert_eq!(course.pass(Duration::from_secs(10)), None);
    let (_, _, rounds) = course.run.at();
    assert!((5..=10).contains(&rounds), "{rounds} rounds in ten seconds");
}

#[test]
fn whoever_gives_the_robot_another_command_ends_the_run() {
    let mut course = Course::new(&mission(&[(20.0, 5.0, 0)]));
    assert_eq!(course.pass(Duration::from_secs(3)), None);
    let asked = Other { by: "kim", command: Command::Stop, accepted: false };
    assert_eq!(course.step(Some(asked)), None, "the robot has not agreed yet");
    let ending = course.step(Some(Other { accepted: true, ..asked })).unwrap();
    assert_eq!(ending, Ending::Interrupted { by: "kim".to_owned(), command: Command::Stop });
    assert_eq!((ending.status(), ending.reason().as_deref()), (Status::Cancelled, Some("interrupted by kim: stop")));
}

#[test]
fn a_robot_that_stopped_for_somebody_is_not_blamed_while_the_answer_is_under_way() {
    let mut course = Course::new(&mission(&[(20.0, 5.0, 0)]));
    assert_eq!(course.pass(Duration::from_secs(3)), None);
    course.robot.command(&course.world, Command::EmergencyStop).unwrap();
    let asked = Other { by: "kim", command: Command::EmergencyStop, accepted: false };
    for _ in 0..5 {
        assert_eq!(course.step(Some(asked)), None);
    }
    let ending = course.step(Some(Other { accepted: true, ..asked })).unwrap();
    assert_eq!(ending.reason().as_deref(), Some("interrupted by kim: emergency stop"));
}

#[test]
fn nobody_is_sent_off_while_somebody_else_asks_for_something() {
    let mut course = Course::new(&mission(&[(20.0, 5.0, 0)]));
    let asked = Other { by: "kim", command: Command::Stop, accepted: false };
    assert_eq!(course.step(Some(asked)), None);
    assert!(course.told.is_empty());
    course.step(None);
    assert_eq!(course.told, [go_to(20.0, 5.0)], "it was refused");
}

#[test]
fn a_robot_that_cannot_go_on_says_why() {
    let stopped = |spoil: &dyn Fn(&mut Course)| {
        let mut course = Course::new(&mission(&[(20.0, 5.0, 0)]));
        assert_eq!(course.pass(Duration::from_secs(3)), None);
        spoil(&mut course);
        course.pass(Duration::from_secs(1)).unwrap().reason().unwrap()
    };
    let stop = stopped(&|course| assert!(course.robot.command(&course.world, Command::Stop).is_ok()));
    assert_eq!(stop, "the robot stopped before it was there");
    let stop = stopped(&|course| assert!(course.robot.command(&course.world, Command::EmergencyStop).is_ok()));
    assert_eq!(stop, "emergency stop is active: reset it first");
    // A wall where there was none.
    let walled = crate::robots::Rect::new(8.0, 0.0, 1.0, 24.0);
    let blocked = stopped(&|course| {
        course.world = World::new(40.0, 24.0, vec![walled]);
        while course.robot.telemetry().status != RobotStatus::Blocked {
            course.robot.step(&course.world, &[], TICK);
        }
    });
    assert!(blocked.starts_with("the robot ran into something"), "{blocked}");
}

#[test]
fn an_empty_battery_ends_the_run_with_its_level() {
    let mut course = Course::new(&mission(&[(39.0, 5.0, 0)]));
    course.robot =
        Robot::new(crate::robots::crew::Spec { battery: 6.0, ..crate::robots::robot::tests::spec(5.0, 5.0) });
    let ending = course.pass(Duration::from_mins(1)).unwrap();
    assert_eq!(ending, Ending::failed("battery at 5 %: send it to its dock"));
}

#[test]
fn what_cannot_be_reached_ends_the_run_at_once() {
    let mut course = Course::new(&mission(&[(41.0, 5.0, 0)]));
    assert_eq!(course.step(None), Some(Ending::failed(Refusal::OutsideMap.to_string())));
}

#[test]
fn a_robot_that_crashed_is_sent_on_to_where_it_was_going() {
    let mut course = Course::new(&mission(&[(8.0, 5.0, 0), (14.0, 5.0, 0)]));
    assert_eq!(course.pass(Duration::from_secs(8)), None);
    assert_eq!(course.run.at().0, 1);
    let last = course.robot.telemetry();
    let offline = Telemetry { status: RobotStatus::Offline, ..last.clone() };
    for _ in 0..10 {
        assert_eq!(course.run.look(Seen { telemetry: &offline, other: None }, LOOK), Step::Look);
    }
    assert_eq!(course.run.phase(), Phase::Offline);
    course.robot = Robot::restarted(crate::robots::robot::tests::spec(5.0, 5.0), &last);
    assert_eq!(course.pass(Duration::from_secs(20)), Some(Ending::Done));
    assert_eq!(course.told, [go_to(8.0, 5.0), go_to(14.0, 5.0), Step::End(Ending::Done)]);
}

#[test]
fn a_crash_that_nobody_saw_is_noticed_too() {
    let mut course = Course::new(&mission(&[(14.0, 5.0, 0)]));
    assert_eq!(course.pass(Duration::from_secs(3)), None);
    course.robot = Robot::restarted(crate::robots::robot::tests::spec(5.0, 5.0), &course.robot.telemetry());
    assert_eq!(course.pass(Duration::from_secs(20)), Some(Ending::Done));
}

#[test]
fn a_robot_that_stays_away_is_given_up() {
    let mut course = Course::new(&mission(&[(14.0, 5.0, 0)]));
    let offline = Telemetry { status: RobotStatus::Offline, ..course.robot.telemetry() };
    let ending = (0..400).find_map(|_| match course.run.look(Seen { telemetry: &offline, other: None }, LOOK) {
        Step::End(ending) => Some(ending),
        _ => None,
    });
    assert_eq!(ending, Some(Ending::failed("the robot was offline for 30 s")));
}

#[test]
fn a_robot_that_does_not_get_on_is_given_up() {
    let mut course = Course::new(&mission(&[(14.0, 5.0, 0)]));
    assert_eq!(course.pass(Duration::from_secs(2)), None);
    let mut stuck = course.robot.telemetry();
    let ending = (0..2000).find_map(|_| {
        stuck.tick += 2;
        match course.run.look(Seen { telemetry: &stuck, other: None }, LOOK) {
            Step::End(ending) => Some(ending),
            _ => None,
        }
    });
    assert_eq!(ending, Some(Ending::failed("the robot does not get on: something is in its way")));
}

#[test]
fn a_robot_that_is_too_busy_is_asked_again_but_not_for_ever() {
    let run = || Run::new(&mission(&[(14.0, 5.0, 0)]));
    let seen = parked().telemetry();
    let mut one = run();
    assert_eq!(one.answered(Err(Refusal::Busy), &seen), None);
    assert_eq!(one.look(Seen { telemetry: &seen, other: None }, LOOK), go_to(14.0, 5.0));
    let mut other = run();
    let ending = (0..=TRIES).find_map(|_| other.answered(Err(Refusal::Offline), &seen));
    assert_eq!(ending, Some(Ending::failed(Refusal::Offline.to_string())));
}

#[test]
fn what_a_robot_said_before_it_could_move_does_not_count() {
    let mut run = Run::new(&mission(&[(14.0, 5.0, 0)]));
    let seen = parked().telemetry();
    assert_eq!(run.look(Seen { telemetry: &seen, other: None }, LOOK), go_to(14.0, 5.0));
    run.answered(Ok(crate::robots::Accepted::Done), &seen);
    // It stands somewhere else still: that is no failure yet.
    assert_eq!(run.look(Seen { telemetry: &seen, other: None }, LOOK), Step::Look);
}

#[test]
fn a_run_that_is_taken_up_again_sends_the_robot_on() {
    let mut course = Course::new(&mission(&[(8.0, 5.0, 0), (14.0, 5.0, 0)]));
    assert_eq!(course.pass(Duration::from_secs(8)), None);
    course.run = course.run.clone().resumed();
    assert_eq!(course.run.at().0, 1);
    assert_eq!(course.pass(Duration::from_secs(20)), Some(Ending::Done));
}
