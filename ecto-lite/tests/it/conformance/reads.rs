//! E30: reading by key, by field, by query.

use ecto_lite::{Repo, RepoError, Schema, Value};

use super::schemas::{Mission, Person, Robot};

async fn fleet(repo: &Repo) {
    repo.execute_script(
        "INSERT INTO robots (id, name, battery) VALUES (1, 'Ada', 80), (2, 'Bob', 15.5), (3, 'Cyd', 40), (4, 'Dot', 15.5);
         INSERT INTO missions (id, title, priority, robot_id) VALUES (1, 'dig', 3, 1), (2, 'fly', 5, 1), (3, 'sit', 1, NULL)",
    )
    .await
    .unwrap();
}

fn names(robots: &[Robot]) -> Vec<&str> {
    robots.iter().map(|robot| &*robot.name).collect()
}

pub async fn all_gives_the_rows_in_order(repo: Repo) {
    fleet(&repo).await;
    let query = Robot::query().filter(|r| r.battery.lt(50.0)).order_by(|r| r.name);
    assert_eq!(names(&repo.all(&query).await.unwrap()), ["Bob", "Cyd", "Dot"]);
    assert_eq!(names(&query.clone().all(&repo).await.unwrap()), ["Bob", "Cyd", "Dot"]);
    assert_eq!(repo.all(query.filter(|r| r.name.eq("nobody"))).await.unwrap(), []);
}

pub async fn get_and_fetch_find_by_primary_key(repo: Repo) {
    fleet(&repo).await;
    assert_eq!(repo.get::<Robot>(2_i64).await.unwrap().unwrap().name, "Bob");
    assert_eq!(repo.get::<Robot>(99_i64).await.unwrap(), None);
    assert_eq!(repo.fetch::<Robot>(2_i64).await.unwrap().name, "Bob");
    let missing = repo.fetch::<Robot>(99_i64).await.unwrap_err();
    assert!(matches!(missing, RepoError::NotFound { schema: "Robot" }), "{missing:?}");
    let wrong = repo.get::<Robot>("2").await.unwrap_err();
    assert!(matches!(wrong, RepoError::Query(_)), "{wrong:?}");
}

pub async fn get_by_and_all_by_find_by_a_field(repo: Repo) {
    fleet(&repo).await;
    assert_eq!(repo.get_by(Robot::name, "Cyd").await.unwrap().unwrap().id, 3);
    assert_eq!(repo.get_by(Robot::name, "nobody").await.unwrap(), None);
    assert_eq!(repo.fetch_by(Robot::name, "Cyd").await.unwrap().id, 3);
    assert!(matches!(repo.fetch_by(Robot::name, "x").await.unwrap_err(), RepoError::NotFound { .. }));
    assert_eq!(repo.all_by(Robot::battery, 15.5).await.unwrap().len(), 2);
    assert_eq!(repo.all_by(Mission::robot_id, 1_i64).await.unwrap().len(), 2);
}

pub async fn one_refuses_to_choose_among_several(repo: Repo) {
    fleet(&repo).await;
    let twice = Robot::query().filter(|r| r.battery.eq(15.5));
    let refused = repo.one(&twice).await.unwrap_err();
    assert!(matches!(refused, RepoError::MultipleResults { schema: "Robot", count: 2 }), "{refused:?}");
    assert!(repo.get_by(Robot::battery, 15.5).await.is_err());
    assert_eq!(repo.one(twice.clone().first()).await.unwrap().unwrap().name, "Bob");
    assert_eq!(repo.one(twice.last()).await.unwrap().unwrap().name, "Dot");
    assert_eq!(repo.one(Robot::query().filter(|r| r.id.eq(0))).await.unwrap(), None);
    let missing = repo.fetch_one(Robot::query().filter(|r| r.id.eq(0))).await.unwrap_err();
    assert!(matches!(missing, RepoError::NotFound { schema: "Robot" }));
}

pub async fn exists_and_count_ask_without_reading(repo: Repo) {
    fleet(&repo).await;
    assert!(repo.exists(Robot::query().order_by(|r| r.name)).await.unwrap());
    assert!(!repo.exists(Robot::query().filter(|r| r.battery.gt(99.0))).await.unwrap());
    assert!(!repo.exists(Robot::query().order_by(|r| r.id).offset(4).limit(1)).await.unwrap());
    assert!(repo.exists(Robot::query().order_by(|r| r.id).offset(3).limit(1)).await.unwrap());
    assert_eq!(repo.count(Robot::query().order_by(|r| r.name)).await.unwrap(), 4);
    assert_eq!(repo.count(Robot::query().limit(3)).await.unwrap(), 3);
    assert_eq!(repo.count(Robot::query().select(|r| r.battery).distinct()).await.unwrap(), 3);
    assert_eq!(repo.count(Person::query()).await.unwrap(), 0);
    let groups = Robot::query().group_by(|r| r.battery).select(|r| r.battery);
    assert_eq!(groups.count(&repo).await.unwrap(), 3);
}

pub async fn aggregates_are_of_one_type_everywhere(repo: Repo) {
    fleet(&repo).await;
    let missions = Mission::query();
    assert_eq!(repo.aggregate(&missions, |m| m.priority.sum()).await.unwrap(), Some(9_i64));
    assert_eq!(repo.aggregate(&missions, |m| m.priority.avg()).await.unwrap(), Some(3.0));
    assert_eq!(repo.aggregate(&missions, |m| (m.priority.min(), m.priority.max())).await.unwrap(), (Some(1), Some(5)));
    assert_eq!(repo.aggregate(&missions, |m| m.robot_id.count()).await.unwrap(), 2);
    assert_eq!(repo.aggregate(Person::query(), |p| p.id.sum()).await.unwrap(), None);
    assert_eq!(repo.aggregate(Robot::query().order_by(|r| r.name), |r| r.battery.max()).await.unwrap(), Some(80.0));
    let refused = repo.aggregate(missions.limit(1), |m| m.priority.sum()).await.unwrap_err();
    assert!(matches!(refused, RepoError::Query(_)));
}

pub async fn reload_reads_again(repo: Repo) {
    fleet(&repo).await;
    let robots = repo.all(Robot::query().order_by(|r| r.id)).await.unwrap();
    repo.execute_script("UPDATE robots SET battery = 1 WHERE id = 2; DELETE FROM robots WHERE id = 3").await.unwrap();
    assert!(repo.reload(&robots[1]).await.unwrap().battery < 2.0);
    assert!(matches!(repo.reload(&robots[2]).await.unwrap_err(), RepoError::NotFound { schema: "Robot" }));
    let again = repo.reload_all(&[robots[3].clone(), robots[2].clone(), robots[1].clone()]).await.unwrap();
    let again: Vec<_> = again.iter().map(|robot| robot.as_ref().map(|robot| robot.battery)).collect();
    assert_eq!(again, [Some(15.5), None, Some(1.0)]);
}

pub async fn raw_queries_keep_their_types(repo: Repo) {
    fleet(&repo).await;
    let found = repo.query("SELECT id, name, battery, site_id FROM robots WHERE id = 2", vec![]).await.unwrap();
    assert_eq!(found.columns, ["id", "name", "battery", "site_id"]);
    assert_eq!(found.rows[0][..3], [Value::Int(2), Value::Text("Bob".to_owned()), Value::Float(15.5)]);
    assert!(found.rows[0][3].is_null());
    assert_eq!(repo.command("DELETE FROM robots WHERE battery < 20", vec![]).await.unwrap(), 2);
}
