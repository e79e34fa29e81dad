//! The field components over a changeset, one of each kind.

use bennu::ecto::prelude::NaiveDateTime;
use bennu::form::SelectOptions;
use bennu::prelude::*;

#[derive(Schema, Clone, PartialEq)]
#[schema(source = "profiles")]
struct Profile {
    #[schema(primary_key)]
    id: i64,
    name: String,
    #[schema(virtual, redact)]
    password: Option<String>,
    age: Option<i64>,
    weight: Option<f64>,
    starts_at: Option<NaiveDateTime>,
    bio: Option<String>,
    hall: Option<String>,
    tags: Vec<String>,
    plan: Option<String>,
    terms: bool,
}

impl Profile {
    fn changeset(self, params: &impl ToParams) -> Changeset<Self> {
        let own = (Self::name, Self::password, Self::age, Self::weight, Self::starts_at, Self::bio);
        self.cast(params, own)
            .cast(params, (Self::hall, Self::tags, Self::plan, Self::terms))
            .validate_required((Self::name, Self::plan))
            .validate_length(Self::name, 3..=40)
            .validate_inclusion(Self::hall, ["north", "south"])
    }
}

#[derive(LiveView)]
pub(crate) struct ControlsLive {
    form: Form<Profile>,
    saved: String,
}

#[live_view]
impl ControlsLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { form: Profile::default().changeset(&Params::new()).to_form(), saved: String::new() })
    }

    #[event]
    fn validate(&mut self, params: Params) {
        self.form = Profile::default().changeset(params.within("profile")).to_form();
    }

    #[event]
    fn save(&mut self, params: Params) {
        match Profile::default().changeset(params.within("profile")).apply_action(Action::Insert) {
            Ok(profile) => {
                self.saved = format!(
                    "{} {:?} {:?} {:?} {:?} {:?} {:?} {}",
                    profile.name,
                    profile.age,
                    profile.weight,
                    profile.starts_at.map(|at| at.to_string()),
                    profile.hall,
                    profile.tags,
                    profile.plan,
                    profile.terms,
                );
            }
            Err(changeset) => self.form = changeset.to_form(),
        }
    }

    fn render(&self) -> Element {
        let form = &self.form;
        let halls =
            SelectOptions::new().choice("North", "north").group("Closed", [("South", "south"), ("East", "east")]);
        rsx! {
            FormFor { form, novalidate: true, phx_change: Self::on_validate(), phx_submit: Self::on_save(),
                Input { field: form.field(Profile::name), label: "Name", help: "As on the badge" }
                Input { field: form.field(Profile::password), r#type: "password", label: "Password" }
                Input { field: form.field(Profile::age), r#type: "number", label: "Age" }
                Input { field: form.field(Profile::weight), r#type: "number", label: "Weight" }
                Input { field: form.field(Profile::starts_at), r#type: "datetime-local", label: "Starts at" }
                Textarea { field: form.field(Profile::bio), label: "Bio" }
                Select { field: form.field(Profile::hall), label: "Hall", prompt: "Choose", options: halls }
                Select { field: form.field(Profile::tags), label: "Tags", multiple: true, options: ["lab", "yard"] }
                RadioGroup { field: form.field(Profile::plan), label: "Plan", options: [("Basic", "basic"), ("Full", "full")] }
                Checkbox { field: form.field(Profile::terms), label: "Terms" }
                button { id: "reset", r#type: "reset", name: "reset", "Reset" }
                button { id: "save", "Save" }
            }
            output { id: "saved", "{self.saved}" }
        }
    }
}
