//! What one broadcast costs: from its sender to the last of many clients' outboxes, by the fast lane and by way of the channels.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bennu::prelude::*;
use bennu::testing::{ChannelTest, TestChannel, TestSocket};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

struct Room;

#[channel]
impl Room {
    async fn join() -> Result<Self, Refused> {
        Ok(Self)
    }

    #[handle_out("intercepted")]
    fn intercepted(&mut self, broadcast: &Broadcast) -> Option<Payload> {
        Some(broadcast.payload().clone())
    }
}

/// Clients of one topic, and the channel of the one that joined last.
struct Clients {
    sockets: Vec<TestSocket>,
    last: TestChannel,
}

async fn clients(test: &ChannelTest, count: usize) -> Clients {
    let mut sockets = Vec::with_capacity(count);
    let mut last = None;
    for _ in 0..count {
        let socket = test.socket("/socket").connect().await.expect("anyone may");
        // What a `TestChannel` subscribes to itself is no part of what is measured, but for the last one.
        last = Some(socket.join("room:1", ()).await.expect("anyone may"));
        sockets.push(socket);
    }
    Clients { sockets, last: last.expect("at least one") }
}

/// The time until the last client has it. What all have heard is taken away in between.
async fn spread(test: &ChannelTest, clients: &Clients, event: &str, rounds: u64) -> Duration {
    let pubsub = test.pubsub();
    let mut total = Duration::ZERO;
    for round in 0..rounds {
        let payload = json!({ "round": round, "text": "x".repeat(200) });
        let began = Instant::now();
        bennu::channel::broadcast(&pubsub, "room:1", event, payload).expect("JSON");
        black_box(clients.last.next_push(event).await);
        total += began.elapsed();
        for socket in &clients.sockets {
            socket.discard().await;
        }
    }
    total
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

fn broadcast(criterion: &mut Criterion) {
    let runtime = runtime();
    let mut group = criterion.benchmark_group("channels/broadcast");
    group.sample_size(10);
    for count in [100, 10_000] {
        let (test, clients) = runtime.block_on(async {
            let endpoint = Endpoint::new().router(Router::new().channel::<Room>("room:*"));
            let test = ChannelTest::new(endpoint).expect("an endpoint");
            let clients = clients(&test, count).await;
            (test, clients)
        });
        group.throughput(Throughput::Elements(count as u64));
        for event in ["open", "intercepted"] {
            group.bench_with_input(BenchmarkId::new(event, count), &count, |bencher, _| {
                bencher.iter_custom(|rounds| runtime.block_on(spread(&test, &clients, event, rounds)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, broadcast);
criterion_main!(benches);
