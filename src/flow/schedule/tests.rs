//! Opening hours, by hand at every boundary and against a table of all minutes.

use std::collections::HashSet;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::flow::read::RULES;
use crate::source::diagnostics::{Diagnostics, Source};
use crate::source::yaml::{Limits, Reader, parse};

fn schedule(text: &str) -> Schedule {
    let source = Source::new("schedule.yaml", text);
    let mut diagnostics = Diagnostics::new();
    let node = parse(&source, &Limits::default(), &mut diagnostics).expect("a tree");
    let schedule = read_schedule(&mut Reader::new(&source, &RULES, &mut diagnostics), &node);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    schedule
}

/// What the schedule says of an instant, given as RFC 3339.
fn at(schedule: &Schedule, instant: &str) -> Opening {
    schedule.at(instant.parse().expect("an instant"))
}

/// What it says when the wall clock of its zone shows this; the first time of two.
fn local(schedule: &Schedule, time: &str) -> Opening {
    let time: jiff::civil::DateTime = time.parse().expect("a civil time");
    schedule.at(schedule.zone.to_timestamp(time).expect("an instant"))
}

use Opening::{Closed, Holiday, Open};

#[test]
fn the_start_belongs_to_a_range_and_the_end_does_not() {
    let office = schedule("{ zone: America/New_York, weekly: { mon-fri: ['09:00-17:00'], sat: ['10:00-24:00'] } }");
    // 2026-03-02 is a Monday.
    for (time, expected) in [
        ("2026-03-02T08:59:59.999", Closed),
        ("2026-03-02T09:00", Open),
        ("2026-03-02T16:59:59.999", Open),
        ("2026-03-02T17:00", Closed),
        ("2026-03-06T16:59", Open),
        ("2026-03-07T09:59", Closed),
        ("2026-03-07T10:00", Open),
        ("2026-03-07T23:59:59.999", Open),
        ("2026-03-08T00:00", Closed),
        ("2026-03-08T12:00", Closed),
    ] {
        assert_eq!(local(&office, time), expected, "{time}");
    }
    assert_eq!(at(&office, "2026-03-02T14:00:00Z"), Open, "New York is five hours behind in winter");
    assert_eq!(at(&office, "2026-03-02T13:59:59Z"), Closed);
}

#[test]
fn days_of_the_week() {
    let all = schedule("{ zone: UTC, weekly: { daily: ['00:00-24:00'] } }");
    let weekend = schedule("{ zone: UTC, weekly: { sat-sun: ['00:00-24:00'] } }");
    let wrapped = schedule("{ zone: UTC, weekly: { fri-mon: ['00:00-24:00'], 'tue, thu': [] } }");
    let open = |schedule: &Schedule| -> String {
        let days = (2..9).map(|day| local(schedule, &format!("2026-03-{day:02}T12:00")) == Open);
        days.map(|open| if open { 'x' } else { '.' }).collect()
    };
    assert_eq!(open(&all), "xxxxxxx");
    assert_eq!(open(&weekend), ".....xx");
    assert_eq!(open(&wrapped), "x...xxx");
}

#[test]
fn a_range_past_midnight_belongs_to_the_date_on_which_it_starts() {
    let bar = schedule(
        "zone: UTC\nweekly: { fri: ['22:00-06:00'] }\ndates: { '2026-03-13': ['20:00-01:00'], '2026-03-20': [] }\n\
         holidays: ['2026-03-27', '2026-04-04']",
    );
    for (time, expected) in [
        ("2026-03-06T21:59", Closed),
        ("2026-03-06T22:00", Open),
        ("2026-03-07T00:00", Open),
        ("2026-03-07T05:59", Open),
        ("2026-03-07T06:00", Closed),
        // The date's own range replaces the whole of the weekly one, the part after midnight too.
        ("2026-03-13T20:00", Open),
        ("2026-03-14T00:59", Open),
        ("2026-03-14T01:00", Closed),
        ("2026-03-20T23:00", Closed),
        ("2026-03-21T02:00", Closed),
        // None starts on a holiday.
        ("2026-03-27T23:00", Holiday),
        ("2026-03-28T02:00", Closed),
        // One that is under way gives way to a holiday.
        ("2026-04-03T23:59", Open),
        ("2026-04-04T00:00", Holiday),
        ("2026-04-04T23:59", Holiday),
        ("2026-04-05T00:00", Closed),
    ] {
        assert_eq!(local(&bar, time), expected, "{time}");
    }
}

#[test]
fn a_date_replaces_the_ranges_that_start_on_it_but_not_those_of_the_evening_before() {
    let bar = schedule("{ zone: UTC, weekly: { daily: ['22:00-06:00'] }, dates: { '2026-03-10': ['12:00-13:00'] } }");
    for (time, expected) in [
        ("2026-03-10T05:59", Open),
        ("2026-03-10T06:00", Closed),
        ("2026-03-10T12:30", Open),
        ("2026-03-10T22:00", Closed),
        ("2026-03-11T02:00", Closed),
        ("2026-03-11T22:00", Open),
    ] {
        assert_eq!(local(&bar, time), expected, "{time}");
    }
}

#[test]
fn the_hour_that_is_skipped_in_spring() {
    // In New York 02:00 EST is 03:00 EDT on 2026-03-08.
    let night = schedule("{ zone: America/New_York, weekly: { sun: ['02:30-03:30'] } }");
    assert_eq!(at(&night, "2026-03-08T06:59:59Z"), Closed, "01:59:59 EST");
    assert_eq!(at(&night, "2026-03-08T07:00:00Z"), Open, "03:00 EDT: half past two never came, but is past");
    assert_eq!(at(&night, "2026-03-08T07:29:59Z"), Open);
    assert_eq!(at(&night, "2026-03-08T07:30:00Z"), Closed);
    let office = schedule("{ zone: America/New_York, weekly: { mon: ['09:00-17:00'] } }");
    assert_eq!(at(&office, "2026-03-02T13:59:59Z"), Closed, "before the change 09:00 is 14:00 UTC");
    assert_eq!(at(&office, "2026-03-09T12:59:59Z"), Closed, "after it 13:00 UTC");
    assert_eq!(at(&office, "2026-03-09T13:00:00Z"), Open);
}

#[test]
fn the_hour_that_comes_twice_in_autumn() {
    // In Berlin 03:00 CEST is 02:00 CET on 2026-10-25.
    let night = schedule("{ zone: Europe/Berlin, weekly: { sun: ['02:15-02:45'] } }");
    for (instant, expected) in [
        ("2026-10-25T00:14:59Z", Closed),
        ("2026-10-25T00:15:00Z", Open),
        ("2026-10-25T00:44:59Z", Open),
        ("2026-10-25T00:45:00Z", Closed),
        ("2026-10-25T01:14:59Z", Closed),
        ("2026-10-25T01:15:00Z", Open),
        ("2026-10-25T01:44:59Z", Open),
        ("2026-10-25T01:45:00Z", Closed),
    ] {
        assert_eq!(at(&night, instant), expected, "{instant}");
    }
}

#[test]
fn zones_by_name() {
    assert!(zone("Europe/Berlin").is_ok());
    assert_eq!(zone("Europe/Berln").unwrap_err().as_deref(), Some("Europe/Berlin"));
    assert_eq!(zone("new york").unwrap_err().as_deref(), Some("America/New_York"));
    assert_eq!(zone("../../etc/passwd").unwrap_err(), None);
}

const FIRST: Date = date(2026, 10, 19);
const DAYS: i32 = 10;
const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Ranges in quarters of an hour, as `(start, end)` in minutes.
fn ranges() -> impl Strategy<Value = Vec<(u32, u32)>> {
    let range = (0_u32..96, 0_u32..=96).prop_filter("a start is no end", |(start, end)| start != end);
    prop::collection::vec(range.prop_map(|(start, end)| (start * 15, end * 15)), 0..3)
}

fn listed(ranges: &[(u32, u32)]) -> String {
    let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let ranges: Vec<_> = ranges.iter().map(|&(start, end)| format!("'{}-{}'", clock(start), clock(end))).collect();
    format!("[{}]", ranges.join(", "))
}

fn day(offset: i32) -> Date {
    FIRST + jiff::Span::new().days(offset)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// The table is filled range by range, minute by minute, in wall-clock time.
    #[test]
    fn it_agrees_with_a_table_of_all_minutes(
        weekly in prop::collection::vec(ranges(), 7),
        dates in prop::collection::btree_map(0_i32..DAYS, ranges(), 0..4),
        holidays in prop::collection::btree_set(0_i32..DAYS, 0..3),
        zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    ) {
        let mut text = format!("zone: {zone}\nweekly:\n");
        for (name, ranges) in NAMES.iter().zip(&weekly) {
            text.push_str(&format!("  {name}: {}\n", listed(ranges)));
        }
        text.push_str("dates:\n");
        for (offset, ranges) in &dates {
            text.push_str(&format!("  {}: {}\n", day(*offset), listed(ranges)));
        }
        let off: Vec<String> = holidays.iter().map(|&offset| format!("'{}'", day(offset))).collect();
        text.push_str(&format!("holidays: [{}]\n", off.join(", ")));
        let schedule = schedule(&text);

        let mut open: HashSet<(Date, u32)> = HashSet::new();
        for offset in -1..=DAYS {
            let of_the_day = dates.get(&offset).unwrap_or(&weekly[offset.rem_euclid(7) as usize]);
            for &(start, end) in of_the_day.iter().filter(|_| !holidays.contains(&offset)) {
                let end = if end <= start { end + 1440 } else { end };
                for minute in start..end {
                    open.insert((day(offset + (minute / 1440) as i32), minute % 1440));
                }
            }
        }
        // Every minute of time, not of the wall clock: the hour that comes twice is asked for
        // twice.
        let mut instant = schedule.zone.to_timestamp(day(0).at(0, 0, 0, 0)).expect("an instant");
        for _ in 0..DAYS * 1440 - 120 {
            let shown = schedule.zone.to_datetime(instant);
            let minute = shown.hour() as u32 * 60 + shown.minute() as u32;
            let is_off = holidays.iter().any(|&offset| day(offset) == shown.date());
            let expected = match open.contains(&(shown.date(), minute)) {
                _ if is_off => Holiday,
                true => Open,
                false => Closed,
            };
            prop_assert_eq!(schedule.at(instant), expected, "at {} in\n{}", shown, text);
            instant += jiff::SignedDuration::from_mins(1);
        }
    }
}
