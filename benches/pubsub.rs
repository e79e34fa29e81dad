//! What one broadcast to 10,000 subscribers costs the publisher, and what joining such a topic costs.

use std::hint::black_box;

use bennu::mailbox::{Limits, Mailbox};
use bennu::pubsub::{OnFull, PubSub, Subscription, topic};
use criterion::{Criterion, criterion_group, criterion_main};

const SUBSCRIBERS: usize = 10_000;

fn mailboxes(pubsub: &PubSub, rule: OnFull) -> Vec<(Mailbox<()>, Subscription)> {
    let fleet = topic::<[f64; 4]>("fleet").on_full(rule);
    let subscribed = |_| {
        let (address, mailbox) = Mailbox::new(Limits::default());
        let subscription = pubsub.subscribe(&fleet, address.sink());
        (mailbox, subscription)
    };
    (0..SUBSCRIBERS).map(subscribed).collect()
}

fn broadcast(criterion: &mut Criterion) {
    let fleet = topic::<[f64; 4]>("fleet");
    let mut group = criterion.benchmark_group("pubsub");
    group.throughput(criterion::Throughput::Elements(SUBSCRIBERS as u64));

    let pubsub = PubSub::local();
    let mut subscribers = mailboxes(&pubsub, OnFull::DropOldest);
    group.bench_function("broadcast to 10,000 and receive", |bencher| {
        bencher.iter(|| {
            pubsub.broadcast(&fleet, black_box([1.0; 4]));
            for (mailbox, _) in &mut subscribers {
                black_box(mailbox.try_recv());
            }
        });
    });
    group.bench_function("broadcast to 10,000 full mailboxes", |bencher| {
        bencher.iter(|| pubsub.broadcast(&fleet, black_box([1.0; 4])));
    });
    drop(subscribers);

    let _latest = mailboxes(&pubsub, OnFull::Latest);
    group.bench_function("broadcast to 10,000 that keep the latest", |bencher| {
        bencher.iter(|| pubsub.broadcast(&fleet, black_box([1.0; 4])));
    });
    group.finish();

    criterion.bench_function("pubsub/join and leave a topic of 10,000", |bencher| {
        bencher.iter(|| drop(black_box(pubsub.receiver(&fleet))));
    });
}

criterion_group!(benches, broadcast);
criterion_main!(benches);
