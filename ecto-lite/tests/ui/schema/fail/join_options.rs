use ecto_lite::Schema;
use ecto_lite::schema::{HasMany, ManyToMany};

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    #[schema(many_to_many(join_through = "robots_tags"), join_where = |t| t.own.eq(true), join_defaults(own = true))]
    plain: ManyToMany<Tag>,
    #[schema(has_many, join_where = |t| t.own.eq(true))]
    of_others: HasMany<RobotTag>,
}

#[derive(Schema, Clone)]
#[schema(source = "tags")]
struct Tag {
    #[schema(primary_key)]
    id: i64,
    #[schema(many_to_many(join_through = RobotTag), join_where = |t| t.weight, join_defaults(weight = "one", wight = 1))]
    robots: ManyToMany<Robot>,
}

#[derive(Schema, Clone)]
#[schema(source = "robots_tags")]
struct RobotTag {
    #[schema(primary_key)]
    id: i64,
    robot_id: i64,
    tag_id: i64,
    weight: i64,
}

fn main() {}
