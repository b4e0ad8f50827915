//! Aligned columns.

/// Rows of cells: the first column to the left, the others, which are numbers, to the right. Cells are measured in
/// characters, so they must not hold escapes. Lines have no trailing spaces.
pub(super) fn table(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("  {cell:>width$}"),
        });
        cells.collect::<String>().trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_aligned_at_their_end() {
        let rows =
            [["suite", "passed"], ["bänk", "1,000"], ["a/long/one", "–"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), ["suite       passed", "bänk         1,000", "a/long/one       –"]);
    }
}
