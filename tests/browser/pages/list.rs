//! A list that is shuffled, cut and extended at random, and says in which order it is to stand: once as a keyed `for`, once
//! as [`Rows`].

use bennu::prelude::*;

#[derive(Clone, PartialEq)]
struct Row {
    id: u32,
    version: u32,
}

#[derive(LiveView)]
pub(crate) struct ListLive {
    rows: Vec<Row>,
    kept: Rows<Row>,
    next: u32,
    random: Random,
}

#[live_view]
impl ListLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        let rows: Vec<_> = (1..=12).map(|id| Row { id, version: 0 }).collect();
        let kept = Rows::from_iter_with_key(rows.iter().cloned(), |row: &Row| row.id);
        Ok(Self { rows, kept, next: 13, random: Random(7) })
    }

    #[event]
    fn stir(&mut self) {
        for place in (1..self.rows.len()).rev() {
            let other = self.random.below(place + 1);
            self.rows.swap(place, other);
        }
        // Row 1 always stays, so that a test can put the focus into it.
        let random = &mut self.random;
        self.rows.retain(|row| row.id == 1 || random.below(6) != 0);
        for row in &mut self.rows {
            row.version += u32::from(random.below(3) == 0);
        }
        for _ in 0..self.random.below(4) {
            let place = self.random.below(self.rows.len() + 1);
            self.rows.insert(place, Row { id: self.next, version: 0 });
            self.next += 1;
        }
        self.kept.replace_all(self.rows.iter().cloned());
    }

    fn render(&self) -> Element {
        let order = self.rows.iter().map(label).collect::<Vec<_>>().join(",");
        rsx! {
            button { id: "stir", phx_click: Self::on_stir(), "stir" }
            ol { id: "rows", "data-order": order,
                for row in &self.rows {
                    li { key: "{row.id}", id: "row-{row.id}",
                        span { {label(row)} }
                        if row.version % 2 == 1 { em { "odd" } }
                        input { name: "row-{row.id}" }
                    }
                }
            }
            ul { id: "kept",
                {self.kept.render(|row| rsx! {
                    li { id: "kept-{row.id}",
                        span { {label(row)} }
                        if row.version % 2 == 1 { em { "odd" } }
                    }
                })}
            }
        }
    }
}

fn label(row: &Row) -> String {
    format!("{}.{}", row.id, row.version)
}

/// The same "random" numbers in every run (a linear congruential generator with Knuth's constants).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}
