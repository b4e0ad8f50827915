//! Work on many things at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// More threads than these do not pay: something else becomes the bottleneck.
const MOST: usize = 8;

/// As many threads as there are cores for them.
pub(super) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST)
}

/// What `work` makes of each thing, in the order of the things.
pub(super) fn side_by_side<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(things.len()));
    let worker = || {
        while let Some((index, thing)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            things.get(index).map(|thing| (index, thing))
        } {
            let result = work(thing);
            // Where a worker panicked, the scope panics at its end.
            if let Ok(mut done) = done.lock() {
                done.push((index, result));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads().min(things.len()) {
            scope.spawn(worker);
        }
        worker();
    });
    in_order(done.into_inner().unwrap_or_default())
}

/// Numbered results in the order of their numbers.
pub(super) fn in_order<R>(mut results: Vec<(usize, R)>) -> Vec<R> {
    results.sort_unstable_by_key(|&(index, _)| index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_things() {
        let things: Vec<u64> = (0..1000).collect();
        let doubled = side_by_side(&things, |thing| {
            std::thread::sleep(std::time::Duration::from_micros(thing % 7));
            thing * 2
        });
        assert_eq!(doubled, things.iter().map(|thing| thing * 2).collect::<Vec<_>>());
        assert_eq!(side_by_side(&[], |thing: &u64| *thing), Vec::<u64>::new());
    }
}
