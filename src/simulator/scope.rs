//! What expressions see of a call.

use super::frame::Frame;
use super::request::Request;
use crate::flow::Value;
use crate::flow::expression::{EvaluationError, Scope, System};

/// The call at one moment of virtual time.
pub(super) struct View<'a> {
    pub frame: &'a Frame,
    pub request: &'a Request,
    pub now: u64,
}

impl Scope for View<'_> {
    fn variable(&self, slot: usize) -> Option<&Value> {
        self.frame.get(slot)
    }

    fn system(&self, name: System) -> Result<Value, EvaluationError> {
        let number = |number: &Option<crate::flow::Name>, name| match number {
            Some(number) => Ok(Value::Text(number.clone())),
            None => Err(EvaluationError::NoCall { name }),
        };
        let civil = || self.civil().ok_or(EvaluationError::NoClock);
        Ok(match name {
            System::CallAni => number(&self.request.call.ani, name.name())?,
            System::CallDnis => number(&self.request.call.dnis, name.name())?,
            System::ClockDate => Value::from(civil()?.date().to_string()),
            System::ClockTime => {
                let civil = civil()?;
                Value::from(format!("{:02}:{:02}", civil.hour(), civil.minute()))
            }
            System::ClockHour => Value::Integer(i64::from(civil()?.hour())),
            System::ClockMinute => Value::Integer(i64::from(civil()?.minute())),
            System::ClockWeekday => Value::from(weekday(civil()?.weekday())),
        })
    }
}

impl View<'_> {
    fn civil(&self) -> Option<jiff::civil::DateTime> {
        let clock = self.request.clock.as_ref()?;
        Some(clock.zone.to_datetime(instant(clock.at, self.now)))
    }
}

/// The instant so many ms after another; the last one of the calendar where there is none.
pub(super) fn instant(start: jiff::Timestamp, ms: u64) -> jiff::Timestamp {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    start.checked_add(jiff::SignedDuration::from_millis(ms)).unwrap_or(jiff::Timestamp::MAX)
}

fn weekday(day: jiff::civil::Weekday) -> &'static str {
    use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    match day {
        Monday => "mon",
        Tuesday => "tue",
        Wednesday => "wed",
        Thursday => "thu",
        Friday => "fri",
        Saturday => "sat",
        Sunday => "sun",
    }
}
