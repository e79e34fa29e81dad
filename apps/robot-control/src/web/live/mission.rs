//! The form of one mission, new or to be changed, with a row for each waypoint.
//!
//! Rows are added, removed and moved by buttons that count as changes of the form: the browser sends the whole form each time, and what comes
//! back is the form as the changeset sees it.

use std::sync::Arc;

use bennu::ecto::prelude::{DbEnum as _, Repo};
use bennu::params::Param;
use bennu::prelude::*;

use crate::accounts::Act;
use crate::missions::{self, Mission, Missions, Status, Waypoint};
use crate::robots::{Fleet, RobotId, World};
use crate::web::auth::{self, Viewer};
use crate::web::components::shell::Shell;
use crate::web::router::Routes;

/// A click on a button that is to count as a change of its form.
const CHANGE: &str = r#"[["dispatch",{"event":"change"}]]"#;

/// A mission while somebody writes it.
#[derive(LiveView)]
pub struct MissionLive {
    viewer: Viewer,
    robot: RobotId,
    name: Arc<str>,
    world: Arc<World>,
    /// As it is in the database; a new one has no id.
    mission: Mission,
    form: Form<Mission>,
}

#[live_view]
impl MissionLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let viewer = auth::viewer(cx);
        viewer.require(Act::EditMissions)?;
        let (robot, name) = super::robot_of(cx)?;
        let world = cx.state::<Fleet>().world().clone();
        let mission = match cx.live_action() {
            Some("edit") => {
                let id = cx.params().parse("mission").map_err(Error::not_found)?;
                let mission = missions::fetch_mission(cx.state::<Repo>(), id).await?;
                if mission.robot_id != robot {
                    return Err(Error::not_found("this mission is another robot's"));
                }
                mission
            }
            _ => Mission { robot_id: robot, ..Mission::default() },
        };
        cx.page_title(if mission.id == 0 { "New mission".to_owned() } else { mission.name.clone() });
        let form = missions::change_mission(mission.clone(), &Params::new(), &world).to_form();
        Ok(Self { viewer, robot, name, world, mission, form })
    }

    #[event]
    fn validate(&mut self, params: Params) {
        let typed = moved(params.within("mission"));
        let changeset = missions::change_mission(self.mission.clone(), &typed, &self.world);
        self.form = changeset.with_action(Action::Validate).to_form();
    }

    #[event]
    async fn save(&mut self, cx: &mut Cx, params: Params) -> Result<()> {
        if let Err(denied) = self.viewer.permit(Act::EditMissions) {
            cx.put_flash("error", format!("{denied}."));
            return Ok(());
        }
        let (repo, typed) = (cx.state::<Repo>().clone(), params.within("mission"));
        let written = if self.mission.id == 0 {
            missions::create_mission(&repo, &self.world, self.robot, typed).await
        } else {
            missions::update_mission(&repo, &self.world, self.mission.clone(), typed).await
        };
        match written {
            Ok(mission) => {
                cx.state::<Missions>().announce(self.robot);
                cx.put_flash("info", format!("{} is saved.", mission.name));
                cx.push_navigate(path!("/robots/{self.robot}/missions"))
            }
            Err(WriteError::Invalid(changeset)) => {
                self.form = changeset.to_form();
                Ok(())
            }
            Err(WriteError::Repo(error)) => Err(error.into()),
        }
    }

    fn row(row: &Form<Waypoint>, last: usize) -> Element {
        let index = row.index().unwrap_or_default();
        let name = format!("waypoint {}", index + 1);
        rsx! {
            fieldset { key: "{row.id()}", class: "waypoint",
                legend { class: "waypoint__number", "{index + 1}" }
                InputsRow { form: row,
                    Input { field: row.field(Waypoint::x), label: "x (m)", inputmode: "decimal", phx_debounce: "blur" }
                    Input { field: row.field(Waypoint::y), label: "y (m)", inputmode: "decimal", phx_debounce: "blur" }
                    Input { field: row.field(Waypoint::wait_s), label: "Wait (s)", inputmode: "numeric", phx_debounce: "blur" }
                    Input { field: row.field(Waypoint::note), label: "Note", phx_debounce: "blur" }
                    div { class: "waypoint__actions",
                        button { r#type: "button", class: "button", name: "mission[move]", value: "{index}:up", disabled: index == 0,
                            "aria-label": "Move {name} up", "phx-click": CHANGE, "↑" }
                        button { r#type: "button", class: "button", name: "mission[move]", value: "{index}:down", disabled: index == last,
                            "aria-label": "Move {name} down", "phx-click": CHANGE, "↓" }
                        DropRow { form: row, class: "button button--link", "aria-label": "Remove {name}", "Remove" }
                    }
                }
            }
        }
    }

    fn render(&self) -> Element {
        let form = &self.form;
        let rows = form.inputs_for(Mission::waypoints);
        let last = rows.len().saturating_sub(1);
        let statuses = [Status::Draft, Status::Ready].map(|status| (status.name(), status.name()));
        rsx! {
            Shell { viewer: self.viewer.clone(),
                main { class: "page page--narrow",
                    div { class: "page__head",
                        Link { navigate: path!("/robots/{self.robot}/missions"), class: "page__back", "Missions of {self.name}" }
                        h1 { if self.mission.id == 0 { "New mission" } else { "{self.mission.name}" } }
                    }
                    FormFor { form, class: "card form", phx_change: Self::on_validate(), phx_submit: Self::on_save(),
                        Input { field: form.field(Mission::name), label: "Name", phx_debounce: "300" }
                        Select { field: form.field(Mission::status), label: "Status", options: statuses,
                            help: "A draft cannot be started." }
                        Checkbox { field: form.field(Mission::repeat), label: "Start again at its end" }
                        h2 { "Waypoints" }
                        p { class: "hint", "The floor is {self.world.width} m by {self.world.height} m; 0, 0 is its lower left corner." }
                        InputsFor { field: form.field(Mission::waypoints),
                            for row in &rows { {Self::row(row, last)} }
                            FieldErrors { field: form.field(Mission::waypoints) }
                            AddRow { field: form.field(Mission::waypoints), class: "button", "Add a waypoint" }
                        }
                        button { r#type: "submit", class: "button button--primary", phx_disable_with: "Saving…", "Save" }
                    }
                }
            }
        }
    }
}

/// The parameters with the order of the waypoints as the button that was pressed wants it: `move` is `2:up`.
fn moved(params: &Params) -> Params {
    let mut params = params.clone();
    let wanted =
        params.get("move").and_then(|text| text.split_once(':')).map(|(row, way)| (row.to_owned(), way == "up"));
    if let (Some((row, up)), Some(order)) = (wanted, params.list("waypoints_sort")) {
        let mut order = order.to_vec();
        let place = order.iter().position(|param| param.as_text() == Some(&row));
        let other = place.and_then(|place| if up { place.checked_sub(1) } else { Some(place + 1) });
        if let (Some(place), Some(other)) = (place, other.filter(|other| *other < order.len())) {
            order.swap(place, other);
        }
        params.insert("waypoints_sort", Param::List(order));
    }
    params
}

#[cfg(test)]
mod tests {
    use bennu::prelude::Params;

    use super::moved;

    fn order(text: &str) -> Vec<String> {
        let params = moved(&Params::decode(text).expect("a form"));
        let list = params.list("waypoints_sort").expect("an order");
        list.iter().filter_map(|param| param.as_text().map(str::to_owned)).collect()
    }

    #[test]
    fn a_row_changes_places_with_its_neighbour_and_stays_at_the_ends() {
        let sent = "waypoints_sort[]=0&waypoints_sort[]=1&waypoints_sort[]=2";
        assert_eq!(order(&format!("{sent}&move=1:up")), ["1", "0", "2"]);
        assert_eq!(order(&format!("{sent}&move=1:down")), ["0", "2", "1"]);
        assert_eq!(order(&format!("{sent}&move=0:up")), ["0", "1", "2"]);
        assert_eq!(order(&format!("{sent}&move=2:down")), ["0", "1", "2"]);
        assert_eq!(order(&format!("{sent}&move=nonsense")), ["0", "1", "2"]);
    }
}
