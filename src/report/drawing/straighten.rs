//! Lines that cross columns on the straightest way.

use std::collections::BTreeMap;

use super::place::{Layout, Size};

/// From a line to what is above or below it in a column, in px.
const CLEAR: i32 = 10;
const PASSES: usize = 12;

/// What a column holds at some height.
#[derive(Clone, Copy, Debug)]
enum Item {
    /// A box, from its upper to its lower edge.
    Fixed(i32, i32),
    /// The crossing of a line: its route, and its place in that.
    Crossing(usize, usize),
}

/// Moves crossings towards the straight way between those before and after, never past a box or another crossing: lines
/// cross each other as often as before. `ends` are the heights at which each line begins and ends.
pub(super) fn straighten(layout: &mut Layout, sizes: &[Size], ends: &[(i32, i32)]) {
    let columns = columns(layout, sizes);
    for _ in 0..PASSES {
        for column in columns.values() {
            for (place, item) in column.iter().enumerate() {
                let &Item::Crossing(route, index) = item else { continue };
                let above = place.checked_sub(1).and_then(|above| column.get(above));
                let least = above.map_or(i32::MIN, |item| item.bottom(layout) + CLEAR);
                let most = column.get(place + 1).map_or(i32::MAX, |item| item.top(layout) - CLEAR);
                let Some(&(begin, end)) = ends.get(route) else { continue };
                let Some(crossings) = layout.routes.get_mut(route) else { continue };
                let before =
                    index.checked_sub(1).and_then(|before| crossings.get(before)).map_or(begin, |place| place.1);
                let after = crossings.get(index + 1).map_or(end, |place| place.1);
                if let Some(crossing) = crossings.get_mut(index).filter(|_| least <= most) {
                    crossing.1 = i32::midpoint(before, after).clamp(least, most);
                }
            }
        }
    }
}

/// By their left edges, each from top to bottom.
fn columns(layout: &Layout, sizes: &[Size]) -> BTreeMap<i32, Vec<Item>> {
    let mut columns: BTreeMap<i32, Vec<Item>> = BTreeMap::new();
    for (&(x, y), size) in layout.boxes.iter().zip(sizes) {
        columns.entry(x).or_default().push(Item::Fixed(y, y + size.height));
    }
    for (route, crossings) in layout.routes.iter().enumerate() {
        for (index, &(x, _)) in crossings.iter().enumerate() {
            columns.entry(x).or_default().push(Item::Crossing(route, index));
        }
    }
    for column in columns.values_mut() {
        column.sort_by_key(|item| item.top(layout));
    }
    columns
}

impl Item {
    fn top(self, layout: &Layout) -> i32 {
        match self {
            Item::Fixed(top, _) => top,
            Item::Crossing(route, index) => {
                layout.routes.get(route).and_then(|route| route.get(index)).map_or(0, |place| place.1)
            }
        }
    }

    fn bottom(self, layout: &Layout) -> i32 {
        match self {
            Item::Fixed(_, bottom) => bottom,
            Item::Crossing(..) => self.top(layout),
        }
    }
}
