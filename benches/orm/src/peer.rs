//! The same work in SeaORM 2.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, Set};

use crate::support::{Robot, plain, robot as ours};

pub mod robot {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "robots")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        pub battery: f64,
        pub active: bool,
        pub site_id: Option<i64>,
        pub inserted_at: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::mission::Entity")]
        Missions,
    }

    impl Related<super::mission::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Missions.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod mission {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "missions")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub robot_id: i64,
        pub title: String,
        pub priority: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::robot::Entity", from = "Column::RobotId", to = "super::robot::Column::Id")]
        Robot,
    }

    impl Related<super::robot::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Robot.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// A robot to be inserted.
pub fn new_robot() -> robot::ActiveModel {
    let Robot { name, battery, active, site_id, inserted_at, .. } = ours();
    robot::ActiveModel {
        name: Set(name),
        battery: Set(battery),
        active: Set(active),
        site_id: Set(site_id),
        inserted_at: Set(inserted_at),
        ..Default::default()
    }
}

pub async fn get(db: &DatabaseConnection, id: i64) -> robot::Model {
    robot::Entity::find_by_id(id).one(db).await.expect("an answer").expect("a robot")
}

pub async fn all(db: &DatabaseConnection, limit: u64) -> Vec<robot::Model> {
    robot::Entity::find().order_by_asc(robot::Column::Id).limit(limit).all(db).await.expect("robots")
}

pub async fn join(db: &DatabaseConnection, last: i64) -> Vec<(robot::Model, Vec<mission::Model>)> {
    robot::Entity::find()
        .filter(robot::Column::Id.lte(last))
        .find_with_related(mission::Entity)
        .order_by_asc(robot::Column::Id)
        .order_by_asc(mission::Column::Id)
        .all(db)
        .await
        .expect("robots and missions")
}

pub async fn insert(db: &DatabaseConnection) -> robot::Model {
    new_robot().insert(db).await.expect("a robot")
}

/// In statements of as many rows as plain sqlx's, in one transaction.
pub async fn insert_all(db: &DatabaseConnection, robots: &[robot::ActiveModel]) {
    use sea_orm::TransactionTrait;
    let transaction = db.begin().await.expect("a transaction");
    for chunk in robots.chunks(plain::CHUNK) {
        robot::Entity::insert_many(chunk.iter().cloned()).exec(&transaction).await.expect("robots");
    }
    transaction.commit().await.expect("a commit");
}
