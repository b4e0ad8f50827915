//! Threads for workers that compute and do not wait.

use std::any::Any;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// Runs `count` workers to their ends, each on a thread of its own; no more of them than there are cores, because more
/// would only take time from each other. A worker's panic goes on here.
///
/// It must be called within a tokio runtime: workers send to channels, and a worker for which the system has no thread
/// runs as a task.
pub(super) async fn run<F: Future<Output = ()> + Send + 'static>(count: usize, worker: impl Fn() -> F) {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let runtime = Handle::current();
    let (done, mut ended) = mpsc::unbounded_channel::<Result<(), Box<dyn Any + Send>>>();
    for number in 0..count.min(cores) {
        let (runtime, work, done) = (runtime.clone(), worker(), done.clone());
        let thread = std::thread::Builder::new().name(format!("worker-{number}"));
        let spawned = thread.spawn(move || {
            let result = catch_unwind(AssertUnwindSafe(|| runtime.block_on(work)));
            // The receiver waits for every sender.
            let _ = done.send(result);
        });
        if spawned.is_err() {
            // Those that there are do all the work; without any this task does it.
            if number == 0 {
                worker().await;
            }
            break;
        }
    }
    drop(done);
    while let Some(result) = ended.recv().await {
        if let Err(panic) = result {
            resume_unwind(panic);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test]
    async fn workers_run_on_threads_of_their_own_and_are_waited_for() {
        let seen = Arc::new(Mutex::new(HashSet::new()));
        let worker = || {
            let seen = seen.clone();
            async move {
                std::thread::sleep(std::time::Duration::from_millis(20));
                seen.lock().unwrap().insert(std::thread::current().id());
            }
        };
        run(2, worker).await;
        let cores = std::thread::available_parallelism().unwrap().get();
        assert_eq!(seen.lock().unwrap().len(), cores.min(2));
        assert!(!seen.lock().unwrap().contains(&std::thread::current().id()));
    }

    #[tokio::test]
    #[should_panic(expected = "a defect")]
    async fn a_panic_of_a_worker_is_not_lost() {
        run(2, || async { panic!("a defect") }).await;
    }
}
