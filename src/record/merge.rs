//! Several runs put together: shards of one run, and runs that were interrupted.

use std::collections::{BTreeMap, HashMap};

use super::identity::merged_run_id;
use super::{
    DefinitionSource, GateSpec, RUN_VERSION, RunHeader, RunRecord, RunWall, ScenarioRecord, ScenarioWall, Scores,
    Shard, SlowestList, StopReason, SuiteHead, Tally, Verdict,
};
use crate::remote::client::Counts as RequestCounts;
use crate::source::diagnostics::quoted;

/// A run that is put together with others.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// Its name in messages.
    pub name: String,
    /// The run. Of a journal that was cut short it has no coverage.
    pub record: RunRecord,
}

/// Why runs cannot be put together: one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MergeError {
    /// They were not of the same.
    #[error(
        "{} and {} are not of one run: {what} is {here} in one and {there} in the other",
        quoted(one),
        quoted(other)
    )]
    Other {
        /// A part.
        one: String,
        /// Another one.
        other: String,
        /// In what they differ.
        what: &'static str,
        /// What it is in the first.
        here: String,
        /// What it is in the second.
        there: String,
    },
    /// A file was another one.
    #[error("{} and {} are not of one run: the file {} is not the same", quoted(one), quoted(other), quoted(file))]
    File {
        /// A part.
        one: String,
        /// Another one.
        other: String,
        /// The file.
        file: String,
    },
    /// The same scenario, with two results.
    #[error(
        "the scenario {id} differs: {here} in {}, {there} in {}; merge puts together parts of one run, \
         `callpath compare` sets two runs side by side",
        quoted(one),
        quoted(other)
    )]
    Scenario {
        /// Its id.
        id: String,
        /// A part.
        one: String,
        /// Another one.
        other: String,
        /// Its verdict in the first.
        here: &'static str,
        /// Its verdict in the second.
        there: &'static str,
    },
    /// Shards that are not among the parts.
    #[error("{} missing", missing_words(.0))]
    Missing(Vec<Shard>),
}

fn missing_words(shards: &[Shard]) -> String {
    let named: Vec<String> = shards.iter().take(5).map(Shard::to_string).collect();
    let more = match shards.len().saturating_sub(named.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (noun, verb) = if shards.len() == 1 { ("the shard", "is") } else { ("the shards", "are") };
    format!("{noun} {}{more} {verb}", named.join(", "))
}

/// One record of several, without coverage, decisions and gates, which need the flows: the runner recounts them.
///
/// - All parts have the same version of callpath, target, seed and repeats, and every file that two of them read is the
///   same in both.
/// - A scenario that is in two parts is the same in both but for wall times, or one of the two was not run because its run
///   ended early: then the other counts.
/// - Where some parts are shards, each shard is there, unless `partial` allows that some are missing: then the record says
///   that the run was interrupted. So it does where a run that ended early is not made whole by the others.
///
/// Scenarios come in the order of their suites' paths, then of `place`, which says where in the suites at hand a scenario
/// stands; those that it does not know by line, and shard by shard in turn.
pub(crate) fn merge(
    parts: Vec<Part>,
    partial: bool,
    place: impl Fn(&str) -> Option<usize>,
) -> Result<RunRecord, MergeError> {
    let header = header(&parts)?;
    let missing = missing_shards(&parts);
    if !missing.is_empty() && !partial {
        return Err(MergeError::Missing(missing));
    }
    let mut rejected = Vec::new();
    let mut heads: BTreeMap<String, SuiteHead> = BTreeMap::new();
    for Part { record, .. } in &parts {
        for file in &record.rejected {
            if !rejected.contains(file) {
                rejected.push(file.clone());
            }
        }
        for suite in &record.suites {
            heads.entry(suite.suite.clone()).or_insert_with(|| SuiteHead {
                suite: suite.suite.as_str().into(),
                name: suite.name.clone(),
                file: suite.file.as_str().into(),
            });
        }
    }
    rejected.sort_by(|a, b| (&a.suite, &a.file).cmp(&(&b.suite, &b.file)));
    let wall = wall(&parts);
    let stopped = stopped(&parts).or_else(|| (!missing.is_empty()).then_some(StopReason::Interrupted));
    let mut scenarios = scenarios(parts)?;
    scenarios.sort_by_cached_key(|(turn, scenario)| {
        (scenario.suite.clone(), place(&scenario.id).unwrap_or(usize::MAX), scenario.line, *turn)
    });
    let scenarios: Vec<ScenarioRecord> = scenarios.into_iter().map(|(_, scenario)| scenario).collect();
    let heads: Vec<SuiteHead> = heads.into_values().collect();
    let mut tally = Tally::new(&heads);
    let mut slowest = SlowestList::default();
    rejected.iter().for_each(|file| tally.add_rejected(file));
    for scenario in &scenarios {
        tally.add(scenario);
        slowest.add(scenario);
    }
    let assist = tally.assist();
    let (suites, flows, totals) = tally.finish();
    Ok(RunRecord {
        version: RUN_VERSION,
        header,
        rejected,
        scenarios,
        suites,
        flows,
        totals,
        scores: Scores::of(&totals),
        coverage: None,
        decisions: None,
        assist,
        gates: Vec::new(),
        stopped,
        wall: RunWall { slowest: slowest.finish(), ..wall },
    })
}

fn header(parts: &[Part]) -> Result<RunHeader, MergeError> {
    let Some((first, others)) = parts.split_first() else { return Ok(RunHeader::default()) };
    let mut header = RunHeader { shard: None, ..first.record.header.clone() };
    // Who brought each file and gate.
    let mut readers: HashMap<String, &str> = HashMap::new();
    let mut note = |header: &RunHeader, name| {
        for file in header.files.keys() {
            readers.entry(file.clone()).or_insert(name);
        }
    };
    note(&header, &first.name);
    let mut same_question = true;
    for Part { name, record } in others {
        let other = &record.header;
        let differ = |what, here: &str, there: &str| {
            let (one, other) = (first.name.clone(), name.clone());
            MergeError::Other { one, other, what, here: here.to_owned(), there: there.to_owned() }
        };
        if header.callpath != other.callpath {
            return Err(differ("the version of callpath", &header.callpath, &other.callpath));
        }
        if header.target != other.target {
            return Err(differ("the target", &header.target, &other.target));
        }
        if header.seed != other.seed {
            return Err(differ("the seed", &header.seed.to_string(), &other.seed.to_string()));
        }
        if header.repeat != other.repeat {
            return Err(differ("the number of repeats", &header.repeat.to_string(), &other.repeat.to_string()));
        }
        for gate in &other.gates {
            let same = |known: &&GateSpec| known.measure == gate.measure && known.suite == gate.suite;
            match header.gates.iter().find(same) {
                Some(known) if known.limit != gate.limit => return Err(differ("a gate", &known.name(), &gate.name())),
                Some(_) => {}
                None => header.gates.push(gate.clone()),
            }
        }
        for definition in &other.definitions {
            match header.definitions.iter_mut().find(|known| known.flow == definition.flow) {
                // One part saw that the target has another version: that is not undone by one that could not ask.
                Some(known) if definition.used == DefinitionSource::Target => known.clone_from(definition),
                Some(_) => {}
                None => header.definitions.push(definition.clone()),
            }
        }
        same_question &= header.paths == other.paths && header.filters == other.filters;
    }
    header.definitions.sort_by(|one, other| one.flow.cmp(&other.flow));
    let same_files = others.iter().all(|part| part.record.header.files == header.files);
    let found = |part: &Part| part.record.header.deselected + part.record.scenarios.len() as u64;
    let most_found = parts.iter().map(found).max().unwrap_or(0);
    for Part { name, record } in others {
        for (file, hash) in &record.header.files {
            match header.files.get(file) {
                Some(known) if known != hash => {
                    let one = readers.get(file).copied().unwrap_or_default().to_owned();
                    return Err(MergeError::File { one, other: name.clone(), file: file.clone() });
                }
                Some(_) => {}
                None => {
                    header.files.insert(file.clone(), hash.clone());
                    readers.insert(file.clone(), name);
                }
            }
        }
        for path in &record.header.paths {
            if !header.paths.contains(path) {
                header.paths.push(path.clone());
            }
        }
        for filter in &record.header.filters {
            if !header.filters.contains(filter) {
                header.filters.push(filter.clone());
            }
        }
        header.structural_defects = header.structural_defects.max(record.header.structural_defects);
        if !same_question && !same_files {
            header.deselected += record.header.deselected;
        }
    }
    if !same_question && same_files {
        // The same suites with other filters: what one left out another may have run.
        let run: std::collections::HashSet<&str> =
            parts.iter().flat_map(|part| &part.record.scenarios).map(|scenario| &*scenario.id).collect();
        header.deselected = most_found.saturating_sub(run.len() as u64);
    }
    Ok(header)
}

/// Shards that are not there, where some are. A part that is no shard may have run everything.
fn missing_shards(parts: &[Part]) -> Vec<Shard> {
    let shards: Option<Vec<Shard>> = parts.iter().map(|part| part.record.header.shard).collect();
    let Some(shards) = shards else { return Vec::new() };
    let Some(of) = shards.iter().map(|shard| shard.of).max() else { return Vec::new() };
    // Shards of other counts cover the plan only together with their own kind, and each kind must then be whole.
    let whole = |of: u32| (1..=of).all(|index| shards.contains(&Shard { index, of }));
    if shards.iter().any(|shard| whole(shard.of)) {
        return Vec::new();
    }
    (1..=of).map(|index| Shard { index, of }).filter(|shard| !shards.contains(shard)).collect()
}

/// Why the whole ended early: where a part did that no other part makes whole.
fn stopped(parts: &[Part]) -> Option<StopReason> {
    let done: std::collections::HashSet<&str> = parts
        .iter()
        .flat_map(|part| part.record.scenarios.iter().filter(|scenario| !gave_way(&part.record, scenario)))
        .map(|scenario| &*scenario.id)
        .collect();
    let healed = |part: &&Part| {
        let (record, header) = (&part.record, &part.record.header);
        // A run that came to its end has a record of every scenario of its plan.
        let orderly = record.coverage.is_some();
        let elsewhere = |other: &Part| {
            let whole = other.record.stopped.is_none();
            let same = other.record.header.paths == header.paths && other.record.header.filters == header.filters;
            whole && same && [None, header.shard].contains(&other.record.header.shard)
        };
        parts.iter().any(elsewhere) || (orderly && record.scenarios.iter().all(|scenario| done.contains(&*scenario.id)))
    };
    let unhealed = parts.iter().filter(|part| part.record.stopped.is_some()).find(|part| !healed(part));
    unhealed.and_then(|part| part.record.stopped.clone())
}

/// Whether a scenario has no result of its own, because its run ended early.
fn gave_way(record: &RunRecord, scenario: &ScenarioRecord) -> bool {
    matches!(scenario.verdict, Verdict::Skipped | Verdict::Error)
        && scenario.trace.is_none()
        && record.stopped.as_ref().is_some_and(|stopped| stopped.is_reason_of(scenario))
}

/// Each scenario once, with its turn: its place in the plan where its part is a shard, else in its part.
fn scenarios(parts: Vec<Part>) -> Result<Vec<(u64, ScenarioRecord)>, MergeError> {
    let mut list: Vec<(u64, ScenarioRecord)> = Vec::new();
    // By id: the place in the list, the part, and whether another may take its place.
    let mut known: HashMap<String, (usize, usize, bool)> = HashMap::new();
    let names: Vec<String> = parts.iter().map(|part| part.name.clone()).collect();
    for (index, Part { mut record, .. }) in parts.into_iter().enumerate() {
        let scenarios = std::mem::take(&mut record.scenarios);
        for (number, scenario) in (0..).zip(scenarios) {
            let gives_way = gave_way(&record, &scenario);
            let turn = record.header.shard.map_or(number, |shard| shard.place(number));
            match known.get_mut(&scenario.id) {
                None => {
                    known.insert(scenario.id.clone(), (list.len(), index, gives_way));
                    list.push((turn, scenario));
                }
                Some(_) if gives_way => {}
                Some((place, part, first_gives_way)) => {
                    let Some((_, first)) = list.get_mut(*place) else { continue };
                    if *first_gives_way {
                        *first = scenario;
                        (*part, *first_gives_way) = (index, false);
                    } else if !same(first, &scenario) {
                        let name = |part: usize| names.get(part).cloned().unwrap_or_default();
                        return Err(MergeError::Scenario {
                            id: quoted(&scenario.id),
                            one: name(*part),
                            other: name(index),
                            here: first.verdict.word(),
                            there: scenario.verdict.word(),
                        });
                    }
                }
            }
        }
    }
    Ok(list)
}

fn same(one: &ScenarioRecord, other: &ScenarioRecord) -> bool {
    let timeless = |scenario: &ScenarioRecord| ScenarioRecord { wall: ScenarioWall::default(), ..scenario.clone() };
    timeless(one) == timeless(other)
}

/// The time of all parts together: shards may have run on other machines, and runs that were interrupted on other days.
fn wall(parts: &[Part]) -> RunWall {
    let walls = || parts.iter().map(|part| &part.record.wall);
    let requests = walls().filter_map(|wall| wall.requests.as_ref()).fold(None, |sum, one| {
        let sum: RequestCounts = sum.unwrap_or_default();
        Some(RequestCounts {
            requests: sum.requests + one.requests,
            retries: sum.retries + one.retries,
            throttled: sum.throttled + one.throttled,
            unavailable: sum.unavailable + one.unavailable,
            broken: sum.broken + one.broken,
            unauthorized: sum.unauthorized + one.unauthorized,
            tokens: sum.tokens + one.tokens,
        })
    });
    RunWall {
        run_id: merged_run_id(parts.iter().map(|part| &part.record)),
        // The texts sort as the times do.
        started: walls().map(|wall| wall.started.clone()).min().unwrap_or_default(),
        duration_us: walls().map(|wall| wall.duration_us).sum(),
        jobs: walls().map(|wall| wall.jobs).max().unwrap_or(0),
        slowest: Vec::new(),
        requests,
    }
}

#[cfg(test)]
mod tests;
