//! Robots that come from outside: registered, given tokens and removed, by administrators.

use bennu::ecto::prelude::{Action, Repo};
use bennu::prelude::*;

use crate::accounts::Act;
use crate::commands::{Commands, Rejected};
use crate::devices::{self, Device, DeviceError, DeviceToken};
use crate::robots::{self, Fleet, FleetFrame, Status, fleet_topic};
use crate::web::auth::{self, Viewer};
use crate::web::components::badge::Badge;
use crate::web::components::dialog::ConfirmDialog;
use crate::web::components::link::LinkMark;
use crate::web::components::secret::FreshSecret;
use crate::web::components::shell::Shell;
use crate::web::router::Routes;

/// All devices.
#[derive(LiveView)]
pub struct DevicesLive {
    viewer: Viewer,
    devices: Vec<Device>,
    /// What each of them does and how it is connected, in the same order.
    states: Vec<State>,
    form: Form<Device>,
    /// A token that was just made, and whose it is: to be shown once.
    fresh: Option<(Device, DeviceToken)>,
    /// Whether the viewer is being asked about the removal of one.
    asking: Option<Device>,
}

/// What is shown of a device's state.
type State = (Status, Option<robots::Link>);

#[live_view]
impl DevicesLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let viewer = auth::viewer(cx);
        viewer.require(Act::ManageDevices)?;
        cx.page_title("Devices");
        cx.subscribe(fleet_topic());
        let devices = devices::list_devices(cx.state::<Repo>()).await?;
        let states = states(&devices, &cx.state::<Fleet>().frame());
        let form = empty(&devices);
        Ok(Self { viewer, devices, states, form, fresh: None, asking: None })
    }

    #[info]
    fn frame(&mut self, frame: &FleetFrame) {
        self.states = states(&self.devices, frame);
    }

    #[event]
    fn validate(&mut self, params: Params) {
        let changeset = devices::change_device(params.within("device"));
        self.form = changeset.with_action(Action::Validate).to_form();
    }

    #[event]
    async fn register(&mut self, cx: &mut Cx, params: Params) -> Result<()> {
        let me = self.viewer.require(Act::ManageDevices)?.clone();
        match cx.state::<Commands>().clone().register_device(&me, params.within("device")).await {
            Ok(fresh) => {
                self.fresh = Some(fresh);
                self.reload(cx).await?;
                self.form = empty(&self.devices);
            }
            Err(Rejected::Device(DeviceError::Invalid(changeset))) => self.form = changeset.to_form(),
            Err(rejected) => cx.put_flash("error", format!("{rejected}.")),
        }
        Ok(())
    }

    #[event]
    async fn renew(&mut self, cx: &mut Cx, id: i64) -> Result<()> {
        let me = self.viewer.require(Act::ManageDevices)?.clone();
        let device = devices::fetch_device(cx.state::<Repo>(), id).await?;
        match cx.state::<Commands>().clone().renew_device_token(&me, &device).await {
            Ok(fresh) => {
                cx.disconnect(&devices::socket_id(device.robot_id));
                self.fresh = Some(fresh);
            }
            Err(rejected) => cx.put_flash("error", format!("{rejected}.")),
        }
        self.reload(cx).await
    }

    #[event]
    fn ask_remove(&mut self, id: i64) {
        self.asking = self.devices.iter().find(|device| device.id == id).cloned();
    }

    #[event]
    fn keep(&mut self) {
        self.asking = None;
    }

    #[event]
    async fn remove(&mut self, cx: &mut Cx) -> Result<()> {
        let me = self.viewer.require(Act::ManageDevices)?.clone();
        let Some(device) = self.asking.take() else { return Ok(()) };
        match cx.state::<Commands>().clone().remove_device(&me, &device).await {
            Ok(()) => {
                cx.disconnect(&devices::socket_id(device.robot_id));
                self.fresh = self.fresh.take().filter(|(fresh, _)| fresh.id != device.id);
                cx.put_flash("info", format!("{} is removed.", device.name));
            }
            Err(rejected) => cx.put_flash("error", format!("{rejected}.")),
        }
        self.reload(cx).await?;
        self.form = empty(&self.devices);
        Ok(())
    }

    async fn reload(&mut self, cx: &mut Cx) -> Result<()> {
        self.devices = devices::list_devices(cx.state::<Repo>()).await?;
        self.states = states(&self.devices, &cx.state::<Fleet>().frame());
        Ok(())
    }

    fn row(device: &Device, (status, link): State) -> Element {
        let Device { id, robot_id, name, made_by, .. } = device;
        rsx! {
            tr { key: "{id}", "data-robot": "{robot_id}",
                th { scope: "row", class: "device__name",
                    Link { navigate: path!("/robots/{robot_id}"), "{name}" }
                    span { class: "rows__detail", "number {robot_id}, registered by {made_by}" }
                }
                td { class: "device__state",
                    Badge { status }
                    LinkMark { link, online: status != Status::Offline }
                }
                td { class: "device__actions",
                    button { r#type: "button", class: "button button--link", phx_click: Self::on_renew(*id), "New token" }
                    button { r#type: "button", class: "button button--link", phx_click: Self::on_ask_remove(*id), "Remove" }
                }
            }
        }
    }

    fn render(&self) -> Element {
        rsx! {
            Shell { viewer: self.viewer.clone(),
                main { class: "page",
                    div { class: "page__head", h1 { "Devices" } }
                    if let Some((device, token)) = &self.fresh {
                        FreshSecret { title: "The token of {device.name}. Copy it now: it is not shown again.", secret: token.as_str() }
                    }
                    section { class: "card form", "aria-label": "New device",
                        h2 { "Register a device" }
                        p { class: "hint", "A device is a robot of yours that connects by itself. It gets a token to do so." }
                        FormFor { form: &self.form, class: "inline", phx_change: Self::on_validate(), phx_submit: Self::on_register(),
                            Input { field: self.form.field(Device::robot_id), label: "Number", r#type: "number", min: "1", max: "65535" }
                            Input { field: self.form.field(Device::name), label: "Name", placeholder: "Shoebill", autocomplete: "off", phx_debounce: "blur" }
                            button { r#type: "submit", class: "button", "Register" }
                        }
                    }
                    section { class: "card", "aria-label": "Devices",
                        if self.devices.is_empty() {
                            p { class: "empty", "No device is registered." }
                        } else {
                            div { class: "table__scroll",
                                table { class: "table table--devices",
                                    thead { tr { th { scope: "col", "Device" } th { scope: "col", "State" } th { scope: "col", "" } } }
                                    tbody {
                                        for (device, state) in self.devices.iter().zip(&self.states) {
                                            {Self::row(device, *state)}
                                        }
                                    }
                                }
                            }
                        }
                    }
                    if let Some(device) = &self.asking {
                        ConfirmDialog {
                            title: "Remove {device.name}?",
                            text: "Its connection is closed and its token is good for nothing any more. A mission that it follows ends.",
                            label: "Remove {device.name}",
                            confirm: Self::on_remove(),
                            cancel: Self::on_keep(),
                        }
                    }
                }
            }
        }
    }
}

/// A form with a number that is free.
fn empty(devices: &[Device]) -> Form<Device> {
    Device { robot_id: devices::free_number(devices), ..Device::default() }.change().to_form()
}

fn states(devices: &[Device], frame: &FleetFrame) -> Vec<State> {
    let state = |device: &Device| {
        let robot = frame.robots.iter().find(|robot| robot.id == device.robot_id);
        robot.map_or((Status::Offline, None), |robot| (robot.status, robot.link))
    };
    devices.iter().map(state).collect()
}
