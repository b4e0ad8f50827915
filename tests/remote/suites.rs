//! Our own server over real sockets: the same traces as in this process, whatever goes wrong on the way.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use callpath::internal::flow::Library;
use callpath::internal::runner::targets::{Remote, Simulation, Target, TargetError};
use callpath::internal::runner::{Plan, Selection};
use callpath::internal::server::{
    Catalogue, Client, Credentials, FaultPlan, Latency, Scope, Server, ServerOptions, read_faults,
};
use callpath::internal::simulator::{Trace, WallLimit, simulate};
use callpath::internal::source::diagnostics::{Diagnostics, Source};
use callpath::internal::suite::{LoadOptions, Scenario, Work, discover, load};
use tokio::task::JoinSet;

use super::support::{SECRET, settings, with_credentials};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All example suites.
fn plan() -> Arc<Plan> {
    Arc::new(whole_plan())
}

fn whole_plan() -> Plan {
    let files = discover(&["suites".into()], root()).unwrap();
    let loaded = load(&files, &LoadOptions::new(root()), &Library::default());
    assert!(loaded.rejected.is_empty());
    let mut plan =
        Plan::new(loaded, &Selection::new::<&str>(&[], &[]).unwrap_or_else(|_| panic!("no filter is wrong")));
    // Prompts are rehearsed by the embedded target only.
    plan.scenarios.retain(|planned| planned.simulation().is_some());
    assert!(plan.scenarios.len() > 50, "{} scenarios", plan.scenarios.len());
    plan
}

fn call(planned: &Scenario) -> &Simulation {
    planned.simulation().expect("a call")
}

fn options() -> ServerOptions {
    let mut diagnostics = Diagnostics::new();
    let flows = Catalogue::load(&["suites".into()], root(), &mut diagnostics).unwrap();
    let client = Client { id: "me".into(), secret: SECRET.into(), scopes: Scope::ALL.to_vec() };
    ServerOptions { flows, credentials: Credentials::Clients(vec![client]), ..ServerOptions::default() }
}

async fn start(options: ServerOptions) -> String {
    let server = Server::bind(options).await.unwrap();
    let url = server.url();
    tokio::spawn(server.run(std::future::pending()));
    url
}

fn faults(text: &str) -> FaultPlan {
    let mut diagnostics = Diagnostics::new();
    read_faults(&Source::new("faults.yaml", text), &mut diagnostics).unwrap_or_else(|| panic!("{diagnostics:?}"))
}

/// All of a trace but its table.
fn course(trace: &Trace) -> String {
    let steps: Vec<_> =
        trace.steps.iter().map(|step| (trace.node_name(step), trace.outcome_name(step), step)).collect();
    format!(
        "{steps:#?} {:?} {} {} {:?} {:?} {:?} {:?} {} {} {} {}",
        trace.variables,
        trace.outcome,
        trace.duration_ms,
        trace.failure,
        trace.fault,
        trace.lookups,
        trace.prompts,
        trace.keypresses,
        trace.prompt_ms,
        trace.unused_items,
        trace.unused_keys
    )
}

/// Runs every scenario on the target, 16 at once, and gives each result to `check` with its id and the local trace.
async fn compare(remote: Arc<Remote>, check: impl FnMut(&str, &Trace, Result<Trace, TargetError>)) {
    compare_these(remote, plan(), check).await;
}

async fn compare_these(
    remote: Arc<Remote>,
    plan: Arc<Plan>,
    mut check: impl FnMut(&str, &Trace, Result<Trace, TargetError>),
) {
    let mut running = JoinSet::new();
    let mut next = 0;
    loop {
        while running.len() < 16 && next < plan.scenarios.len() {
            let (plan, remote, index) = (plan.clone(), remote.clone(), next);
            running.spawn(
                async move { (index, remote.simulate(call(&plan.scenarios[index]), WallLimit::default()).await) },
            );
            next += 1;
        }
        let Some(done) = running.join_next().await else { break };
        let (index, result) = done.unwrap();
        let planned = &plan.scenarios[index];
        let local = simulate(&call(planned).program, &call(planned).request);
        check(&planned.id, &local, result);
    }
}

fn same(id: &str, local: &Trace, result: Result<Trace, TargetError>) {
    match result {
        Ok(trace) => assert_eq!(course(&trace), course(local), "{id}"),
        Err(error) => panic!("{id}: {error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_gives_the_same_trace_over_http() {
    let url = start(options()).await;
    let remote = Arc::new(Remote::new(settings(&url, &with_credentials("simulation-options = true"))).unwrap());
    compare(remote.clone(), same).await;
    let counts = remote.counts();
    assert_eq!((counts.tokens, counts.retries), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_gives_the_same_trace_with_processing_times_that_differ() {
    let processing = Latency::Uniform { min: 0, max: 60 };
    let url = start(ServerOptions { processing, ..options() }).await;
    compare(Arc::new(Remote::new(settings(&url, &with_credentials("simulation-options = true"))).unwrap()), same).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_gives_the_same_trace_on_a_bad_day() {
    let day = std::fs::read_to_string(root().join("tests/fixtures/faults/bad-day.yaml")).unwrap();
    let url = start(ServerOptions { faults: faults(&day), processing: Latency::Fixed(5), ..options() }).await;
    let remote = Arc::new(Remote::new(settings(&url, &with_credentials("simulation-options = true"))).unwrap());
    // One in five: the pauses that this server asks for add up.
    let mut plan = whole_plan();
    let mut index = 0;
    plan.scenarios.retain(|_| {
        index += 1;
        index % 5 == 0
    });
    compare_these(remote.clone(), Arc::new(plan), same).await;
    let counts = remote.counts();
    assert!(counts.retries > 10 && counts.throttled > 0 && counts.unavailable > 0 && counts.broken > 0, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_gives_the_same_trace_with_many_429_and_503() {
    let plan = faults(
        "{ seed: 4, faults: [ { on: any, probability: 0.1, fault: status, status: 429 }, { on: any, probability: 0.05, fault: status, status: 503 } ] }",
    );
    let url = start(ServerOptions { faults: plan, ..options() }).await;
    compare(Arc::new(Remote::new(settings(&url, &with_credentials("simulation-options = true"))).unwrap()), same).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_contract_carries_plain_calls_and_skips_the_rest() {
    let url = start(options()).await;
    let remote = Arc::new(Remote::new(settings(&url, &with_credentials(""))).unwrap());
    compare(remote.clone(), |id, _, result| match result {
        Err(TargetError::Skip(reason)) => {
            assert!(
                reason.starts_with("target 'tenant' takes no simulationOptions, which this scenario needs for "),
                "{reason}"
            );
        }
        other => panic!("{id}: all examples set call and clock: {other:?}"),
    })
    .await;
    assert_eq!(remote.counts().requests, 0);
    // The same calls without what the plain contract cannot say.
    let mut plan = whole_plan();
    for planned in &mut plan.scenarios {
        let Work::Call(call) = &mut planned.work else { continue };
        let request = &mut call.simulation.request;
        (request.call, request.clock, request.stubs, request.seed) = Default::default();
    }
    let mut same_way = 0;
    compare_these(remote, Arc::new(plan), |id, local, result| match result {
        Ok(trace) => {
            let names =
                |trace: &Trace| trace.steps.iter().map(|step| trace.node_name(step).to_owned()).collect::<Vec<_>>();
            assert_eq!(names(&trace), names(local), "{id}");
            same_way += 1;
        }
        // Without its stubs and clock a call may be impossible, here as there.
        Err(TargetError::Call(message)) => {
            assert!(
                local.fault.is_some() && message.starts_with("target 'tenant': the simulation failed: "),
                "{id}: {message}"
            );
        }
        Err(TargetError::Skip(reason)) => {
            assert!(reason.ends_with("for the timing of keys") || reason.ends_with(" for seed"), "{id}: {reason}");
        }
        Err(error) => panic!("{id}: {error}"),
    })
    .await;
    assert!(same_way > 10, "{same_way} went the same way");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_a_scope_makes_the_target_unusable() {
    let client = Client { id: "me".into(), secret: SECRET.into(), scopes: vec![Scope::Flows] };
    let url = start(ServerOptions { credentials: Credentials::Clients(vec![client]), ..options() }).await;
    let remote = Remote::new(settings(&url, &with_credentials("simulation-options = true"))).unwrap();
    let plan = plan();
    match remote.simulate(call(&plan.scenarios[0]), WallLimit::default()).await {
        Err(TargetError::Unusable(message)) => assert!(message.contains("answered 403 to the submission"), "{message}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_live_for_a_second_are_replaced_all_the_time() {
    let options = ServerOptions { token_ttl: Duration::from_secs(1), processing: Latency::Fixed(40), ..options() };
    let url = start(options).await;
    let remote = Arc::new(Remote::new(settings(&url, &with_credentials("simulation-options = true"))).unwrap());
    compare(remote.clone(), same).await;
}
