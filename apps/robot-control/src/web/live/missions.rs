//! The missions of one robot: started, watched and cancelled here.

use std::sync::Arc;

use bennu::ecto::prelude::{DbEnum as _, Repo};
use bennu::prelude::*;

use crate::accounts::Act;
use crate::commands::{Commands, Rejected};
use crate::missions::{
    self, Mission, Missions, MissionsChanged, Phase, Progress, Status, missions_topic, progress_topic,
};
use crate::robots::RobotId;
use crate::web::auth::{self, Viewer};
use crate::web::components::dialog::ConfirmDialog;
use crate::web::components::shell::Shell;
use crate::web::router::Routes;

/// The missions of one robot.
#[derive(LiveView)]
pub struct MissionsLive {
    viewer: Viewer,
    robot: RobotId,
    name: Arc<str>,
    missions: Vec<Mission>,
    progress: Option<Progress>,
    /// The mission that somebody is asked about before it is deleted.
    asking: Option<i64>,
}

#[live_view]
impl MissionsLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let viewer = auth::viewer(cx);
        let (robot, name) = super::robot_of(cx)?;
        cx.subscribe(missions_topic(robot));
        cx.subscribe(progress_topic(robot));
        cx.page_title(format!("Missions of {name}"));
        let missions = missions::list_missions(cx.state::<Repo>(), robot).await?;
        let progress = cx.state::<Missions>().progress(robot);
        Ok(Self { viewer, robot, name, missions, progress, asking: None })
    }

    #[info]
    async fn changed(&mut self, cx: &mut Cx, _: &MissionsChanged) -> Result<()> {
        self.missions = missions::list_missions(cx.state::<Repo>(), self.robot).await?;
        Ok(())
    }

    #[info]
    fn progress(&mut self, progress: &Progress) {
        self.progress = Some(progress.clone());
    }

    #[event]
    async fn start(&mut self, cx: &mut Cx, id: i64) {
        let Some((user, mission)) = self.chosen(cx, id) else { return };
        let outcome = cx.state::<Commands>().clone().start_mission(&user, &mission).await;
        tell(cx, outcome.map(drop));
    }

    #[event]
    async fn cancel(&mut self, cx: &mut Cx, id: i64) {
        let Some((user, mission)) = self.chosen(cx, id) else { return };
        let outcome = cx.state::<Commands>().clone().cancel_mission(&user, &mission).await;
        tell(cx, outcome);
    }

    #[event]
    fn ask_delete(&mut self, id: i64) {
        self.asking = Some(id);
    }

    #[event]
    fn keep(&mut self) {
        self.asking = None;
    }

    #[event]
    async fn delete(&mut self, cx: &mut Cx, id: i64) -> Result<()> {
        self.asking = None;
        if let Err(denied) = self.viewer.permit(Act::EditMissions) {
            cx.put_flash("error", format!("{denied}."));
            return Ok(());
        }
        let Some(mission) = self.missions.iter().find(|mission| mission.id == id).cloned() else { return Ok(()) };
        match missions::delete_mission(cx.state::<Repo>(), mission).await {
            Ok(_) => {}
            Err(WriteError::Invalid(changeset)) => {
                let why = changeset.errors_json();
                cx.put_flash("error", format!("The mission was not deleted: {why}"));
            }
            Err(WriteError::Repo(error)) => return Err(error.into()),
        }
        cx.state::<Missions>().announce(self.robot);
        Ok(())
    }

    /// A mission that is to be started or cancelled, and by whom: the command itself says whether that user may, and writes it down.
    fn chosen(&self, cx: &mut Cx, id: i64) -> Option<(crate::accounts::User, Mission)> {
        let Some(user) = self.viewer.user() else {
            cx.put_flash("error", "Log in first.");
            return None;
        };
        Some((user.clone(), self.missions.iter().find(|mission| mission.id == id)?.clone()))
    }

    fn item(&self, mission: &Mission) -> Element {
        let id = mission.id;
        let progress = self.progress.as_ref().filter(|progress| progress.mission_id == id);
        let running = mission.status == Status::Running;
        let may_edit = self.viewer.may(Act::EditMissions) && !running;
        let may_run = self.viewer.may(Act::RunMissions);
        let count = mission.waypoints.get().map_or(0, <[_]>::len);
        rsx! {
            li { key: "{id}", id: "mission-{id}", class: "mission",
                div { class: "mission__head",
                    strong { "{mission.name}" }
                    span { class: "mission__status mission__status--{mission.status.name()}", "{mission.status.name()}" }
                    if mission.repeat { span { class: "rows__detail", "again and again" } }
                }
                p { class: "rows__detail", "{count} waypoints" }
                if let Some(progress) = progress.filter(|_| running) {
                    p { class: "mission__progress", role: "status",
                        progress { max: "{progress.waypoints}", value: "{progress.waypoint}" }
                        " {said(progress)}"
                    }
                }
                if let Some(reason) = mission.reason.as_ref().filter(|_| !running) {
                    p { class: "mission__reason", "{reason}" }
                }
                div { class: "actions",
                    if running && may_run {
                        button { r#type: "button", class: "button button--danger", phx_click: Self::on_cancel(id), "Cancel" }
                    }
                    if !running && may_run && mission.status != Status::Draft {
                        button { r#type: "button", class: "button button--primary", phx_click: Self::on_start(id), "Start" }
                    }
                    if may_edit {
                        Link { navigate: path!("/robots/{self.robot}/missions/{id}/edit"), class: "button", "Edit" }
                        button { r#type: "button", class: "button button--link", phx_click: Self::on_ask_delete(id), "Delete" }
                    }
                }
            }
        }
    }

    fn render(&self) -> Element {
        let asked = self.asking.and_then(|id| self.missions.iter().find(|mission| mission.id == id));
        rsx! {
            Shell { viewer: self.viewer.clone(),
                main { class: "page",
                    div { class: "page__head",
                        Link { navigate: path!("/robots/{self.robot}"), class: "page__back", "{self.name}" }
                        h1 { "Missions" }
                        if self.viewer.may(Act::EditMissions) {
                            Link { navigate: path!("/robots/{self.robot}/missions/new"), class: "button button--primary", "New mission" }
                        }
                    }
                    section { class: "card", "aria-label": "Missions of {self.name}",
                        if self.missions.is_empty() { p { class: "empty", "There is no mission for this robot." } }
                        ul { class: "missions", for mission in &self.missions { {self.item(mission)} } }
                    }
                    if let Some(mission) = asked {
                        ConfirmDialog {
                            title: "Delete {mission.name}?",
                            text: "The mission and its waypoints are gone for good.",
                            label: "Delete the mission",
                            confirm: Self::on_delete(mission.id),
                            cancel: Self::on_keep(),
                        }
                    }
                }
            }
        }
    }
}

/// Says why nothing was done; what was wrong before is forgotten.
fn tell(cx: &mut Cx, outcome: Result<(), Rejected>) {
    match outcome {
        Ok(()) => cx.clear_flash("error"),
        Err(rejected) => cx.put_flash("error", format!("{rejected}.")),
    }
}

fn said(progress: &Progress) -> String {
    let place = format!("waypoint {} of {}", (progress.waypoint + 1).min(progress.waypoints), progress.waypoints);
    match progress.phase {
        Phase::UnderWay => format!("On its way to {place}."),
        Phase::Waiting => format!("Waiting at {place}."),
        Phase::Offline => format!("The robot is offline; it goes on to {place} when it is back."),
        Phase::Ended(_) => "Over.".to_owned(),
    }
}
