//! Opening hours.

mod facts;
mod read;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};

pub(super) use facts::FlawKind;
pub(super) use read::read_schedule;

use crate::source::diagnostics::Span;

/// Opening hours in the wall-clock time of a time zone.
///
/// Only the wall clock counts: an hour that occurs twice when the clock is set back is open twice;
/// a skipped hour does not exist.
#[derive(Clone, Debug)]
pub struct Schedule {
    zone: TimeZone,
    /// From Monday on.
    weekly: [Vec<Range>; 7],
    /// Dates with ranges of their own.
    dates: BTreeMap<Date, Vec<Range>>,
    holidays: BTreeSet<Date>,
    /// The spans of the schedule and its parts.
    places: Places,
}

/// Ranges with their spans.
type PlacedRanges = Vec<(Range, Span)>;

/// The spans of the parts of a schedule.
#[derive(Clone, Debug, Default)]
struct Places {
    /// The schedule as a whole.
    whole: Span,
    /// The ranges of each entry of `weekly`, in file order.
    weekly: Vec<PlacedRanges>,
    /// The same by date.
    dates: Vec<(Date, Span, PlacedRanges)>,
    /// Every holiday, also one that is listed twice.
    holidays: Vec<(Date, Span)>,
}

/// The state of a schedule at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Inside a range.
    Open,
    /// Outside.
    Closed,
    /// A holiday.
    Holiday,
}

/// Minutes since midnight, start included, end excluded. A range whose end is not after its start
/// continues into the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    start: u16,
    end: u16,
}

impl Range {
    /// Whether the minute belongs to the part on the day on which the range starts.
    fn covers(self, minute: u16) -> bool {
        self.start <= minute && (minute < self.end || self.overnight())
    }

    /// Whether the minute belongs to the part on the day after.
    fn covers_after_midnight(self, minute: u16) -> bool {
        self.overnight() && minute < self.end
    }

    fn overnight(self) -> bool {
        self.end <= self.start
    }
}

impl Default for Schedule {
    /// Never open, in UTC.
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            weekly: Default::default(),
            dates: BTreeMap::new(),
            holidays: BTreeSet::new(),
            places: Places::default(),
        }
    }
}

impl Schedule {
    /// The state at this instant.
    ///
    /// A range belongs to the date on which it starts, even after midnight. Ranges in `dates`
    /// replace the weekly ones that start on that date, and none starts on a holiday. A range that
    /// started the evening before continues to its end, unless the new day is a holiday, which
    /// lasts from midnight to midnight.
    pub fn at(&self, instant: jiff::Timestamp) -> Opening {
        let local = self.zone.to_datetime(instant);
        let (date, time) = (local.date(), local.time());
        if self.holidays.contains(&date) {
            return Opening::Holiday;
        }
        let minute = u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
        let today = self.starting_on(date).iter().any(|range| range.covers(minute));
        // jiff's first date has no previous day.
        let open = today
            || date.yesterday().is_ok_and(|yesterday| {
                self.starting_on(yesterday).iter().any(|range| range.covers_after_midnight(minute))
            });
        if open { Opening::Open } else { Opening::Closed }
    }

    /// Whether it has holidays.
    pub fn has_holidays(&self) -> bool {
        !self.holidays.is_empty()
    }

    /// The time zone of its wall clock.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    fn starting_on(&self, date: Date) -> &[Range] {
        if self.holidays.contains(&date) {
            return &[];
        }
        match self.dates.get(&date) {
            Some(ranges) => ranges,
            None => &self.weekly[index(date.weekday())],
        }
    }
}

/// The index of a day in a week that begins on Monday, from 0 to 6.
fn index(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}

/// The bundled time zones, so that results do not depend on the machine's files.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The time zone with this IANA name, from the bundled database.
///
/// # Errors
/// Returns the nearest known name, if any.
pub(crate) fn zone(name: &str) -> Result<TimeZone, Option<String>> {
    ZONES.get(name).map_err(|_| {
        let known: Vec<String> = ZONES.available().map(|name| name.to_string()).collect();
        let near = crate::source::diagnostics::closest(name, known.iter().map(String::as_str)).map(str::to_owned);
        // Users often write only the city.
        let city = name.replace(' ', "_").to_lowercase();
        near.or_else(|| {
            known.iter().find(|known| known.rsplit('/').next().is_some_and(|last| last.to_lowercase() == city)).cloned()
        })
    })
}
