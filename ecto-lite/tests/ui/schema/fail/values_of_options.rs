use ecto_lite::Schema;
use ecto_lite::schema::{BelongsTo, ManyToMany};

#[derive(Schema, Clone)]
#[schema(source = robots, prefix, primary_key = "id")]
struct Robot {
    #[schema(primary_key = true, autogenerate = v5)]
    id: i64,
    #[schema(writable = sometimes, load_in_query = no)]
    name: String,
    #[schema(on_violation = warn, precision = minutes)]
    at: i64,
    #[schema(virtual, source = "x")]
    shown: bool,
    #[schema(default)]
    mode: i64,
    #[schema(redact, redact)]
    token: String,
    site_id: i64,
    #[schema(belongs_to, on_replace = forget, on_delete = delete_all)]
    site: BelongsTo<Robot>,
    #[schema(many_to_many)]
    others: ManyToMany<Robot>,
    #[schema(many_to_many, join_through = 3, join_keys(a))]
    more: ManyToMany<Robot>,
}

fn main() {}
