//! The audit log: who asked for what, and what came of it. Filter and page are in the URL, so that they can be sent to somebody.

use std::time::Duration;

use bennu::ecto::prelude::{DbEnum as _, Repo};
use bennu::prelude::*;

use crate::accounts::Act;
use crate::audit::{self, AuditEntry, Filter, Outcome, Page};
use crate::web::auth::{self, Viewer};
use crate::web::components::shell::Shell;
use crate::web::format;
use crate::web::router::Routes;

/// How often an open page looks for new entries.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// What can be asked for, as the log calls it.
const COMMANDS: [&str; 11] = [
    "drive",
    "stop",
    "dock",
    "go_to",
    "emergency_stop",
    "reset",
    "start_mission",
    "cancel_mission",
    "crash",
    "change_role",
    "reset_password",
];

/// It is time to look for new entries.
#[derive(Clone, Copy)]
struct Look;

/// A page of the log.
#[derive(LiveView)]
pub struct AuditLive {
    viewer: Viewer,
    filter: Filter,
    form: Form<Filter>,
    /// What the URL says beside the page: kept when somebody turns it.
    query: Vec<(String, String)>,
    page: Page,
}

#[live_view]
impl AuditLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        let viewer = auth::viewer(cx);
        viewer.require(Act::ReadAudit)?;
        cx.page_title("Audit log");
        cx.interval(Look, LOOK_EVERY);
        let (filter, form) = (Filter::default(), Form::default());
        let page = Page { entries: Vec::new(), total: 0, page: 1, per_page: filter.per_page };
        Ok(Self { viewer, filter, form, query: Vec::new(), page })
    }

    async fn handle_params(&mut self, cx: &mut Cx, params: &Params) -> Result<()> {
        let changeset = Filter::default().changeset(params).with_action(Action::Validate);
        // What is wrong in a hand-made URL is said at its field; the rest counts.
        self.filter = changeset.apply_changes();
        self.form = changeset.to_form().named("").with_id("audit-filter");
        self.query = chosen(params);
        self.load(cx).await
    }

    #[info]
    async fn look(&mut self, cx: &mut Cx, _: Look) -> Result<()> {
        self.load(cx).await
    }

    #[event]
    fn filter(&mut self, cx: &mut Cx, params: Params) -> Result<()> {
        cx.push_patch_replace(path!("/audit", ..chosen(&params)))
    }

    async fn load(&mut self, cx: &Cx) -> Result<()> {
        self.page = audit::page(cx.state::<Repo>(), &self.filter).await?;
        Ok(())
    }

    fn render(&self) -> Element {
        let (form, page) = (&self.form, &self.page);
        let turn = |number: u32| path!("/audit", page = number, ..self.query.clone());
        let results: Vec<_> = Outcome::NAMES.iter().map(|name| (*name, *name)).collect();
        rsx! {
            Shell { viewer: self.viewer.clone(),
                main { class: "page",
                    div { class: "page__head", h1 { "Audit log" } p { class: "hint", "Entries: {page.total}" } }
                    section { class: "card", "aria-label": "Filter",
                        FormFor { form, class: "inline", phx_change: Self::on_filter(), phx_submit: Self::on_filter(),
                            Input { field: form.field(Filter::user), label: "User", phx_debounce: "300" }
                            Input { field: form.field(Filter::robot), label: "Robot", inputmode: "numeric", phx_debounce: "300" }
                            Select { field: form.field(Filter::command), label: "Command", prompt: "Any", options: COMMANDS.map(|name| (name, name)) }
                            Select { field: form.field(Filter::result), label: "Result", prompt: "Any", options: results }
                            Link { patch: path!("/audit"), class: "button", "Show all" }
                        }
                    }
                    section { class: "card", "aria-label": "Entries",
                        div { class: "table__scroll",
                            table { class: "table table--log",
                                thead { tr {
                                    for name in ["Time (UTC)", "User", "Robot", "Command", "Result"] { th { scope: "col", "{name}" } }
                                } }
                                tbody { for entry in &page.entries { {row(entry)} } }
                            }
                        }
                        if page.entries.is_empty() { p { class: "empty", "Nothing of that kind was asked for." } }
                        nav { class: "pages", "aria-label": "Pages of the log",
                            if page.page > 1 { Link { patch: turn(page.page - 1), class: "button", "Newer" } }
                            span { "Page {page.page} of {page.pages()}" }
                            if u64::from(page.page) < page.pages() { Link { patch: turn(page.page + 1), class: "button", "Older" } }
                        }
                    }
                }
            }
        }
    }
}

fn row(entry: &AuditEntry) -> Element {
    let robot = entry.robot_id.map(|robot| robot.to_string()).unwrap_or_default();
    let times = if entry.times > 1 { format!(" ×{}", entry.times) } else { String::new() };
    rsx! {
        tr { key: "{entry.id}", class: "log log--{entry.result.name()}",
            td { class: "log__time", "{format::time(entry.at)}" }
            td { "{entry.user_name}" }
            td { "{robot}" }
            td { "{entry.command}{times}" span { class: "log__detail", "{detail(entry)}" } }
            td { "{entry.result.name()}" if let Some(reason) = &entry.reason { span { class: "log__detail", "{reason}" } } }
        }
    }
}

/// What was asked for but for its name, which has a column.
fn detail(entry: &AuditEntry) -> String {
    let Some(fields) = entry.detail.as_object() else { return String::new() };
    let shown = fields.iter().filter(|(name, _)| *name != "command");
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    shown.map(|(name, value)| format!("{name} {}", text(value))).collect::<Vec<_>>().join(", ")
}

/// What was chosen, for a URL: blank fields say nothing, and another choice begins at its first page.
fn chosen(params: &Params) -> Vec<(String, String)> {
    let names = ["user", "robot", "command", "result"];
    let value = |name: &str| params.get(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
    names.into_iter().filter_map(|name| Some((name.to_owned(), value(name)?))).collect()
}
