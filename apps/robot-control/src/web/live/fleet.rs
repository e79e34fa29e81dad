//! The page of the whole fleet: a map, figures, a table, and the emergency stop for all.

mod group;
mod overview;
mod sort;
mod table;

use bennu::prelude::*;
use serde::Deserialize;

use self::group::Group;
use self::overview::{counters, markers, safety};
use self::sort::{Column, Sorting};
use self::table::{Row, row};
use crate::accounts::Refused;
use crate::commands::Commands;
use crate::robots::{Command, Fleet, FleetFrame, RobotId, Telemetry, fleet_topic};
use crate::web::auth::{self, Denied, Viewer};
use crate::web::components::badge::Legend;
use crate::web::components::dialog::ConfirmDialog;
use crate::web::components::map::{FloorMap, Plan};
use crate::web::components::shell::Shell;
use crate::web::metrics::{Metrics, Seat};
use crate::web::router::Routes;

/// Frames between two sortings: rows do not jump about while one reads them.
const SORT_EVERY: u32 = 10;

/// The fleet as one viewer looks at it.
#[derive(LiveView)]
pub struct FleetLive {
    fleet: Fleet,
    viewer: Viewer,
    plan: Plan,
    robots: Vec<Telemetry>,
    /// The order of the table, which changes less often than the values.
    order: Vec<RobotId>,
    rows: Rows<Row>,
    filter: Filter,
    sorting: Sorting,
    chosen: Option<RobotId>,
    /// Whether the operator is being asked about the emergency stop.
    asking: bool,
    /// What became of the last command to all.
    report: Option<String>,
    frames: u32,
    _seat: Seat,
}

/// Which robots are shown.
#[derive(Debug, Default)]
struct Filter {
    text: String,
    group: Option<Group>,
}

impl Filter {
    fn matches(&self, robot: &Telemetry) -> bool {
        let text = self.text.trim().to_lowercase();
        let named = |shown: &str| shown.to_lowercase().contains(&text);
        let found =
            text.is_empty() || named(&robot.name) || named(robot.status.label()) || robot.id.to_string() == text;
        found && self.group.is_none_or(|group| group.contains(robot))
    }
}

/// The fields of the filter form.
#[derive(Debug, Deserialize)]
struct Search {
    q: String,
}

/// The end of a command to all robots.
struct AllAnswered {
    command: Command,
    accepted: usize,
}

#[live_view]
impl FleetLive {
    // Views may fail to mount; this one has no reason to.
    #[allow(clippy::unnecessary_wraps)]
    fn mount(cx: &mut Mount) -> Result<Self> {
        let fleet = cx.state::<Fleet>().clone();
        let seat = cx.state::<Metrics>().seat();
        cx.subscribe(fleet_topic());
        cx.page_title("Fleet");
        let robots = fleet.frame().robots;
        let mut view = Self {
            viewer: auth::viewer(cx),
            plan: Plan(fleet.world().clone()),
            fleet,
            order: Vec::new(),
            rows: Rows::new(|row: &Row| row.id),
            filter: Filter::default(),
            sorting: Sorting::default(),
            chosen: None,
            asking: false,
            report: None,
            frames: 0,
            _seat: seat,
            robots,
        };
        view.arrange();
        Ok(view)
    }

    #[info]
    fn frame(&mut self, frame: &FleetFrame) {
        self.robots.clone_from(&frame.robots);
        self.frames = self.frames.wrapping_add(1);
        if self.frames.is_multiple_of(SORT_EVERY) {
            self.arrange();
        } else {
            self.fill_table();
        }
    }

    #[event]
    fn search(&mut self, Fields(search): Fields<Search>) {
        self.filter.text = search.q;
        self.fill_table();
    }

    /// Shows one group of robots only, or all of them again.
    #[event]
    fn group(&mut self, group: Group) {
        self.filter.group = if self.filter.group == Some(group) { None } else { Some(group) };
        self.fill_table();
    }

    #[event]
    fn clear_filter(&mut self) {
        self.filter = Filter::default();
        self.fill_table();
    }

    #[event]
    fn sort(&mut self, column: Column) {
        self.sorting.press(column);
        self.arrange();
    }

    /// Marks a robot on the map, or no longer.
    #[event]
    fn choose(&mut self, id: RobotId) {
        self.chosen = if self.chosen == Some(id) { None } else { Some(id) };
    }

    #[event]
    fn open(&mut self, cx: &mut Cx, id: RobotId) -> Result<()> {
        if self.fleet.telemetry(id).is_none() {
            return Err(Error::not_found(format!("there is no robot {id}")));
        }
        cx.push_navigate(path!("/robots/{id}"))
    }

    #[event]
    fn ask_stop_all(&mut self) {
        self.asking = true;
    }

    #[event]
    fn cancel_stop_all(&mut self) {
        self.asking = false;
    }

    #[event]
    fn stop_all(&mut self, cx: &mut Cx) {
        self.asking = false;
        self.command_all(cx, Command::EmergencyStop);
    }

    #[event]
    fn reset_all(&mut self, cx: &mut Cx) {
        self.command_all(cx, Command::Reset);
    }

    #[handle_async]
    fn answered(&mut self, all: AsyncResult<Result<AllAnswered, Refused>>) {
        let count = self.robots.len();
        let all = match all {
            Ok(Ok(all)) => Ok(all),
            Ok(Err(refused)) => return self.report = Some(format!("{refused}.")),
            Err(error) => Err(error),
        };
        self.report = Some(match all {
            Ok(AllAnswered { command: Command::Reset, accepted }) => format!("{accepted} robots were reset."),
            Ok(AllAnswered { accepted, .. }) if accepted == count => {
                format!("All {count} robots have stopped.")
            }
            Ok(AllAnswered { accepted, .. }) => {
                format!("Only {accepted} of {count} robots confirmed. Look at those that are offline.")
            }
            Err(error) => format!("The command failed: {error}."),
        });
    }

    fn command_all(&mut self, cx: &mut Cx, command: Command) {
        let Some(user) = self.viewer.user() else {
            self.report = Some(format!("{}.", Denied::LogIn));
            return;
        };
        // Commands go out at once, so that a second press cannot take back the first.
        let answers = cx.state::<Commands>().issue_all(user, command);
        cx.start_async("answered", async move {
            let accepted = match answers.await {
                Ok(answers) => answers?.iter().filter(|(_, answer)| answer.is_ok()).count(),
                // The task was torn down with the runtime.
                Err(_) => 0,
            };
            Ok::<_, Refused>(AllAnswered { command, accepted })
        });
    }

    /// Sorts the table and fills it.
    fn arrange(&mut self) {
        let mut robots: Vec<_> = self.robots.iter().collect();
        robots.sort_by(|a, b| self.sorting.compare(a, b));
        self.order = robots.into_iter().map(|robot| robot.id).collect();
        self.fill_table();
    }

    fn fill_table(&mut self) {
        let robots = self.order.iter().filter_map(|id| self.robots.iter().find(|robot| robot.id == *id));
        self.rows.replace_all(robots.filter(|robot| self.filter.matches(robot)).map(Row::from));
    }

    fn heading(&self, column: Column) -> Element {
        let mark = self.sorting.mark(column);
        rsx! {
            th { scope: "col", class: "table__{column.class()}", "aria-sort": self.sorting.aria(column),
                button { r#type: "button", class: "table__sort", phx_click: Self::on_sort(column),
                    "{column.label()}"
                    span { class: "table__mark", "aria-hidden": "true", "{mark}" }
                }
            }
        }
    }

    fn render(&self) -> Element {
        rsx! {
            Shell { viewer: self.viewer.clone(),
                main { class: "page fleet",
                    div { class: "page__head",
                        h1 { "Fleet" }
                        if self.viewer.may(Command::EmergencyStop) {
                            button {
                                r#type: "button",
                                class: "button button--emergency",
                                "aria-haspopup": "dialog",
                                phx_click: Self::on_ask_stop_all(),
                                "Emergency stop"
                            }
                        }
                    }
                    {safety(&self.robots, self.report.as_deref(), self.viewer.may(Command::Reset).then(Self::on_reset_all))}
                    section { class: "tiles", "aria-label": "Figures of the fleet",
                        {counters(&self.robots, self.filter.group, Self::on_group)}
                    }
                    section { class: "card fleet__map", "aria-label": "Map",
                        FloorMap { plan: self.plan.clone(), label: "Map of the warehouse with all robots",
                            {markers(&self.robots, |robot| self.filter.matches(robot), self.chosen, Self::on_open)}
                        }
                        Legend {}
                    }
                    section { class: "card fleet__list", "aria-label": "Robots",
                        form { class: "search", id: "search", role: "search", phx_change: Self::on_search(), phx_submit: Self::on_search(),
                            label { class: "search__label", r#for: "q", "Filter robots" }
                            input {
                                id: "q",
                                name: "q",
                                r#type: "search",
                                class: "field",
                                placeholder: "Name, number or status",
                                autocomplete: "off",
                                value: "{self.filter.text}",
                                phx_debounce: "150",
                            }
                            output { class: "search__count", "for": "q", "{self.rows.len()} of {self.robots.len()}" }
                        }
                        div { class: "table__scroll",
                            table { class: "table",
                                thead {
                                    tr {
                                        for column in Column::ALL {
                                            {self.heading(column)}
                                        }
                                    }
                                }
                                tbody {
                                    {self.rows.render_with(self.chosen, |entry, chosen| {
                                        row(entry, *chosen == Some(entry.id), Self::on_choose(entry.id))
                                    })}
                                }
                            }
                        }
                        if self.rows.is_empty() {
                            p { class: "empty",
                                "No robot matches. "
                                button { r#type: "button", class: "button button--link", phx_click: Self::on_clear_filter(), "Show all robots" }
                            }
                        }
                    }
                    if self.asking {
                        ConfirmDialog {
                            title: "Stop all robots?",
                            text: "Every robot brakes at once and refuses to move until it is reset.",
                            label: "Stop all robots",
                            confirm: Self::on_stop_all(),
                            cancel: Self::on_cancel_stop_all(),
                        }
                    }
                }
            }
        }
    }
}
