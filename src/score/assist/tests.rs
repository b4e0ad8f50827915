use proptest::prelude::*;

use super::*;
use crate::assist::Outcome;

fn counts(list: [u64; 5]) -> ResultCounts {
    let mut counts = ResultCounts::default();
    Outcome::ALL.into_iter().zip(list).for_each(|(outcome, count)| counts.add(outcome, count));
    counts
}

#[test]
fn rows_are_in_the_order_of_reports_and_each_once() {
    let mut table = Vec::new();
    for expected in [Outcome::Failed, Outcome::Delivered, Outcome::RateLimited, Outcome::Delivered] {
        ResultRow { expected, found: counts([1, 2, 3, 4, 5]) }.add_to(&mut table);
    }
    let order: Vec<Outcome> = table.iter().map(|row| row.expected).collect();
    assert_eq!(order, [Outcome::Delivered, Outcome::RateLimited, Outcome::Failed]);
    assert_eq!(table[0].found, counts([2, 4, 6, 8, 10]));
    assert_eq!((table[0].right(), table[0].found.sum()), (2, 30));
}

fn row() -> impl Strategy<Value = ResultRow> {
    (0..5usize, prop::array::uniform5(0..1_000u64))
        .prop_map(|(expected, list)| ResultRow { expected: Outcome::ALL[expected], found: counts(list) })
}

proptest! {
    /// A table loses nothing, whatever the order of its rows.
    #[test]
    fn tables_keep_what_is_added(rows in prop::collection::vec(row(), 0..20)) {
        let (mut table, mut other) = (Vec::new(), Vec::new());
        rows.iter().for_each(|row| row.add_to(&mut table));
        rows.iter().rev().for_each(|row| row.add_to(&mut other));
        prop_assert_eq!(&table, &other);
        let sum = |rows: &[ResultRow]| rows.iter().map(|row| row.found.sum()).sum::<u64>();
        let right = |rows: &[ResultRow]| rows.iter().map(ResultRow::right).sum::<u64>();
        prop_assert_eq!((sum(&rows), right(&rows)), (sum(&table), right(&table)));
        prop_assert!(table.len() <= 5 && right(&table) <= sum(&table));
    }
}
