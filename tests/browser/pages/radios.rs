//! Radio buttons in rows that change places, and with them their names. Of one form the server knows what is chosen, of the other it does not.

use std::collections::BTreeMap;

use bennu::prelude::*;

#[derive(LiveView)]
pub(crate) struct RadiosLive {
    order: Vec<u32>,
    chosen: BTreeMap<u32, String>,
}

#[live_view]
impl RadiosLive {
    async fn mount(_cx: &mut Mount) -> Result<Self> {
        let chosen = [(1, "x"), (2, "y"), (3, "x")].map(|(row, choice)| (row, choice.to_owned()));
        Ok(Self { order: vec![1, 2, 3], chosen: BTreeMap::from(chosen) })
    }

    #[event]
    fn validate(&mut self, params: Params) {
        for (place, row) in self.order.iter().enumerate() {
            if let Some(choice) = params.within("known").get(&place.to_string()) {
                self.chosen.insert(*row, choice.to_owned());
            }
        }
    }

    #[event]
    fn reverse(&mut self) {
        self.order.reverse();
    }

    /// The rows change places, and each has the other choice.
    #[event]
    fn swap(&mut self) {
        self.order.reverse();
        for choice in self.chosen.values_mut() {
            *choice = if choice == "x" { "y".to_owned() } else { "x".to_owned() };
        }
    }

    fn render(&self) -> Element {
        rsx! {
            button { id: "reverse", phx_click: Self::on_reverse(), "reverse" }
            button { id: "swap", phx_click: Self::on_swap(), "swap" }
            form { id: "known", phx_change: Self::on_validate(),
                for (place , row) in self.order.iter().enumerate() {
                    p { key: "{row}", id: "known-{row}",
                        for choice in ["x", "y"] {
                            input {
                                key: "{choice}",
                                r#type: "radio",
                                name: "known[{place}]",
                                value: choice,
                                checked: self.chosen.get(row).is_some_and(|chosen| chosen == choice),
                            }
                        }
                    }
                }
            }
            form { id: "free",
                for (place , row) in self.order.iter().enumerate() {
                    p { key: "{row}", id: "free-{row}",
                        for choice in ["x", "y"] {
                            input { key: "{choice}", r#type: "radio", name: "free[{place}]", value: choice }
                        }
                    }
                }
            }
        }
    }
}
