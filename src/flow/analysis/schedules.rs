//! `flow/schedule-gap` and `flow/schedule-overlap`

use super::subject::Subject;
use crate::flow::schedule::FlawKind;
use crate::source::diagnostics::rules::{SCHEDULE_GAP, SCHEDULE_OVERLAP};
use crate::source::diagnostics::{Diagnostics, Location, quoted};

/// Reports probable mistakes in the schedules of a flow.
pub(super) fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    let source = &subject.flow.source;
    for (name, schedule) in &subject.flow.schedules {
        let name = quoted(name);
        for flaw in schedule.flaws() {
            let (rule, message, help) = match flaw.kind {
                FlawKind::NeverOpen => (
                    &SCHEDULE_GAP,
                    format!("schedule {name} never opens"),
                    "add a range to 'weekly' or 'dates', such as \"09:00-17:00\"",
                ),
                FlawKind::MinuteBetween => (
                    &SCHEDULE_GAP,
                    format!("schedule {name} is closed for the one minute before the next range"),
                    "the end of a range is exclusive: start the next range where this one ends",
                ),
                FlawKind::MinuteToMidnight => (
                    &SCHEDULE_GAP,
                    format!("schedule {name} is closed for the last minute of the day"),
                    "the end of a range is exclusive: write 24:00",
                ),
                FlawKind::Overlap => (
                    &SCHEDULE_OVERLAP,
                    format!("two ranges of one day overlap in schedule {name}"),
                    "make one range of them, or let one start where the other ends",
                ),
                FlawKind::DateIsHoliday => (
                    &SCHEDULE_OVERLAP,
                    format!("schedule {name} has opening hours for a date that is a holiday"),
                    "holidays come before 'dates': keep one of the two",
                ),
                FlawKind::HolidayTwice => {
                    (&SCHEDULE_OVERLAP, format!("schedule {name} lists a holiday twice"), "remove one of the two")
                }
            };
            let mut diagnostic = rule.finding(source, flaw.span, message).help(help);
            if let Some(span) = flaw.other {
                diagnostic = diagnostic.related(Location { source: source.clone(), span }, "the other one");
            }
            found.push(diagnostic);
        }
    }
}
