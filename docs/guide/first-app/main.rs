//! The program of `docs/guide/first-app.md`: a list of parts that everybody who looks at it sees change.

use bennu::ecto::migration::{Commands, Migration, Migrator, integer, migrations, string, table, unique_index};
use bennu::prelude::*;

// The domain: a schema, its rules, its table.

#[derive(Schema, Clone, Debug)]
#[schema(source = "parts")]
pub struct Part {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    pub stock: i64,
}

impl Part {
    pub fn changeset(self, params: &impl ToParams) -> Changeset<Part> {
        self.cast(params, (Part::name, Part::stock))
            .validate_required(Part::name)
            .validate_length(Part::name, 2..=40)
            .validate_number(Part::stock, 0..)
            .unique_constraint(Part::name)
    }
}

struct CreateParts;

impl Migration for CreateParts {
    const VERSION: i64 = 20_261_128_090_000;

    fn change(&self, m: &mut Commands) {
        m.create(table("parts").add("name", string().null(false)).add("stock", integer().null(false)));
        m.create(unique_index("parts", ["name"]));
    }
}

// The page: its state, what changes it, its markup.

#[derive(Clone)]
pub struct PartsChanged;

#[derive(LiveView)]
pub struct PartsLive {
    parts: Vec<Part>,
    /// The part in the form; a new one has no id.
    part: Part,
    form: Form<Part>,
}

#[live_view]
impl PartsLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        cx.subscribe(topic::<PartsChanged>("parts"));
        let mut view = Self { parts: Vec::new(), part: Part::default(), form: Form::default() };
        view.edit(Part::default());
        view.load(cx).await?;
        Ok(view)
    }

    /// `/parts/7` has that part in the form.
    async fn handle_params(&mut self, cx: &mut Cx, params: &Params) -> Result<()> {
        let part = match params.get("id") {
            Some(_) => cx.state::<Repo>().fetch(params.parse::<i64>("id")?).await?,
            None => Part::default(),
        };
        self.edit(part);
        Ok(())
    }

    #[event]
    fn validate(&mut self, params: Params) {
        self.form = self.part.clone().changeset(params.within("part")).with_action(Action::Validate).to_form();
    }

    #[event]
    async fn save(&mut self, cx: &mut Cx, params: Params) -> Result<()> {
        let changeset = self.part.clone().changeset(params.within("part"));
        match cx.state::<Repo>().insert_or_update(changeset).await {
            Ok(part) => {
                cx.broadcast(&topic("parts"), PartsChanged);
                cx.put_flash("info", format!("{} is saved.", part.name));
                cx.push_patch(path!("/"))
            }
            Err(WriteError::Invalid(changeset)) => {
                self.form = changeset.to_form();
                Ok(())
            }
            Err(WriteError::Repo(error)) => Err(error.into()),
        }
    }

    #[event]
    async fn delete(&mut self, cx: &mut Cx, id: i64) -> Result<()> {
        cx.state::<Repo>().delete_all(from!(p in Part, where: p.id == id)).await?;
        cx.broadcast(&topic("parts"), PartsChanged);
        Ok(())
    }

    #[info]
    async fn changed(&mut self, cx: &mut Cx, _: &PartsChanged) -> Result<()> {
        self.load(cx).await
    }

    async fn load(&mut self, cx: &Cx) -> Result<()> {
        self.parts = cx.state::<Repo>().all(from!(p in Part, order_by: p.name)).await?;
        Ok(())
    }

    fn edit(&mut self, part: Part) {
        self.form = part.clone().changeset(&Params::new()).to_form();
        self.part = part;
    }

    fn render(&self) -> Element {
        rsx! {
            h1 { "{self.parts.len()} parts" }
            FlashGroup {}
            FormFor { form: &self.form, phx_change: Self::on_validate(), phx_submit: Self::on_save(),
                Input { field: self.form.field(Part::name), label: "Name", phx_debounce: "300" }
                Input { field: self.form.field(Part::stock), r#type: "number", label: "In stock" }
                button { phx_disable_with: "Saving…", "Save" }
            }
            ul {
                for part in &self.parts {
                    li { key: "{part.id}",
                        Link { patch: path!("/parts/{part}"), "{part.name}: {part.stock}" }
                        " "
                        button { phx_click: Self::on_delete(part.id), "Delete" }
                    }
                }
            }
        }
    }
}

// What is where, and the program.

router! {
    live "/" => PartsLive;
    live "/parts/:id" => PartsLive as edit;
}

pub async fn open(url: &str) -> Result<Repo> {
    let repo = Repo::connect(url).await?;
    Migrator::new(&repo, migrations![CreateParts]).up().await?;
    Ok(repo)
}

#[tokio::main]
pub async fn main() -> Result<()> {
    let repo = open("sqlite://parts.db?mode=rwc").await?;
    bennu::serve(Endpoint::from_env()?.state(repo).router(Routes)).await
}
