// The schemas of the guide's examples, and a repo in memory that has their tables. Included by each example.
pub use ecto_lite::prelude::*;

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "robots", timestamps)]
pub struct Robot {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    #[schema(default = 100.0)]
    pub battery: f64,
    pub site_id: Option<i64>,
    pub inserted_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    #[schema(belongs_to)]
    pub site: BelongsTo<Site>,
    #[schema(has_many)]
    pub missions: HasMany<Mission>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "missions")]
pub struct Mission {
    #[schema(primary_key)]
    pub id: i64,
    pub title: String,
    #[schema(default = 0)]
    pub priority: i32,
    pub done: bool,
    pub robot_id: i64,
    #[schema(belongs_to)]
    pub robot: BelongsTo<Robot>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "sites")]
pub struct Site {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    #[schema(has_many)]
    pub robots: HasMany<Robot>,
}

impl Robot {
    pub fn changeset(self, params: &impl ToParams) -> Changeset<Self> {
        self.cast(params, (Robot::name, Robot::battery, Robot::site_id))
            .validate_required(Robot::name)
            .validate_length(Robot::name, 3..=40)
            .validate_number(Robot::battery, 0.0..=100.0)
            .unique_constraint(Robot::name)
    }
}

impl Mission {
    pub fn changeset(self, params: &impl ToParams) -> Changeset<Self> {
        self.cast(params, (Mission::title, Mission::priority, Mission::done)).validate_required(Mission::title)
    }
}

/// A database in memory with the tables of these schemas.
pub async fn fleet() -> Repo {
    use ecto_lite::migration::*;

    struct Tables;

    impl Migration for Tables {
        const VERSION: i64 = 1;

        fn change(&self, m: &mut Commands) {
            m.create(table("sites").add("name", text()));
            m.create(
                table("robots")
                    .add("name", text().null(false))
                    .add("battery", float())
                    .add("site_id", references("sites"))
                    .timestamps(),
            );
            m.create(unique_index("robots", ["name"]));
            m.create(
                table("missions")
                    .add("title", text())
                    .add("priority", integer())
                    .add("done", boolean())
                    .add("robot_id", references("robots")),
            );
        }
    }

    let repo = Repo::connect("sqlite::memory:").await.expect("a database in memory");
    Migrator::new(&repo, migrations![Tables]).up().await.expect("the tables");
    repo
}
