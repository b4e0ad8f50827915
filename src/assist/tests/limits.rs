use std::time::Duration;

use super::*;

fn burst(count: u64, every_ms: u64) -> Rehearsal {
    let arrivals = (0..count).map(|n| Arrival::new(n * every_ms, prompt(&format!("p{n}")))).collect();
    Rehearsal { arrivals, ..Rehearsal::default() }
}

#[test]
fn of_a_burst_of_a_thousand_ten_pass() {
    let rehearsed = rehearse(&burst(1_000, 0));
    assert_eq!((rehearsed.counts.delivered, rehearsed.counts.rate_limited), (10, 990));
    assert!(rehearsed.records[..10].iter().all(|record| record.outcome == Outcome::Delivered));
    let refused = &rehearsed.records[10];
    assert_eq!(refused.retry_after_ms, Some(500));
    assert_eq!(refused.reasons, ["the rate limit of agent 'agt_12345678' is exhausted; retry in 500ms"]);
    assert_eq!(rehearsed.ended_ms, 0);
}

#[test]
fn one_each_100_ms_passes_at_the_sustained_rate() {
    // 100 s: ten at once, two a second in the 99.9 s from the first to the last.
    let rehearsed = rehearse(&burst(1_000, 100));
    assert_eq!(rehearsed.counts.delivered, 10 + 199);
}

#[test]
fn who_waits_is_served_in_turn_and_within_the_patience() {
    let mut rehearsal = burst(20, 0);
    rehearsal.settings.limits.patience = Duration::from_secs(2);
    let rehearsed = rehearse(&rehearsal);
    let waits: Vec<u64> = rehearsed.records.iter().map(|record| record.waited_ms).collect();
    assert_eq!(waits[..10], [0; 10]);
    assert_eq!(waits[10..14], [500, 1_000, 1_500, 2_000]);
    assert_eq!((rehearsed.counts.delivered, rehearsed.counts.rate_limited), (14, 6));
    // The refusal says when it would have been its turn.
    assert_eq!(rehearsed.records[14].retry_after_ms, Some(2_500));
}

#[test]
fn agents_of_one_tenant_share_its_bucket() {
    let mut rehearsal = burst(30, 0);
    for (number, arrival) in rehearsal.arrivals.iter_mut().enumerate() {
        arrival.prompt.target_agent_id = format!("agt_{}", number % 3).into();
    }
    let rehearsed = rehearse(&rehearsal);
    assert_eq!(rehearsed.counts.delivered, 10);
    assert!(rehearsed.records[10..].iter().all(|record| record.limited_by == Some(LimitedBy::Tenant)));
    rehearsal.settings.limits.tenant = None;
    assert_eq!(rehearse(&rehearsal).counts.delivered, 30);
}

#[test]
fn ineligible_prompts_take_no_tokens() {
    let mut rehearsal = burst(30, 0);
    for arrival in &mut rehearsal.arrivals[..20] {
        arrival.prompt.context.sentiment_score = -0.5;
    }
    let counts = rehearse(&rehearsal).counts;
    assert_eq!((counts.ineligible, counts.delivered), (20, 10));
    assert_eq!(counts.prompts, 30);
}

#[test]
fn arrivals_may_be_given_in_any_order() {
    let mut rehearsal = burst(40, 100);
    let sorted = rehearse(&rehearsal);
    rehearsal.arrivals.reverse();
    let reversed = rehearse(&rehearsal);
    assert_eq!(reversed.counts, sorted.counts);
    assert!(sorted.records.iter().eq(reversed.records.iter().rev()));
}
