//! The rules of one robot, stepped by hand.

use super::super::geometry::Rect;
use super::super::model::RobotId;
use super::*;

const TICK: Duration = Duration::from_millis(50);
const FORWARD: Command = Command::Drive { linear: 1.0, angular: 0.0 };

pub(crate) fn spec(x: f64, y: f64) -> Spec {
    Spec {
        id: RobotId(1),
        name: "Ibis".into(),
        dock: Pose::new(2.0, 0.7, -std::f64::consts::FRAC_PI_2),
        start: Pose::new(x, y, 0.0),
        battery: 80.0,
        stops: Vec::new(),
    }
}

/// A robot without rounds that stands in the open.
pub(crate) fn parked() -> Robot {
    Robot::new(spec(5.0, 5.0))
}

fn run(robot: &mut Robot, world: &World, span: Duration) {
    for _ in 0..span.as_millis() / TICK.as_millis() {
        robot.step(world, &[], TICK);
    }
}

fn status(robot: &Robot) -> Status {
    robot.telemetry().status
}

fn floor() -> World {
    World::empty(40.0, 24.0)
}

#[test]
fn a_robot_stops_half_a_second_after_the_last_drive_command() {
    let (mut robot, world) = (parked(), floor());
    for _ in 0..5 {
        assert_eq!(robot.command(&world, FORWARD), Ok(Accepted::Done));
        run(&mut robot, &world, Duration::from_millis(400));
        assert_eq!(status(&robot), Status::Driving);
    }
    run(&mut robot, &world, Duration::from_millis(100));
    assert!(robot.telemetry().velocity.linear > 0.9, "still within the time of the last command");
    robot.step(&world, &[], TICK);
    assert_eq!(status(&robot), Status::Idle);
    run(&mut robot, &world, Duration::from_millis(350));
    assert_eq!(robot.telemetry().velocity, Velocity::REST);
}

#[test]
fn an_emergency_stop_refuses_to_move_until_it_is_reset() {
    let (mut robot, world) = (parked(), floor());
    robot.command(&world, FORWARD).unwrap();
    run(&mut robot, &world, Duration::from_millis(500));
    assert_eq!(robot.command(&world, Command::EmergencyStop), Ok(Accepted::Done));
    run(&mut robot, &world, Duration::from_millis(250));
    assert_eq!(robot.telemetry().velocity, Velocity::REST);
    for command in [FORWARD, Command::Dock, Command::GoTo(Point::new(8.0, 8.0))] {
        assert_eq!(robot.command(&world, command), Err(Refusal::EmergencyStop), "{command:?}");
    }
    robot.command(&world, Command::Stop).unwrap();
    assert_eq!(status(&robot), Status::EmergencyStop, "a stop must not end an emergency stop");

    assert_eq!(robot.command(&world, Command::Reset), Ok(Accepted::Done));
    assert_eq!(robot.command(&world, FORWARD), Ok(Accepted::Done));
    run(&mut robot, &world, TICK);
    assert_eq!(robot.command(&world, Command::Reset), Err(Refusal::NothingToReset));
}

#[test]
fn a_nearly_empty_battery_refuses_to_drive_but_goes_home_by_itself() {
    let world = floor();
    let mut robot = Robot::new(Spec { battery: 4.0, ..spec(5.0, 5.0) });
    assert_eq!(robot.command(&world, FORWARD), Err(Refusal::BatteryCritical { percent: 4.0 }));
    run(&mut robot, &world, TICK);
    assert_eq!(status(&robot), Status::Docking);
    run(&mut robot, &world, Duration::from_secs(20));
    assert_eq!(status(&robot), Status::Charging);
    assert!(robot.telemetry().battery > 4.0);
}

#[test]
fn driving_on_until_the_battery_is_critical_ends_the_drive() {
    let world = floor();
    let mut robot = Robot::new(Spec { battery: 5.02, ..spec(5.0, 5.0) });
    for _ in 0..10 {
        let _ = robot.command(&world, FORWARD);
        run(&mut robot, &world, Duration::from_millis(200));
    }
    assert!(matches!(robot.command(&world, FORWARD), Err(Refusal::BatteryCritical { .. })));
    assert_ne!(status(&robot), Status::Driving);
}

#[test]
fn a_collision_stops_the_robot_is_counted_and_lets_it_back_away() {
    let mut robot = parked();
    let world = World::new(40.0, 24.0, vec![Rect::new(6.0, 0.0, 1.0, 24.0)]);
    for _ in 0..20 {
        if robot.command(&world, FORWARD).is_ok() {
            run(&mut robot, &world, Duration::from_millis(100));
        }
        if status(&robot) == Status::Blocked {
            break;
        }
    }
    let crashed = robot.telemetry();
    assert_eq!((crashed.status, crashed.collisions, crashed.velocity), (Status::Blocked, 1, Velocity::REST));

    robot.command(&world, Command::Drive { linear: -0.5, angular: 0.0 }).unwrap();
    run(&mut robot, &world, Duration::from_millis(500));
    assert!(robot.telemetry().pose.at.x < crashed.pose.at.x);
    assert_eq!(robot.telemetry().collisions, 1);
}

#[test]
fn a_robot_finds_its_way_around_a_wall_without_touching_it() {
    let mut robot = parked();
    let world = World::new(40.0, 24.0, vec![Rect::new(9.0, 0.0, 1.0, 12.0)]);
    let goal = Point::new(14.0, 3.0);
    let accepted = robot.command(&world, Command::GoTo(goal)).unwrap();
    assert!(matches!(accepted, Accepted::Route { metres } if metres > 16.0), "{accepted:?}");
    assert_eq!(robot.telemetry().route.last(), Some(&goal));
    run(&mut robot, &world, Duration::from_mins(1));
    let there = robot.telemetry();
    assert_eq!((there.status, there.collisions), (Status::Idle, 0));
    assert!(there.pose.at.distance(goal) < 0.2, "{:?}", there.pose);
}

#[test]
fn goals_that_cannot_be_reached_are_refused_with_the_reason() {
    let mut robot = parked();
    let world = World::new(40.0, 24.0, vec![Rect::new(20.0, 0.0, 1.0, 24.0)]);
    for (x, y, reason) in [
        (41.0, 3.0, Refusal::OutsideMap),
        (20.5, 3.0, Refusal::Occupied),
        (0.1, 3.0, Refusal::Occupied),
        (30.0, 3.0, Refusal::NoRoute),
        (f64::NAN, 3.0, Refusal::NotANumber),
    ] {
        assert_eq!(robot.command(&world, Command::GoTo(Point::new(x, y))), Err(reason), "{x}, {y}");
    }
    let command = Command::Drive { linear: f64::INFINITY, angular: 0.0 };
    assert_eq!(robot.command(&world, command), Err(Refusal::NotANumber));
    assert_eq!(status(&robot), Status::Idle);
}

#[test]
fn a_docked_robot_looks_at_the_wall_charges_and_says_so() {
    let (mut robot, world) = (parked(), floor());
    robot.command(&world, Command::Dock).unwrap();
    run(&mut robot, &world, Duration::from_secs(20));
    let docked = robot.telemetry();
    assert_eq!(docked.status, Status::Charging);
    assert!((docked.pose.heading - robot.spec.dock.heading).abs() < 0.05);
    assert_eq!(robot.command(&world, Command::Dock), Err(Refusal::AlreadyDocked));
    run(&mut robot, &world, Duration::from_mins(1));
    assert_eq!(status(&robot), Status::Docked);
}

#[test]
fn a_manual_command_interrupts_the_rounds_for_a_while() {
    let world = floor();
    let mut robot = Robot::new(Spec { stops: vec![Point::new(30.0, 20.0), Point::new(30.0, 5.0)], ..spec(5.0, 5.0) });
    run(&mut robot, &world, TICK);
    assert_eq!(status(&robot), Status::Patrolling);
    robot.command(&world, Command::Stop).unwrap();
    assert!((robot.telemetry().resumes_in - 30.0).abs() < 1e-9);
    run(&mut robot, &world, Duration::from_secs(29));
    assert_eq!(status(&robot), Status::Idle);
    run(&mut robot, &world, Duration::from_secs(5));
    assert_eq!(status(&robot), Status::Patrolling);
}

#[test]
fn a_robot_that_is_asked_to_stay_puts_its_rounds_off() {
    let world = floor();
    let mut robot = Robot::new(Spec { stops: vec![Point::new(30.0, 20.0)], ..spec(5.0, 5.0) });
    for _ in 0..10 {
        robot.stay();
        run(&mut robot, &world, Duration::from_secs(20));
        assert_eq!(status(&robot), Status::Idle);
    }
    run(&mut robot, &world, Duration::from_secs(11));
    assert_eq!(status(&robot), Status::Patrolling);
}

#[test]
fn a_low_battery_ends_the_rounds_until_it_is_charged() {
    let world = floor();
    let mut robot = Robot::new(Spec { battery: 20.1, stops: vec![Point::new(30.0, 20.0)], ..spec(5.0, 5.0) });
    run(&mut robot, &world, Duration::from_secs(5));
    assert_eq!(status(&robot), Status::Docking);
    run(&mut robot, &world, Duration::from_secs(30));
    assert_eq!(status(&robot), Status::Charging);
    run(&mut robot, &world, Duration::from_secs(100));
    assert_eq!(status(&robot), Status::Patrolling);
}

#[test]
fn a_restarted_robot_stands_where_it_was_and_keeps_its_emergency_stop() {
    let (mut robot, world) = (parked(), floor());
    robot.command(&world, FORWARD).unwrap();
    run(&mut robot, &world, Duration::from_millis(400));
    robot.command(&world, Command::EmergencyStop).unwrap();
    let last = robot.telemetry();
    let again = Robot::restarted(spec(5.0, 5.0), &last).telemetry();
    assert_eq!((again.pose, again.battery, again.status), (last.pose, last.battery, Status::EmergencyStop));
    assert_eq!((again.velocity, again.restarts), (Velocity::REST, 1));
}

#[test]
fn a_quarter_of_an_hour_of_rounds_ends_without_a_collision_and_with_few_encounters() {
    let world = World::warehouse();
    let mut robots: Vec<_> = super::super::crew::crew(&world).into_iter().map(Robot::new).collect();
    let mut touching = 0;
    let steps = 15 * 60 * 20;
    for _ in 0..steps {
        let seen: Vec<Neighbour> = robots.iter().map(|robot| (robot.spec.id, robot.pose)).collect();
        for (index, robot) in robots.iter_mut().enumerate() {
            let mut others = seen.clone();
            others.swap_remove(index);
            robot.step(&world, &others, TICK);
            touching +=
                usize::from(others.iter().any(|(_, other)| other.at.distance(robot.pose.at) < 2.0 * LIMITS.radius));
        }
    }
    for robot in &robots {
        let (name, end) = (&robot.spec.name, robot.telemetry());
        assert_eq!(end.collisions, 0, "{name} ran into something");
        assert!(end.battery > 5.0, "{name} ran out of battery");
        assert!(robot.patrol.is_empty() || end.odometer > 120.0, "{name} drove only {} m", end.odometer);
    }
    let share = touching as f64 / (steps * robots.len()) as f64;
    assert!(share < 0.02, "robots stand in each other for {:.1} % of the time", 100.0 * share);
}
