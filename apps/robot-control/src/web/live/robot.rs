//! The page of one robot: where it is, how it fares, and the commands that it takes.
//!
//! Driving is a matter of holding: the pad's events come again and again while a button or a key is down, and each
//! becomes a drive command. When they stop coming, for whatever reason, the robot's own dead-man switch stops it.

mod charts;
mod pad;
mod panels;

use bennu::ecto::prelude::{Repo, RepoError};
use bennu::prelude::*;

use self::charts::{Charts, Span};
use self::pad::{Pace, Pad};
use self::panels::{alerts, details, goal_form, pace_choice};
use crate::accounts::Act;
use crate::commands::{Commands, Rejected, operator};
use crate::robots::{Command, Entries, Fleet, Operator, Point, RobotId, Telemetry, journal_topic, robot_topic};
use crate::telemetry;
use crate::web::auth::{self, Viewer};
use crate::web::components::badge::Badge;
use crate::web::components::battery::BatteryGauge;
use crate::web::components::callout::Callout;
use crate::web::components::drive_pad::{Direction, DriveButton};
use crate::web::components::journal::JournalList;
use crate::web::components::link::LinkMark;
use crate::web::components::map::{FloorMap, Plan};
use crate::web::components::marker::{Marker, Spot, Trail, Way};
use crate::web::components::shell::Shell;
use crate::web::metrics::{Metrics, Seat};
use crate::web::router::Routes;

/// One robot as one viewer looks at it.
#[derive(LiveView)]
pub struct RobotLive {
    fleet: Fleet,
    commands: Commands,
    viewer: Viewer,
    /// What the viewer is called in the robot's journal.
    operator: Operator,
    id: RobotId,
    plan: Plan,
    now: Telemetry,
    journal: Entries,
    charts: Charts,
    pad: Pad,
    /// Whether a text field has the focus: arrow keys move in it then, and drive nothing.
    typing: bool,
    goal: GoalForm,
    _seat: Seat,
}

/// What stands in the fields for a goal, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, serde::Deserialize)]
pub struct GoalForm {
    x: String,
    y: String,
    /// Why the last goal was not sent.
    #[serde(skip)]
    error: Option<&'static str>,
}

impl GoalForm {
    fn point(&self) -> Option<Point> {
        let read = |text: &str| text.trim().replace(',', ".").parse().ok();
        Some(Point::new(read(&self.x)?, read(&self.y)?))
    }
}

#[live_view]
impl RobotLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        let fleet = cx.state::<Fleet>().clone();
        let (id, _) = super::robot_of(cx)?;
        let missing = || Error::not_found(format!("There is no robot {id}."));
        let now = fleet.telemetry(id).ok_or_else(missing)?;
        let journal = fleet.journal(id).ok_or_else(missing)?;
        let viewer = auth::viewer(cx);
        cx.subscribe(robot_topic(id));
        cx.subscribe(journal_topic(id));
        // A robot that is offline says nothing: its silence has to be looked for.
        cx.interval(Look, charts::PERIOD);
        cx.interval(LookBack, charts::HOUR_PERIOD);
        cx.page_title(&*now.name);
        let mut view = Self {
            commands: cx.state::<Commands>().clone(),
            operator: viewer.user().map_or_else(|| "".into(), operator),
            viewer,
            plan: Plan(fleet.world().clone()),
            fleet,
            id,
            now,
            journal,
            charts: Charts::default(),
            pad: Pad::default(),
            typing: false,
            goal: GoalForm::default(),
            _seat: cx.state::<Metrics>().seat(),
        };
        view.look(&Look);
        Ok(view)
    }

    /// `?span=hour`: the charts show the last hour, out of the database.
    fn handle_params(&mut self, cx: &mut Cx, params: &Params) {
        self.charts.span = Span::from(params.get("span"));
        self.look_back(cx, LookBack);
    }

    #[info]
    fn telemetry(&mut self, now: &Telemetry) {
        self.now.clone_from(now);
    }

    #[info]
    fn commands(&mut self, entries: &Entries) {
        self.journal.clone_from(entries);
    }

    #[info]
    fn look(&mut self, _: &Look) {
        if let Some(now) = self.fleet.telemetry(self.id) {
            self.now = now;
        }
        if let Some(samples) = self.fleet.history(self.id) {
            self.charts.draw(&samples);
        }
    }

    #[info]
    fn look_back(&mut self, cx: &mut Cx, _: LookBack) {
        if self.charts.span == Span::Hour {
            let (repo, id) = (cx.state::<Repo>().clone(), self.id);
            cx.start_async("hour", async move { telemetry::last_hour(&repo, id, charts::HOUR_POINTS).await });
        }
    }

    #[handle_async]
    fn hour(&mut self, points: AsyncResult<Result<Vec<telemetry::Point>, RepoError>>) {
        match points {
            Ok(Ok(points)) => self.charts.draw_hour(&points),
            Ok(Err(error)) => tracing::error!(%error, "the last hour could not be read"),
            Err(error) => tracing::error!(%error, "the last hour was not read"),
        }
    }

    /// A button of the pad or its key is down, still or again.
    #[event]
    fn hold(&mut self, direction: Direction) {
        if !self.typing {
            self.pad.hold(direction);
            self.drive();
        }
    }

    /// It is up.
    #[event]
    fn release(&mut self, direction: Direction) {
        if self.pad.release(direction) {
            self.drive();
        }
    }

    #[event]
    fn pace(&mut self, pace: Pace) {
        self.pad.pace = pace;
    }

    #[event]
    fn stop(&mut self) {
        self.send(Command::Stop);
    }

    #[event]
    fn dock(&mut self) {
        self.send(Command::Dock);
    }

    #[event]
    fn emergency_stop(&mut self) {
        self.send(Command::EmergencyStop);
    }

    #[event]
    fn reset(&mut self) {
        self.send(Command::Reset);
    }

    /// A click on the map: its place in the picture is a place on the floor.
    #[event]
    fn go_here(&mut self, click: Click) {
        let world = &self.plan.0;
        if click.width > 0.0 && click.height > 0.0 {
            let x = click.x / click.width * world.width;
            let y = (1.0 - click.y / click.height) * world.height;
            self.send(Command::GoTo(Point::new(x, y)));
        }
    }

    #[event]
    fn edit_goal(&mut self, Fields(goal): Fields<GoalForm>) {
        self.goal = goal;
    }

    #[event]
    fn go_to_goal(&mut self, Fields(goal): Fields<GoalForm>) {
        self.goal = goal;
        match self.goal.point() {
            Some(point) => self.send(Command::GoTo(point)),
            None => self.goal.error = Some("Both fields take a number of metres, such as 12.5."),
        }
    }

    #[event]
    fn typing(&mut self) {
        self.typing = true;
        if self.pad.release_all() {
            self.drive();
        }
    }

    #[event]
    fn typed(&mut self) {
        self.typing = false;
    }

    /// The page lost the focus: key-up events may never come.
    #[event]
    fn away(&mut self) {
        if self.pad.release_all() {
            self.drive();
        }
    }

    /// Makes the robot's task panic, to see how the fleet copes with it.
    #[event]
    async fn crash(&mut self, cx: &mut Cx) {
        let Some(user) = self.viewer.user() else { return };
        // A robot that is offline already need not crash again.
        if let Err(Rejected::NotAllowed(refused)) = self.commands.crash(user, self.id).await {
            cx.put_flash("error", format!("{refused}."));
        }
    }

    fn disconnected(&mut self) {
        self.typing = false;
        if self.pad.release_all() {
            self.drive();
        }
    }

    fn drive(&mut self) {
        self.send(self.pad.command());
    }

    fn send(&self, command: Command) {
        // The robot's answer comes with the journal. Whether the user may is asked there; a visitor has no buttons, so this one is forged.
        if let Some(user) = self.viewer.user() {
            self.commands.issue(user, self.id, command);
        }
    }

    fn render(&self) -> Element {
        let now = &self.now;
        let percent = now.battery as u8;
        let drives = self.viewer.may(Command::Stop);
        rsx! {
            Shell { viewer: self.viewer.clone(),
                main { class: "page robot", phx_window_blur: Self::on_away(),
                    div { class: "page__head",
                        Link { navigate: path!("/"), class: "page__back", "Fleet" }
                        h1 { "{now.name}" }
                        Badge { status: now.status }
                        LinkMark { link: now.link, online: now.status != crate::robots::Status::Offline }
                        BatteryGauge { percent, charging: now.status == crate::robots::Status::Charging }
                        Link { navigate: path!("/robots/{self.id}/missions"), class: "button", "Missions" }
                        if drives {
                            button { r#type: "button", class: "button button--emergency", phx_click: Self::on_emergency_stop(), "Emergency stop" }
                        }
                    }
                    if let Err(denied) = self.viewer.permit(Command::Stop) {
                        Callout { tone: "info", title: "You are looking on.", text: "To drive, {denied}.",
                            if self.viewer.user().is_none() {
                                Link { href: path!("/log-in", then = path!("/robots/{self.id}")), class: "button", "Log in" }
                            }
                        }
                    }
                    {alerts(now, drives.then(Self::on_reset), drives.then(Self::on_dock))}
                    section { class: "card robot__map", "aria-label": "Map",
                        FloorMap { plan: self.plan.clone(), label: "Map: click a point to send {now.name} there", push: drives.then(Self::on_go_here),
                            if now.is_known() {
                                Trail { trail: now.trail.clone(), status: now.status }
                                Way { from: now.pose.at, route: now.route.clone() }
                                Marker { spot: Spot::from(now), chosen: true }
                            }
                        }
                        if drives { p { class: "hint", "Click the map to send the robot there." } }
                    }
                    if drives {
                        section { class: "card robot__panel", "aria-label": "Commands",
                            h2 { "Drive" }
                            div { class: "pad", role: "group", "aria-label": "Drive",
                                for direction in Direction::ALL {
                                    DriveButton {
                                        direction,
                                        held: self.pad.is_held(direction),
                                        hold: Self::on_hold(direction),
                                        release: Self::on_release(direction),
                                    }
                                }
                                button { r#type: "button", class: "pad__button pad__button--stop", "aria-label": "Stop", phx_click: Self::on_stop(), "Stop" }
                            }
                            p { class: "hint", "Hold a button or an arrow key. The robot stops when you let go." }
                            {pace_choice(self.pad.pace, Self::on_pace)}
                            div { class: "actions",
                                button { r#type: "button", class: "button", phx_click: Self::on_dock(), "Send to dock" }
                                button { r#type: "button", class: "button", phx_click: Self::on_reset(), "Reset" }
                            }
                            {goal_form(&self.goal, Self::on_edit_goal(), Self::on_go_to_goal(), &Self::on_typing(), &Self::on_typed())}
                        }
                    }
                    section { class: "card robot__charts", "aria-label": "Charts", {self.charts.render(now, self.id)} }
                    section { class: "card robot__details", "aria-label": "Details",
                        h2 { "Details" }
                        {details(now)}
                        if now.is_simulated() && self.viewer.may(Act::CrashRobots) {
                            button { r#type: "button", class: "button button--link", phx_click: Self::on_crash(), "Crash this robot's software" }
                        }
                    }
                    section { class: "card robot__journal", "aria-label": "Command log",
                        h2 { "Command log" }
                        JournalList { entries: self.journal.clone(), me: self.operator.clone() }
                    }
                }
            }
        }
    }
}

/// It is time to look at the robot's record.
#[derive(Clone, Copy)]
struct Look;

/// It is time to read the last hour again.
#[derive(Clone, Copy)]
struct LookBack;
