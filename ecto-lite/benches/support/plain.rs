//! The same work by sqlx alone, with SQL written by hand: the floor that the repo is measured against.
//!
//! Both databases take `$1`, so that the SQL is written once; sqlx's types differ, so that the functions are not. Many rows
//! are inserted as sqlx's documentation says: for SQLite by `QueryBuilder::push_values`, in one transaction and in
//! statements of [`CHUNK`] rows; for PostgreSQL by one statement that takes an array for each column.

use sqlx::QueryBuilder;

/// How many rows a statement for SQLite inserts. Of 20 to 6,553 (as many as it takes), 200 to 1,500 were the fastest; two
/// texts are prepared, and all statements but the first two find theirs in sqlx's cache.
pub const CHUNK: usize = 800;

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
const INSERT_ALL: &str = "INSERT INTO robots (name, battery, active, site_id, inserted_at) \
     SELECT * FROM unnest($1::text[], $2::float8[], $3::bool[], $4::int8[], $5::timestamptz[])";
const SELECT: &str = "SELECT id, name, battery, active, site_id, inserted_at FROM robots WHERE id = $1";
const SELECT_ALL: &str = "SELECT id, name, battery, active, site_id, inserted_at FROM robots ORDER BY id LIMIT $1";
const JOIN: &str = "SELECT r.id, r.name, r.battery, r.active, r.site_id, r.inserted_at, m.id, m.robot_id, m.title, m.priority \
     FROM robots r LEFT JOIN missions m ON m.robot_id = r.id WHERE r.id <= $1 ORDER BY r.id, m.id";

macro_rules! plain {
    ($name:ident, $database:ty, $insert_all:ident) => {
        /// The database's half.
        pub mod $name {
            use sqlx::{Pool, Row};

            pub use super::$insert_all as insert_all;
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

plain!(sqlite, sqlx::Sqlite, insert_all_sqlite);
plain!(postgres, sqlx::Postgres, insert_all_postgres);

/// Inserts many robots.
pub async fn insert_all_sqlite(pool: &sqlite::Db, robots: &[Robot]) {
    let mut transaction = pool.begin().await.expect("a transaction");
    for chunk in robots.chunks(CHUNK) {
        let mut query = QueryBuilder::new("INSERT INTO robots (name, battery, active, site_id, inserted_at) ");
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

/// Inserts many robots.
pub async fn insert_all_postgres(pool: &postgres::Db, robots: &[Robot]) {
    let query = sqlx::query(INSERT_ALL)
        .bind(robots.iter().map(|robot| robot.name.as_str()).collect::<Vec<_>>())
        .bind(robots.iter().map(|robot| robot.battery).collect::<Vec<_>>())
        .bind(robots.iter().map(|robot| robot.active).collect::<Vec<_>>())
        .bind(robots.iter().map(|robot| robot.site_id).collect::<Vec<_>>())
        .bind(robots.iter().map(|robot| robot.inserted_at).collect::<Vec<_>>());
    query.execute(pool).await.expect("robots");
}
