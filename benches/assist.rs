//! The rate limit and the whole way of prompts in virtual time.

use std::sync::Arc;
use std::time::Duration;

use callpath::internal::assist::{
    Arrival, Buckets, Context, Priority, Prompt, RateLimits, Rehearsal, Scripted, UiConfig, rehearse,
};
use callpath::internal::remote::client::{Bucket, Rate};
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// One prompt each virtual ms.
const PROMPTS: u64 = 1_000_000;
/// Ten at once, then one each 500 ms up to 999,999 ms.
const TOKENS: usize = 10 + 1_999;

/// A million prompts against one bucket; the budget is 1 s, and the count must be exact.
#[divan::bench(sample_count = 5)]
fn a_million_against_a_bucket(bencher: divan::Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(PROMPTS)).bench_local(|| {
        let mut bucket = Bucket::new(Rate::default());
        let passed = (0..PROMPTS).filter(|&ms| bucket.take(Duration::from_millis(ms), Duration::ZERO).is_ok()).count();
        assert_eq!(passed, TOKENS);
    });
}

/// The same against the buckets of an agent and a tenant, both or neither, as prompts take them.
#[divan::bench(sample_count = 5)]
fn a_million_against_agent_and_tenant(bencher: divan::Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(PROMPTS)).bench_local(|| {
        let buckets = Buckets::new(RateLimits::default());
        let passed =
            (0..PROMPTS).filter(|&ms| buckets.take("acme", "agt_12345678", Duration::from_millis(ms)).is_ok()).count();
        assert_eq!(passed, TOKENS);
    });
}

fn prompt(number: u64) -> Prompt {
    Prompt {
        interaction_id: format!("int_{number}").into(),
        prompt_id: format!("prompt_{number}").into(),
        content: "Customer has exceeded return window. Suggest loyalty credit instead.".into(),
        priority: Priority::High,
        ui_config: UiConfig::default(),
        context: Context { sentiment_score: 0.1, keywords: ["refund".to_owned()].into() },
        target_agent_id: "agt_12345678".into(),
    }
}

/// 100,000 prompts of which all pass, each tried twice and joined with its transcript at the second question.
#[divan::bench(sample_count = 5)]
fn a_hundred_thousand_delivered(bencher: divan::Bencher<'_, '_>) {
    const COUNT: u64 = 100_000;
    let mut rehearsal = Rehearsal {
        arrivals: (0..COUNT).map(|number| Arrival::new(number, prompt(number))).collect(),
        prompt_service: Arc::from([Scripted::status(503), Scripted::GOOD]),
        transcript_service: Arc::from([Scripted::status(404), Scripted::GOOD]),
        ..Rehearsal::default()
    };
    rehearsal.settings.limits.agent = None;
    rehearsal.settings.limits.tenant = None;
    bencher.counter(ItemsCount::new(COUNT)).bench_local(|| {
        assert_eq!(rehearse(&rehearsal).counts.delivered, COUNT);
    });
}

/// A million prompts of which the limits let pass as many as there are tokens: the whole way, records included.
#[divan::bench(sample_count = 3)]
fn a_million_rehearsed(bencher: divan::Bencher<'_, '_>) {
    let arrivals = (0..PROMPTS).map(|number| Arrival::new(number, prompt(number))).collect();
    let rehearsal = Rehearsal { arrivals, ..Rehearsal::default() };
    bencher.counter(ItemsCount::new(PROMPTS)).bench_local(|| {
        assert_eq!(rehearse(&rehearsal).counts.delivered, TOKENS as u64);
    });
}
