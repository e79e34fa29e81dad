//! The same work by sqlx alone, with SQL written by hand: the floor that the repo is measured against.
//!
//! Both databases take `$1`, so that the SQL is written once; sqlx's types differ, so that the functions are not.

/// One robot.
#[derive(Clone, Debug)]
pub struct Robot {
    pub id: i64,
    pub name: String,
    pub battery: f64,
    pub active: bool,
    pub site_id: Option<i64>,
    pub inserted_at: chrono::DateTime<chrono::Utc>,
}

/// One of a robot's missions. Nobody looks at what it holds: reading it is the work.
#[allow(dead_code)]
#[derive(Clone, Debug)]
pub struct Mission {
    pub id: i64,
    pub robot_id: i64,
    pub title: String,
    pub priority: i64,
}

/// A robot with its missions.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub robot: Robot,
    pub missions: Vec<Mission>,
}

const INSERT: &str =
    "INSERT INTO robots (name, battery, active, site_id, inserted_at) VALUES ($1, $2, $3, $4, $5) RETURNING id";
const SELECT: &str = "SELECT id, name, battery, active, site_id, inserted_at FROM robots WHERE id = $1";
const SELECT_ALL: &str = "SELECT id, name, battery, active, site_id, inserted_at FROM robots ORDER BY id LIMIT $1";
const JOIN: &str = "SELECT r.id, r.name, r.battery, r.active, r.site_id, r.inserted_at, m.id, m.robot_id, m.title, m.priority \
     FROM robots r LEFT JOIN missions m ON m.robot_id = r.id WHERE r.id <= $1 ORDER BY r.id, m.id";

macro_rules! plain {
    ($name:ident, $database:ty) => {
        /// The database's half.
        pub mod $name {
            use sqlx::{Pool, QueryBuilder, Row};

            use super::{INSERT, JOIN, Loaded, Mission, Robot, SELECT, SELECT_ALL};

            /// The pool.
            pub type Db = Pool<$database>;

            fn robot(row: &<$database as sqlx::Database>::Row) -> Robot {
                Robot {
                    id: row.get(0),
                    name: row.get(1),
                    battery: row.get(2),
                    active: row.get(3),
                    site_id: row.get(4),
                    inserted_at: row.get(5),
                }
            }

            /// Inserts one robot and gives its id.
            pub async fn insert(pool: &Db, robot: &Robot) -> i64 {
                let query = sqlx::query(INSERT)
                    .bind(&robot.name)
                    .bind(robot.battery)
                    .bind(robot.active)
                    .bind(robot.site_id)
                    .bind(robot.inserted_at);
                query.fetch_one(pool).await.expect("a robot").get(0)
            }

            /// Inserts many robots in one transaction, in statements of as many values as the database takes.
            pub async fn insert_all(pool: &Db, robots: &[Robot]) {
                let mut transaction = pool.begin().await.expect("a transaction");
                for chunk in robots.chunks(32_766 / 5) {
                    let mut query =
                        QueryBuilder::new("INSERT INTO robots (name, battery, active, site_id, inserted_at) ");
                    query.push_values(chunk, |mut row, robot| {
                        row.push_bind(&robot.name)
                            .push_bind(robot.battery)
                            .push_bind(robot.active)
                            .push_bind(robot.site_id)
                            .push_bind(robot.inserted_at);
                    });
                    query.build().execute(&mut *transaction).await.expect("robots");
                }
                transaction.commit().await.expect("a commit");
            }

            /// Reads one robot.
            pub async fn get(pool: &Db, id: i64) -> Robot {
                robot(&sqlx::query(SELECT).bind(id).fetch_one(pool).await.expect("a robot"))
            }

            /// Reads the first `limit` robots.
            pub async fn all(pool: &Db, limit: i64) -> Vec<Robot> {
                let rows = sqlx::query(SELECT_ALL).bind(limit).fetch_all(pool).await.expect("robots");
                rows.iter().map(robot).collect()
            }

            /// Reads the robots up to `last` with their missions, in one statement.
            pub async fn join(pool: &Db, last: i64) -> Vec<Loaded> {
                let rows = sqlx::query(JOIN).bind(last).fetch_all(pool).await.expect("robots and missions");
                let mut loaded: Vec<Loaded> = Vec::new();
                for row in rows {
                    let id: i64 = row.get(0);
                    if loaded.last().is_none_or(|last| last.robot.id != id) {
                        let robot = robot(&row);
                        loaded.push(Loaded { robot, missions: Vec::new() });
                    }
                    let mission: Option<i64> = row.get(6);
                    if let (Some(id), Some(robot)) = (mission, loaded.last_mut()) {
                        let mission = Mission { id, robot_id: row.get(7), title: row.get(8), priority: row.get(9) };
                        robot.missions.push(mission);
                    }
                }
                loaded
            }
        }
    };
}

plain!(sqlite, sqlx::Sqlite);
plain!(postgres, sqlx::Postgres);
