//! Reads schedules of flow files.

use jiff::civil::Date;

use super::{Range, Schedule, zone};
use crate::source::diagnostics::{Span, Spanned, quoted};
use crate::source::yaml::{Fields, Node, Reader};

const RULE: &str = "flow/schedule";
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads a schedule; mistakes are reported and left out.
pub(in crate::flow) fn read_schedule(reader: &mut Reader<'_>, node: &Node) -> Schedule {
    let mut schedule = Schedule::default();
    schedule.places.whole = node.span;
    let Some(mut fields) = reader.mapping(node, "a schedule") else { return schedule };
    if let Some(zone) = fields.required(reader, "zone").and_then(|node| reader.text(node, "a time zone")) {
        read_zone(reader, &zone, &mut schedule);
    }
    read_weekly(reader, &mut fields, &mut schedule);
    read_dates(reader, &mut fields, &mut schedule);
    if let Some(node) = fields.take("holidays") {
        for item in reader.one_or_many(node) {
            let text = reader.text(item, "a date");
            let date = text.and_then(|text| Some((read_date(reader, &text.value, text.span)?, text.span)));
            schedule.holidays.extend(date.map(|(date, _)| date));
            schedule.places.holidays.extend(date);
        }
    }
    fields.finish(reader);
    schedule
}

fn read_zone(reader: &mut Reader<'_>, name: &Spanned<String>, schedule: &mut Schedule) {
    match zone(&name.value) {
        Ok(zone) => schedule.zone = zone,
        Err(near) => {
            let error =
                reader.error("flow/unknown-zone", name.span, format!("unknown time zone {}", quoted(&name.value)));
            reader.report(match near {
                Some(near) => error.help(format!("did you mean '{near}'?")).replacement(near),
                None => error.help("write the IANA name of a zone, such as America/New_York"),
            });
        }
    }
}

fn read_weekly(reader: &mut Reader<'_>, fields: &mut Fields<'_>, schedule: &mut Schedule) {
    let Some(node) = fields.take("weekly") else { return };
    let mut named = [false; 7];
    for entry in reader.entries(node, "a mapping of days to opening hours").unwrap_or_default() {
        let ranges = read_ranges(reader, &entry.value);
        for day in read_days(reader, &entry.key) {
            if std::mem::replace(&mut named[day], true) {
                let message = format!("'{}' has its opening hours already", DAYS[day]);
                let error = reader.error(RULE, entry.key.span, message);
                reader.report(error.help("write all ranges of a day in one list"));
                continue;
            }
            schedule.weekly[day] = alone(&ranges);
        }
        schedule.places.weekly.push(ranges);
    }
}

/// Reads days such as `mon-fri`, `sat`, `mon,wed` or `daily`.
fn read_days(reader: &mut Reader<'_>, key: &Spanned<Box<str>>) -> Vec<usize> {
    if &*key.value == "daily" {
        return (0..7).collect();
    }
    let mut days = Vec::new();
    for part in key.value.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let find = |day: &str| DAYS.iter().position(|&known| known == day.trim());
        let (Some(first), Some(last)) = (find(first), find(last)) else {
            let error = reader.error(RULE, key.span, format!("{} names no days of the week", quoted(&key.value)));
            reader.report(error.help("write days such as mon-fri, sat, 'mon,wed' or daily"));
            return Vec::new();
        };
        // `fri-mon` wraps around the weekend.
        days.extend((0..=(last + 7 - first) % 7).map(|offset| (first + offset) % 7));
    }
    days
}

fn read_dates(reader: &mut Reader<'_>, fields: &mut Fields<'_>, schedule: &mut Schedule) {
    let Some(node) = fields.take("dates") else { return };
    for entry in reader.entries(node, "a mapping of dates to opening hours").unwrap_or_default() {
        let ranges = read_ranges(reader, &entry.value);
        if let Some(date) = read_date(reader, &entry.key.value, entry.key.span) {
            schedule.dates.insert(date, alone(&ranges));
            schedule.places.dates.push((date, entry.key.span, ranges));
        }
    }
}

fn read_date(reader: &mut Reader<'_>, text: &str, span: Span) -> Option<Date> {
    // jiff also accepts `20261224` and dates with times; only one spelling of a date is allowed.
    let written = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let date = text.parse::<Date>().ok().filter(|_| written);
    if date.is_none() {
        let message = format!("{} is not a date that exists", quoted(text));
        let error = reader.error(RULE, span, message).help("write year, month and day, such as \"2026-12-24\"");
        reader.report(error);
    }
    date
}

/// The ranges without their spans.
fn alone(ranges: &[(Range, Span)]) -> Vec<Range> {
    ranges.iter().map(|&(range, _)| range).collect()
}

fn read_ranges(reader: &mut Reader<'_>, node: &Node) -> Vec<(Range, Span)> {
    let mut ranges = Vec::new();
    for item in reader.one_or_many(node) {
        let Some(text) = reader.text(item, "opening hours") else { continue };
        match range(&text.value) {
            Ok(range) => ranges.push((range, text.span)),
            Err(reason) => {
                let error = reader.error(RULE, text.span, format!("{} {reason}", quoted(&text.value)));
                reader.report(error.help("write opening hours such as \"09:00-17:00\" or \"22:00-06:00\""));
            }
        }
    }
    ranges
}

fn range(text: &str) -> Result<Range, &'static str> {
    let (start, end) = text.split_once('-').ok_or("is not a range of times")?;
    let (Some(start), Some(end)) = (minutes(start.trim()), minutes(end.trim())) else {
        return Err("is not a range of times");
    };
    match (start, end) {
        (1440, _) => Err("starts at 24:00, which is 00:00 of the next day"),
        (start, end) if start == end => Err("starts where it ends; a whole day is 00:00-24:00"),
        _ => Ok(Range { start, end }),
    }
}

/// Parses `HH:MM`, up to 24:00, into minutes since midnight.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str| {
        let written = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|_| written)
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (minutes < 60 && hours * 60 + minutes <= 1440).then_some(hours * 60 + minutes)
}
