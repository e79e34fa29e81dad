use ecto_lite::schema::HasMany;
use ecto_lite::{Repo, Schema};

#[derive(Schema, Clone, Debug)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    #[schema(has_many)]
    missions: HasMany<Mission>,
}

#[derive(Schema, Clone, Debug)]
#[schema(source = "missions")]
struct Mission {
    #[schema(primary_key)]
    id: i64,
    robot_id: i64,
    #[schema(has_many)]
    logs: HasMany<Log>,
}

#[derive(Schema, Clone, Debug)]
#[schema(source = "logs")]
struct Log {
    #[schema(primary_key)]
    id: i64,
    mission_id: i64,
}

async fn wrong(repo: &Repo, robots: &mut Vec<Robot>) {
    let _ = repo.preload(robots, Robot::missions.with(Mission::logs)).await;
    let _ = repo.preload(robots, Mission::logs).await;
}

fn main() {}
