//! What can be said of a schedule without a clock: when it is never or always open, and what in it looks like a slip.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, ToSpan};

use super::{Opening, Range, Schedule};
use crate::source::diagnostics::Span;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// Something in a schedule that is probably not meant.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::flow) struct Flaw {
    /// Of which kind.
    pub kind: FlawKind,
    /// The place.
    pub span: Span,
    /// What it clashes with.
    pub other: Option<Span>,
}

/// The kinds of flaws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) enum FlawKind {
    /// No range anywhere.
    NeverOpen,
    /// One minute between two ranges of a day.
    MinuteBetween,
    /// A range that ends one minute before midnight.
    MinuteToMidnight,
    /// Two ranges of a day that have a minute in common.
    Overlap,
    /// Ranges for a date that is a holiday.
    DateIsHoliday,
    /// A holiday that is listed twice.
    HolidayTwice,
}

impl Schedule {
    /// Whether some instant may have this opening. False is certain.
    pub fn may_be(&self, opening: Opening) -> bool {
        match opening {
            Opening::Open => !self.never_opens(),
            Opening::Closed => {
                let whole = |ranges: &Vec<Range>| ranges.contains(&Range { start: 0, end: DAY });
                !(self.weekly.iter().all(whole) && self.dates.values().all(whole))
            }
            Opening::Holiday => !self.holidays.is_empty(),
        }
    }

    /// The first instant of this opening, looked for every half hour from 2026-03-02 (a Monday) on for a week, then at
    /// noon of every date and holiday that it lists.
    pub fn example(&self, opening: Opening) -> Option<Timestamp> {
        let monday = Date::constant(2026, 3, 2);
        let hours = (0..7 * 48).filter_map(|half: i64| {
            DateTime::from_parts(monday, Time::midnight()).checked_add((half * 30).minutes()).ok()
        });
        let listed = self.dates.keys().chain(&self.holidays).map(|date| date.at(12, 0, 0, 0));
        hours
            .chain(listed)
            .filter_map(|time| self.zone.to_timestamp(time).ok())
            .find(|&instant| self.at(instant) == opening)
    }

    /// What is probably not meant in it, in file order by kind.
    pub(in crate::flow) fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if self.never_opens() {
            flaws.push(Flaw { kind: FlawKind::NeverOpen, span: self.places.whole, other: None });
        }
        for ranges in self.places.weekly.iter().chain(self.places.dates.iter().map(|(_, _, ranges)| ranges)) {
            within_day(ranges, &mut flaws);
        }
        for (date, span, ranges) in &self.places.dates {
            // An empty list says the same as a holiday.
            let holiday = self.places.holidays.iter().find(|(holiday, _)| holiday == date);
            if let Some((_, other)) = holiday.filter(|_| !ranges.is_empty()) {
                flaws.push(Flaw { kind: FlawKind::DateIsHoliday, span: *span, other: Some(*other) });
            }
        }
        for (index, (date, span)) in self.places.holidays.iter().enumerate() {
            let earlier = self.places.holidays.iter().take(index).find(|(earlier, _)| earlier == date);
            if let Some((_, other)) = earlier {
                flaws.push(Flaw { kind: FlawKind::HolidayTwice, span: *span, other: Some(*other) });
            }
        }
        flaws
    }

    fn never_opens(&self) -> bool {
        self.weekly.iter().chain(self.dates.values()).all(Vec::is_empty)
    }
}

/// Ranges of one day among themselves.
fn within_day(ranges: &[(Range, Span)], flaws: &mut Vec<Flaw>) {
    // A range past midnight goes on to the end of its own day here.
    let end = |range: Range| if range.overnight() { DAY } else { range.end };
    for (index, &(range, span)) in ranges.iter().enumerate() {
        let mut others = ranges.iter().enumerate().filter(|&(other, _)| other != index);
        let overlap = ranges.iter().take(index).find(|(other, _)| {
            let both_overnight = range.overnight() && other.overnight();
            both_overnight || (range.start < end(*other) && other.start < end(range))
        });
        if let Some((_, other)) = overlap {
            flaws.push(Flaw { kind: FlawKind::Overlap, span, other: Some(*other) });
        }
        if range.end == DAY - 1 && !others.any(|(_, (other, _))| other.covers(range.end)) {
            flaws.push(Flaw { kind: FlawKind::MinuteToMidnight, span, other: None });
        }
        let next = ranges.iter().find(|(other, _)| !range.overnight() && other.start == range.end + 1);
        let filled = ranges.iter().any(|(other, _)| other.covers(range.end));
        if let Some((_, other)) = next.filter(|_| !filled) {
            flaws.push(Flaw { kind: FlawKind::MinuteBetween, span, other: Some(*other) });
        }
    }
}
