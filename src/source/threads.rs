//! Work on many things at once.

use std::sync::atomic::{AtomicUsize, Ordering};

/// More threads than these do not pay: something else becomes the bottleneck.
const MOST: usize = 8;

/// As many threads as there are cores for them, up to a few.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST)
}

/// What `work` makes of each thing, in the order of the things, by so many threads; this one is among them.
pub(crate) fn side_by_side<T: Sync, R: Send>(threads: usize, things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(thing) = things.get(index) else { return done };
            done.push((index, work(thing)));
        }
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(things.len())).map(|_| scope.spawn(worker)).collect();
        let mut done = worker();
        for other in others {
            // A panic is a defect; it goes on here as it would without threads.
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        in_order(done)
    })
}

/// Numbered results in the order of their numbers.
pub(crate) fn in_order<R>(mut results: Vec<(usize, R)>) -> Vec<R> {
    results.sort_unstable_by_key(|&(index, _)| index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_things() {
        let things: Vec<u64> = (0..1000).collect();
        let doubled = side_by_side(threads(), &things, |thing| {
            std::thread::sleep(std::time::Duration::from_micros(thing % 7));
            thing * 2
        });
        assert_eq!(doubled, things.iter().map(|thing| thing * 2).collect::<Vec<_>>());
        assert_eq!(side_by_side(threads(), &[], |thing: &u64| *thing), Vec::<u64>::new());
    }

    #[test]
    fn a_panic_in_a_thread_goes_on() {
        let work = |thing: &u64| assert!(*thing != 7, "seven");
        let things: Vec<u64> = (0..100).collect();
        for threads in [1, 4] {
            let panic = std::panic::catch_unwind(|| side_by_side(threads, &things, work)).unwrap_err();
            assert_eq!(panic.downcast_ref::<&str>(), Some(&"seven"));
        }
    }
}
