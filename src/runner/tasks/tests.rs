use std::num::NonZeroUsize;
use std::path::Path;

use super::*;
use crate::flow::Library;
use crate::record::{RunRecord, Shard, Verdict};
use crate::report::JsonReport;
use crate::runner::targets::Embedded;
use crate::runner::testing::{read_record, without_wall};
use crate::runner::{Reporter, RunOptions, Selection, Stop, run};
use crate::suite::{Again, LoadOptions, discover, load};

/// A copy of the example suites.
fn examples() -> tempfile::TempDir {
    let (from, to) = (Path::new(env!("CARGO_MANIFEST_DIR")), tempfile::tempdir().unwrap());
    for file in walkdir::WalkDir::new(from.join("suites")).into_iter().map(Result::unwrap) {
        let copy = to.path().join(file.path().strip_prefix(from).unwrap());
        match file.file_type().is_dir() {
            true => std::fs::create_dir_all(copy).unwrap(),
            false => drop(std::fs::copy(file.path(), copy).unwrap()),
        }
    }
    to
}

/// A plan of the suites below a folder that keeps what the first `keep` scenarios do, or a few more.
fn plan(root: &Path, keep: usize, selection: &Selection) -> Plan {
    let files = discover(&["suites".to_owned()], root).unwrap();
    let library = Arc::new(Library::default());
    let options = LoadOptions { keep, ..LoadOptions::new(root) };
    let loaded = load(&files, &options, &library);
    assert!(loaded.rejected.is_empty());
    Plan { again: Some(Again::new(&files, options, library)), ..Plan::new(loaded, selection) }
}

fn ran(plan: Plan, repeat: u32, stop: &Stop) -> RunRecord {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.json");
    let options = RunOptions { repeat, jobs: NonZeroUsize::new(8).unwrap(), ..RunOptions::default() };
    let reporters: Vec<Box<dyn Reporter>> = vec![Box::new(JsonReport::new(&path))];
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(run(plan, Arc::new(Embedded), &options, reporters, stop));
    let mut record = without_wall(read_record(&path));
    record.scenarios.iter_mut().for_each(|scenario| scenario.wall = Default::default());
    record
}

fn dropped(plan: &Plan) -> usize {
    plan.scenarios.iter().filter(|planned| planned.task.is_none()).count()
}

#[test]
fn a_run_that_reads_files_again_reports_the_same() {
    let folder = examples();
    let all = Selection::default();
    let some = Selection::new(&["critical or smoke"], &[]).unwrap_or_else(|_| panic!("a filter"));
    for (selection, shard, repeat) in [(&all, None, 1), (&some, None, 2), (&all, Some((2, 3)), 1)] {
        let planned = |keep| {
            let mut plan = plan(folder.path(), keep, selection);
            if let Some((index, of)) = shard {
                plan.keep(Shard { index, of });
            }
            plan
        };
        let whole = planned(usize::MAX);
        let scenarios = whole.scenarios.len();
        assert_eq!(dropped(&whole), 0);
        let whole = serde_json::to_string(&ran(whole, repeat, &Stop::new())).unwrap();
        assert!(whole.contains("\"hint\":"), "the search for what is missing is part of this");
        let keeps: &[usize] = if shard.is_none() { &[0, 40] } else { &[0] };
        for &keep in keeps {
            let light = planned(keep);
            assert!(if keep == 0 { dropped(&light) == scenarios } else { (1..scenarios).contains(&dropped(&light)) });
            assert!(serde_json::to_string(&ran(light, repeat, &Stop::new())).unwrap() == whole, "{keep}");
        }
    }
}

#[test]
fn scenarios_of_a_changed_file_are_errors() {
    let folder = examples();
    let all = Selection::default();
    let whole = ran(plan(folder.path(), usize::MAX, &all), 1, &Stop::new());
    let light = plan(folder.path(), 0, &all);
    let change = |file: &str| {
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, format!("{text}# changed\n")).unwrap();
    };
    change("suites/bank/cards.yaml");
    change("suites/clinic/base.yaml");
    std::fs::remove_file(folder.path().join("suites/power/outages.yaml")).unwrap();
    let record = ran(light, 1, &Stop::new());
    assert_eq!(record.scenarios.len(), whole.scenarios.len());
    let mut errors = 0;
    for (one, before) in record.scenarios.iter().zip(&whole.scenarios) {
        let why = match &*one.file {
            _ if before.verdict == Verdict::Skipped => None,
            "suites/bank/cards.yaml" | "suites/power/outages.yaml" => Some(&*one.file),
            file if file.starts_with("suites/clinic/") => Some("suites/clinic/base.yaml"),
            _ => None,
        };
        match why {
            Some(file) => {
                let reason = format!("the file '{file}' has changed since the run began");
                assert_eq!((one.verdict, one.reason.as_deref()), (Verdict::Error, Some(&*reason)), "{}", one.id);
                assert_eq!((&one.id, one.line, &one.flow), (&before.id, before.line, &before.flow));
                errors += 1;
            }
            None => assert_eq!(one, before),
        }
    }
    assert!(errors > 10 && errors < record.scenarios.len(), "{errors}");
}

#[test]
fn an_interrupted_run_skips_what_was_dropped_too() {
    let folder = examples();
    let stop = Stop::new();
    stop.interrupt();
    let records = [usize::MAX, 0].map(|keep| ran(plan(folder.path(), keep, &Selection::default()), 1, &stop));
    assert_eq!(records[0], records[1]);
    assert!(records[0].scenarios.iter().all(|scenario| scenario.verdict == Verdict::Skipped));
}

#[tokio::test]
async fn few_suites_are_held_and_any_can_be_asked_for() {
    let folder = examples();
    let (plan, tasks) = Tasks::new(plan(folder.path(), 0, &Selection::default()));
    let many = plan.suites.len();
    assert!(many > 6);
    for suite in 0..many {
        let places = plan.places(suite);
        assert!(plan.scenarios[places.clone()].iter().all(|planned| planned.suite == suite));
        for index in places {
            assert!(tasks.get(index).await.is_ok());
        }
        let open: Vec<usize> = tasks.open.lock().unwrap().keys().copied().collect();
        assert!(open.len() <= 4 && open.iter().all(|&open| open <= suite + 1 && open + 2 >= suite), "{open:?}");
    }
    for suite in (0..many).rev() {
        for index in plan.places(suite) {
            assert!(tasks.get(index).await.is_ok());
        }
    }
    assert!(tasks.get(plan.scenarios.len()).await.is_err());
}

#[tokio::test]
async fn what_is_kept_is_held_until_it_is_asked_for() {
    let folder = examples();
    let (plan, tasks) = Tasks::new(plan(folder.path(), usize::MAX, &Selection::default()));
    assert_eq!(dropped(&plan), plan.scenarios.len());
    // Nothing is read again.
    std::fs::remove_dir_all(folder.path()).unwrap();
    for index in 0..plan.scenarios.len() {
        let task = tasks.get(index).await.unwrap();
        assert_eq!(Arc::strong_count(&task), 1, "{index}");
    }
    assert!(tasks.open.lock().unwrap().is_empty());
}
