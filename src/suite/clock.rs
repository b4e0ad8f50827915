//! Reads `clock`: the time at which a call arrives.

use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::{Placed, rules};
use crate::simulator::Clock;
use crate::source::diagnostics::{Diagnostic, closest, quoted};
use crate::source::yaml::{Node, Reader};

/// One `clock` as written; missing keys come from the defaults.
#[derive(Clone, Debug, Default)]
pub(super) struct ClockPatch {
    at: Option<Placed<At>>,
    zone: Option<Placed<TimeZone>>,
}

/// A time as written.
#[derive(Clone, Copy, Debug)]
enum At {
    /// With an offset or `Z`.
    Instant(jiff::Timestamp),
    /// A time of the zone's clocks.
    Local(civil::DateTime),
}

impl ClockPatch {
    /// Reads a `clock`.
    pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let mut fields = reader.mapping(node, "a clock")?;
        let at = fields.take("at").map(|node| at(node, reader));
        let zone = fields.take("zone").map(|node| zone(node, reader));
        fields.finish(reader);
        Some(Self { at: super::keypad::transpose(at)?, zone: super::keypad::transpose(zone)? })
    }

    /// Merges with defaults; keys of `self` take precedence.
    pub(super) fn over(&self, defaults: &Self) -> Self {
        Self {
            at: self.at.clone().or_else(|| defaults.at.clone()),
            zone: self.zone.clone().or_else(|| defaults.zone.clone()),
        }
    }

    /// The instant; none if no clock is given. A local time that the zone skips is an error.
    pub(super) fn resolve(&self) -> Result<Option<Clock>, Box<Diagnostic>> {
        let Some(at) = &self.at else { return Ok(None) };
        let zone = self.zone.as_ref().map_or(TimeZone::UTC, |zone| zone.value.clone());
        let local = match at.value {
            At::Instant(at) => return Ok(Some(Clock { at, zone })),
            At::Local(local) => local,
        };
        let ambiguous = zone.to_ambiguous_timestamp(local);
        if let AmbiguousOffset::Gap { before, after } = ambiguous.offset() {
            let name = zone.iana_name().unwrap_or("this zone");
            let skipped = after.seconds() - before.seconds();
            let skipped = crate::source::yaml::format_duration(u64::from(skipped.unsigned_abs()) * 1000);
            let message = format!(
                "the time {} does not exist in {name}: its clocks skip {skipped} there",
                quoted(&local.to_string())
            );
            let diagnostic = Diagnostic::error(rules::CLOCK, &at.source, at.span, message);
            return Err(Box::new(
                diagnostic.help("take a time before or after, or write an instant such as 2026-03-02T10:00:00Z"),
            ));
        }
        // Of a time that the clocks show twice the first.
        match ambiguous.earlier() {
            Ok(at) => Ok(Some(Clock { at, zone })),
            Err(_) => Err(Box::new(Diagnostic::error(rules::CLOCK, &at.source, at.span, "this time is out of range"))),
        }
    }
}

fn at(node: &Node, reader: &mut Reader<'_>) -> Option<Placed<At>> {
    let text = reader.text(node, "a date and time")?;
    let trimmed = text.trim();
    let at = if trimmed.contains('[') {
        None
    } else if let Ok(instant) = trimmed.parse::<jiff::Timestamp>() {
        Some(At::Instant(instant))
    } else {
        // A date alone would be read as midnight, which is hardly what was meant.
        trimmed.parse::<civil::DateTime>().ok().filter(|_| trimmed.contains([':', 'T', 't'])).map(At::Local)
    };
    if at.is_none() {
        let message = format!("{} is not a date and time", quoted(&text));
        let diagnostic = reader
            .error(rules::CLOCK, node.span, message)
            .help("write a local time such as 2026-03-02T10:00:00, or an instant such as 2026-03-02T10:00:00Z");
        reader.report(diagnostic);
    }
    Some(Placed { value: at?, source: reader.source().clone(), span: node.span })
}

fn zone(node: &Node, reader: &mut Reader<'_>) -> Option<Placed<TimeZone>> {
    let name = reader.text(node, "a time zone")?;
    if let Ok(zone) = TimeZone::get(&name) {
        return Some(Placed { value: zone, source: reader.source().clone(), span: node.span });
    }
    let diagnostic = reader.error(rules::CLOCK, node.span, format!("there is no time zone {}", quoted(&name)));
    let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    let city =
        known.iter().find(|known| known.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(name.trim())));
    let near = city.map(String::as_str).or_else(|| closest(&name, known.iter().map(String::as_str)));
    reader.report(match near {
        Some(near) => diagnostic.help(format!("did you mean '{near}'?")).replacement(near),
        None => diagnostic.help("write a name of the IANA database such as America/New_York, or UTC"),
    });
    None
}
