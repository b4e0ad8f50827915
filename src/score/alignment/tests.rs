use proptest::prelude::*;

use super::*;

fn item() -> impl Strategy<Value = PathItem> {
    prop_oneof![
        6 => (0u32..4).prop_map(|node| PathItem::Nodes(vec![node])),
        1 => prop::collection::vec(0u32..4, 2..3).prop_map(PathItem::Nodes),
        1 => Just(PathItem::AnyOne),
        2 => Just(PathItem::AnyMany),
    ]
}

fn pattern(length: usize) -> impl Strategy<Value = Vec<PathItem>> {
    prop::collection::vec(item(), 0..length)
}

fn plain(nodes: &[u32]) -> Vec<PathItem> {
    nodes.iter().map(|&node| PathItem::Nodes(vec![node])).collect()
}

/// The cost by its recursive definition.
fn naive(items: &[PathItem], nodes: &[u32]) -> usize {
    let Some((first, rest)) = items.split_first() else { return nodes.len() };
    let Some((&node, others)) = nodes.split_first() else {
        return naive(rest, nodes) + usize::from(*first != PathItem::AnyMany);
    };
    match first {
        PathItem::AnyMany => naive(rest, nodes).min(naive(items, others)),
        PathItem::Nodes(names) if !names.contains(&node) => naive(rest, nodes).min(naive(items, others)) + 1,
        _ => naive(rest, others).min(naive(rest, nodes) + 1).min(naive(items, others) + 1),
    }
}

fn longest_common(left: &[u32], right: &[u32]) -> usize {
    match (left.split_first(), right.split_first()) {
        (Some((a, left)), Some((b, right))) if a == b => 1 + longest_common(left, right),
        (Some((_, rest)), Some((_, others))) => longest_common(rest, right).max(longest_common(left, others)),
        _ => 0,
    }
}

/// Whether rows are an alignment: in order, every node and every item other than `...` once, and
/// every pair allowed.
fn is_alignment(items: &[PathItem], nodes: &[u32], pairs: &[Pair]) -> bool {
    let steps: Vec<u32> = pairs.iter().filter_map(|pair| pair.step).collect();
    let order: Vec<u32> = pairs.iter().filter_map(|pair| pair.item).collect();
    let mandatory = |index: &u32| !is_free(&items[*index as usize]);
    steps.iter().copied().eq(0..nodes.len() as u32)
        && order.is_sorted()
        && order.iter().copied().filter(mandatory).eq((0..items.len() as u32).filter(mandatory))
        && pairs.iter().all(|pair| match (pair.item, pair.step) {
            (Some(item), Some(step)) => {
                is_free(&items[item as usize]) || matches(&items[item as usize], nodes[step as usize])
            }
            (Some(item), None) => mandatory(&item),
            (None, Some(_)) => true,
            (None, None) => false,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_cost_is_the_least(items in pattern(7), nodes in prop::collection::vec(0u32..4, 0..7)) {
        let pairs = align(&items, &nodes);
        prop_assert!(is_alignment(&items, &nodes, &pairs));
        prop_assert_eq!(cost(&pairs), naive(&items, &nodes));
        // The table finds the same cost as the fast path, whether it is divided or not.
        for cells in [MAX_TABLE_CELLS, 12, 0] {
            let pairs = align_cheapest(&items, &nodes, cells);
            prop_assert!(is_alignment(&items, &nodes, &pairs));
            prop_assert_eq!(cost(&pairs), naive(&items, &nodes));
        }
    }

    #[test]
    fn a_path_that_holds_is_aligned_without_a_table(items in pattern(7), nodes in prop::collection::vec(0u32..4, 0..7)) {
        prop_assert_eq!(align_exact(&items, &nodes).is_some(), naive(&items, &nodes) == 0);
    }

    #[test]
    fn without_patterns_it_is_the_insertion_and_deletion_distance(
        left in prop::collection::vec(0u32..3, 0..8),
        right in prop::collection::vec(0u32..3, 0..8),
    ) {
        let there = cost(&align(&plain(&left), &right));
        prop_assert_eq!(there, left.len() + right.len() - 2 * longest_common(&left, &right));
        prop_assert_eq!(there, cost(&align(&plain(&right), &left)));
    }

    #[test]
    fn dividing_a_long_problem_keeps_the_cost(items in pattern(60), nodes in prop::collection::vec(0u32..4, 0..60)) {
        prop_assert_eq!(cost(&align_cheapest(&items, &nodes, 64)), cost(&align_cheapest(&items, &nodes, MAX_TABLE_CELLS)));
    }
}

#[test]
fn ties_prefer_a_match_then_missing_then_extra() {
    let rows = |items: &[u32], nodes: &[u32]| -> Vec<(Option<u32>, Option<u32>)> {
        align(&plain(items), nodes).iter().map(|pair| (pair.item, pair.step)).collect()
    };
    assert_eq!(
        rows(&[0, 1, 2], &[0, 3, 2]),
        [(Some(0), Some(0)), (Some(1), None), (None, Some(1)), (Some(2), Some(2))]
    );
    // The first visit matches.
    assert_eq!(rows(&[1, 0], &[1, 1, 0]), [(Some(0), Some(0)), (None, Some(1)), (Some(1), Some(2))]);
}

#[test]
fn a_huge_pattern_needs_bounded_memory() {
    // 20,000 × 1,000 cells exceed the bound of one table.
    let items = plain(&(0..20_000).map(|index| index % 7).collect::<Vec<_>>());
    let nodes: Vec<u32> = (0..1000).map(|index| 6 - index % 7).collect();
    assert_eq!(cost(&align(&items, &nodes)), 19_000);
}
