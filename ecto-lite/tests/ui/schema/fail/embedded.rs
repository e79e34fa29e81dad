use ecto_lite::Schema;

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    #[schema(embeds_one)]
    home: Option<Mission>,
    #[schema(embeds_many)]
    stops: Place,
    place: Vec<Place>,
}

#[derive(Schema, Clone)]
#[schema(source = "missions")]
struct Mission {
    #[schema(primary_key)]
    id: i64,
}

#[derive(Schema, Clone)]
#[schema(embedded)]
struct Place {
    street: String,
}

#[derive(Schema, Clone)]
#[schema(embedded, source = "places")]
struct Both {
    #[schema(primary_key)]
    id: i64,
}

fn main() {}
