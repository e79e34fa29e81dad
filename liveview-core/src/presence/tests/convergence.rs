//! Three replicas over a network that loses, repeats and reorders.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Map;

use crate::presence::diff::{Diff, Meta, Metas, TopicDiff};
use crate::presence::state::{Change, Delta, Entry, Replica, Snapshot, State};

const REPLICAS: usize = 3;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A replica enters a key at a topic.
    Join(usize, u8, u8),
    /// A replica takes out one of its own.
    Leave(usize, usize),
    /// A replica sends what it has changed.
    Flush(usize),
    /// The message at this place on its way arrives, or is lost, or arrives and stays to arrive again.
    Arrive(usize),
    Lose(usize),
    Repeat(usize),
    /// A replica takes another to be gone, or hears of it again.
    Down(usize, usize),
    Up(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    let replica = 0..REPLICAS;
    prop_oneof![
        4 => (replica.clone(), 0..2u8, 0..3u8).prop_map(|(r, topic, key)| Step::Join(r, topic, key)),
        3 => (replica.clone(), any::<usize>()).prop_map(|(r, which)| Step::Leave(r, which)),
        3 => replica.clone().prop_map(Step::Flush),
        4 => any::<usize>().prop_map(Step::Arrive),
        1 => any::<usize>().prop_map(Step::Lose),
        1 => any::<usize>().prop_map(Step::Repeat),
        1 => (replica.clone(), replica.clone()).prop_map(|(at, of)| Step::Down(at, of)),
        1 => (replica.clone(), replica).prop_map(|(at, of)| Step::Up(at, of)),
    ]
}

#[derive(Clone, Debug)]
enum Message {
    Delta(Delta),
    Snapshot(Snapshot),
}

struct Node {
    state: State,
    changes: Vec<Change>,
    own: Vec<u64>,
    /// What a reader knows who was told every diff.
    told: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl Node {
    fn tell(&mut self, diff: Diff) {
        for (topic, TopicDiff { joins, leaves }) in diff {
            let keys = self.told.entry(topic.to_string()).or_default();
            for (key, meta) in refs(joins) {
                keys.entry(key).or_default().push(meta);
            }
            for (key, meta) in refs(leaves) {
                let of_key = keys.get_mut(&key).expect("whoever leaves was there");
                let place = of_key.iter().position(|known| *known == meta).expect("a presence that was told");
                of_key.remove(place);
            }
            keys.retain(|_, metas| !metas.is_empty());
        }
        self.told.retain(|_, keys| !keys.is_empty());
    }

    /// What is there.
    fn seen(&self) -> BTreeMap<String, BTreeMap<String, Vec<String>>> {
        let topics = ["0", "1"].map(|topic| {
            let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (key, meta) in refs(self.state.list(topic)) {
                keys.entry(key).or_default().push(meta);
            }
            (topic.to_owned(), keys)
        });
        topics.into_iter().filter(|(_, keys)| !keys.is_empty()).collect()
    }

    fn hear(&mut self, message: Message) -> bool {
        let mut diff = Diff::default();
        let missed = match message {
            Message::Delta(delta) => self.state.apply(delta, &mut diff).is_err(),
            Message::Snapshot(snapshot) => {
                self.state.replace(snapshot, &mut diff);
                false
            }
        };
        self.tell(diff);
        missed
    }
}

fn refs(metas: Metas) -> impl Iterator<Item = (String, String)> {
    metas
        .into_iter()
        .flat_map(|(key, metas)| metas.into_iter().map(move |meta| (key.to_string(), meta.phx_ref.to_string())))
}

fn sorted(mut of: BTreeMap<String, BTreeMap<String, Vec<String>>>) -> BTreeMap<String, BTreeMap<String, Vec<String>>> {
    of.values_mut().flat_map(BTreeMap::values_mut).for_each(|metas| metas.sort());
    of
}

fn name(replica: usize) -> Replica {
    format!("node-{replica}").into()
}

struct World {
    nodes: Vec<Node>,
    on_their_way: Vec<(usize, Message)>,
    joins: usize,
}

impl World {
    fn new() -> Self {
        let node = |replica| Node {
            state: State::new(name(replica)),
            changes: Vec::new(),
            own: Vec::new(),
            told: BTreeMap::new(),
        };
        Self { nodes: (0..REPLICAS).map(node).collect(), on_their_way: Vec::new(), joins: 0 }
    }

    fn send(&mut self, from: usize, message: &Message) {
        self.on_their_way.extend((0..REPLICAS).filter(|to| *to != from).map(|to| (to, message.clone())));
    }

    fn deliver(&mut self, to: usize, message: Message) {
        let replica = if let Message::Delta(delta) = &message { Some(delta.replica.clone()) } else { None };
        if self.nodes[to].hear(message) {
            // It asks, and is answered.
            let of = (0..REPLICAS).find(|of| Some(name(*of)) == replica).expect("one of these");
            let answer = Message::Snapshot(self.nodes[of].state.snapshot());
            self.on_their_way.push((to, answer));
        }
    }

    fn act(&mut self, step: Step) {
        let place = |which: usize, len: usize| (len > 0).then(|| which % len.max(1));
        match step {
            Step::Join(at, topic, key) => {
                self.joins += 1;
                let meta =
                    Meta { phx_ref: self.joins.to_string().into(), phx_ref_prev: None, fields: Map::new().into() };
                let entry = Entry { topic: topic.to_string().into(), key: key.to_string().into(), meta };
                let (mut diff, node) = (Diff::default(), &mut self.nodes[at]);
                let (number, change) = node.state.join(entry, &mut diff);
                node.own.push(number);
                node.changes.push(change);
                node.tell(diff);
            }
            Step::Leave(at, which) => {
                let (mut diff, node) = (Diff::default(), &mut self.nodes[at]);
                if let Some(place) = place(which, node.own.len()) {
                    let number = node.own.remove(place);
                    let change = node.state.leave(number, &mut diff).expect("it is there");
                    assert!(node.state.leave(number, &mut diff).is_none(), "once");
                    node.changes.push(change);
                    node.tell(diff);
                }
            }
            Step::Flush(at) => {
                let node = &mut self.nodes[at];
                let changes = std::mem::take(&mut node.changes);
                let after = node.state.clock(&name(at)) - changes.len() as u64;
                self.send(at, &Message::Delta(Delta { replica: name(at), after, changes }));
            }
            Step::Arrive(which) => {
                if let Some(place) = place(which, self.on_their_way.len()) {
                    let (to, message) = self.on_their_way.swap_remove(place);
                    self.deliver(to, message);
                }
            }
            Step::Lose(which) => {
                if let Some(place) = place(which, self.on_their_way.len()) {
                    self.on_their_way.swap_remove(place);
                }
            }
            Step::Repeat(which) => {
                if let Some(place) = place(which, self.on_their_way.len()) {
                    let (to, message) = self.on_their_way[place].clone();
                    self.deliver(to, message);
                }
            }
            Step::Down(at, of) | Step::Up(at, of) if at == of => {}
            Step::Down(at, of) => {
                let mut diff = Diff::default();
                self.nodes[at].state.down(&name(of), &mut diff);
                self.nodes[at].tell(diff);
            }
            Step::Up(at, of) => {
                let mut diff = Diff::default();
                self.nodes[at].state.up(&name(of), &mut diff);
                self.nodes[at].tell(diff);
            }
        }
    }

    /// The network heals: everything arrives, all are heard of, and whoever has missed something is given it.
    fn heal(&mut self) {
        for at in 0..REPLICAS {
            self.act(Step::Flush(at));
            (0..REPLICAS).for_each(|of| self.act(Step::Up(at, of)));
        }
        while let Some((to, message)) = self.on_their_way.pop() {
            self.deliver(to, message);
        }
        for (at, of) in (0..REPLICAS).flat_map(|at| (0..REPLICAS).map(move |of| (at, of))) {
            if self.nodes[at].state.clock(&name(of)) < self.nodes[of].state.clock(&name(of)) {
                let snapshot = self.nodes[of].state.snapshot();
                self.nodes[at].hear(Message::Snapshot(snapshot));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn copies_agree_once_the_network_has_healed_and_diffs_add_up(steps in vec(step(), 0..120)) {
        let mut world = World::new();
        for step in steps {
            world.act(step);
            for node in &world.nodes {
                prop_assert_eq!(sorted(node.told.clone()), sorted(node.seen()));
            }
        }
        world.heal();
        let first = sorted(world.nodes[0].seen());
        for node in &world.nodes[1..] {
            prop_assert_eq!(&sorted(node.seen()), &first);
        }
        let present: usize = first.values().flat_map(BTreeMap::values).map(Vec::len).sum();
        prop_assert_eq!(present, world.nodes.iter().map(|node| node.own.len()).sum::<usize>(), "no ghosts, nobody lost");
    }
}

#[test]
fn whoever_joins_and_leaves_before_anybody_was_told_is_not_mentioned() {
    let (mut state, mut diff) = (State::new(name(0)), Diff::default());
    let meta = Meta { phx_ref: "1".into(), phx_ref_prev: None, fields: Map::new().into() };
    let (number, _) = state.join(Entry { topic: "t".into(), key: "ada".into(), meta }, &mut diff);
    assert!(!diff.is_empty());
    state.leave(number, &mut diff);
    assert!(diff.is_empty());
}

#[test]
fn a_replica_that_is_forgotten_is_gone_with_all_that_it_had() {
    let (mut here, mut there, mut diff) = (State::new(name(0)), State::new(name(1)), Diff::default());
    let meta = Meta { phx_ref: "1".into(), phx_ref_prev: None, fields: Map::new().into() };
    there.join(Entry { topic: "t".into(), key: "ada".into(), meta }, &mut Diff::default());
    here.replace(there.snapshot(), &mut diff);
    assert_eq!(here.list("t").len(), 1);
    here.forget(&name(1), &mut diff);
    assert!(here.list("t").is_empty() && diff.is_empty());
    assert_eq!(here.clock("node-1"), 0);
}
