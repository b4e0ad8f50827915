//! Static analysis of schedules: whether one is never or always open, and probable mistakes.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, ToSpan};

use super::{Opening, Range, Schedule};
use crate::source::diagnostics::Span;

/// Minutes in a day.
const DAY: u16 = 24 * 60;

/// A probable mistake in a schedule.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::flow) struct Flaw {
    /// Its kind.
    pub kind: FlawKind,
    /// The place.
    pub span: Span,
    /// The span that it conflicts with.
    pub other: Option<Span>,
}

/// The kinds of flaws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) enum FlawKind {
    /// It has no range.
    NeverOpen,
    /// One minute is missing between two ranges of a day.
    MinuteBetween,
    /// A range ends one minute before midnight.
    MinuteToMidnight,
    /// Two ranges of a day overlap.
    Overlap,
    /// A date with ranges is also a holiday.
    DateIsHoliday,
    /// A holiday is listed twice.
    HolidayTwice,
}

impl Schedule {
    /// Whether the schedule can have this state at some instant. False is certain.
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

    /// The first instant with this state: searches every half hour of the week from 2026-03-02 (a
    /// Monday), then noon of every listed date and holiday.
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

    /// Its probable mistakes, by kind, then in file order.
    pub(in crate::flow) fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if self.never_opens() {
            flaws.push(Flaw { kind: FlawKind::NeverOpen, span: self.places.whole, other: None });
        }
        for ranges in self.places.weekly.iter().chain(self.places.dates.iter().map(|(_, _, ranges)| ranges)) {
            within_day(ranges, &mut flaws);
        }
        for (date, span, ranges) in &self.places.dates {
            // An empty list is equivalent to a holiday.
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

/// Checks the ranges of one day against each other.
fn within_day(ranges: &[(Range, Span)], flaws: &mut Vec<Flaw>) {
    // A range past midnight counts up to the end of its own day here.
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
