//! The assignment of boxes to columns.

/// How many columns lie between the ends of each line, at least 1. `lines` lead from one box to
/// another and never in a circle; those that do count 1.
pub(in crate::report::drawing) fn spans(lines: &[(usize, usize)], count: usize) -> Vec<usize> {
    let columns = assign(lines, count);
    lines.iter().map(|&(from, to)| columns[to].saturating_sub(columns[from]).max(1)).collect()
}

/// The column of each box; every line leads to a later column. Boxes stand as far left as their
/// lines allow, but for those that other boxes than the first lead to: they stand next to what they
/// lead to, else a branch that joins late would draw a long line.
pub(super) fn assign(lines: &[(usize, usize)], count: usize) -> Vec<usize> {
    let mut entering = vec![Vec::new(); count];
    let mut leaving = vec![Vec::new(); count];
    for &(from, to) in lines {
        entering[to].push(from);
        leaving[from].push(to);
    }
    let sorted = sort_topologically(&entering, &leaving);
    let mut columns = vec![0_usize; count];
    let mut reached = vec![false; count];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for &node in &sorted {
        for &to in &leaving[node] {
            columns[to] = columns[to].max(columns[node] + 1);
            reached[to] |= reached[node];
        }
    }
    for &node in sorted.iter().rev() {
        let nearest = leaving[node].iter().map(|&to| columns[to]).min();
        if let Some(nearest) = nearest.filter(|_| !reached[node] || leaving[node].len() > entering[node].len()) {
            // The first box stays at the left edge.
            if node > 0 {
                columns[node] = columns[node].max(nearest.saturating_sub(1));
            }
        }
    }
    columns
}

/// The boxes, each after those that lead to it.
fn sort_topologically(entering: &[Vec<usize>], leaving: &[Vec<usize>]) -> Vec<usize> {
    let mut missing: Vec<usize> = entering.iter().map(Vec::len).collect();
    let mut sorted: Vec<usize> = (0..entering.len()).filter(|&node| missing[node] == 0).collect();
    let mut next = 0;
    while let Some(&node) = sorted.get(next) {
        next += 1;
        for &to in &leaving[node] {
            missing[to] -= 1;
            if missing[to] == 0 {
                sorted.push(to);
            }
        }
    }
    sorted
}
