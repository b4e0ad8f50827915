//! System variables: facts about the call and the clock that expressions can read.

/// A value of the call itself, in addition to its variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum System {
    /// `call.ani`, the caller's number, a text.
    CallAni,
    /// `call.dnis`, the number called, a text.
    CallDnis,
    /// `clock.date`, a text such as `2026-03-02`.
    ClockDate,
    /// `clock.time`, a text such as `10:05`, in 24 hours.
    ClockTime,
    /// `clock.hour`, an integer from 0 to 23.
    ClockHour,
    /// `clock.minute`, an integer from 0 to 59.
    ClockMinute,
    /// `clock.weekday`, a text: `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`.
    ClockWeekday,
}

impl System {
    /// All of them.
    pub const ALL: [System; 7] = [
        Self::CallAni,
        Self::CallDnis,
        Self::ClockDate,
        Self::ClockTime,
        Self::ClockHour,
        Self::ClockMinute,
        Self::ClockWeekday,
    ];

    /// Its name in expressions, for example `call.ani`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CallAni => "call.ani",
            Self::CallDnis => "call.dnis",
            Self::ClockDate => "clock.date",
            Self::ClockTime => "clock.time",
            Self::ClockHour => "clock.hour",
            Self::ClockMinute => "clock.minute",
            Self::ClockWeekday => "clock.weekday",
        }
    }

    /// Whether its value depends on the time of evaluation.
    pub const fn is_clock(self) -> bool {
        !matches!(self, Self::CallAni | Self::CallDnis)
    }

    /// Whether variables cannot have this name, because it is the first part of the names above.
    pub fn is_reserved(name: &str) -> bool {
        matches!(name, "call" | "clock")
    }

    /// The members of a reserved name, in the order above.
    pub(super) fn members(group: &str) -> impl Iterator<Item = (&'static str, System)> {
        Self::ALL.into_iter().filter_map(move |system| {
            let (first, member) = system.name().split_once('.')?;
            (first == group).then_some((member, system))
        })
    }
}
