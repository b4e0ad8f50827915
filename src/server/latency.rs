//! How long something takes.

use std::time::Duration;

use crate::source::yaml::{format_duration, parse_duration};

/// A distribution of times, in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// Always the same.
    Fixed(u64),
    /// Anything between both, equally likely.
    Uniform {
        /// The shortest.
        least: u64,
        /// The longest, at least `least`.
        most: u64,
    },
    /// Often short, sometimes long: exponential, cut at a cap.
    Exponential {
        /// The mean before the cut.
        mean: u64,
        /// The longest.
        cap: u64,
    },
}

/// A text that is no distribution.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}; write a time such as '50ms', a range such as '20ms..80ms', or 'exponential 50ms..400ms' (mean and cap)")]
pub struct LatencyError(String);

/// Nothing is delayed longer than this, in ms.
const MOST: u64 = 3_600_000;

impl Default for Latency {
    /// No time.
    fn default() -> Self {
        Self::Fixed(0)
    }
}

impl Latency {
    /// The time for a draw in 0..1.
    pub(super) fn at(self, draw: f64) -> Duration {
        match self {
            Self::Fixed(ms) => Duration::from_millis(ms),
            Self::Uniform { least, most } => {
                Duration::from_millis(least)
                    + Duration::from_millis(most.saturating_sub(least)).mul_f64(draw.clamp(0.0, 1.0))
            }
            // The inverse of the distribution function; the draw is below 1, so that the logarithm is finite.
            Self::Exponential { mean, cap } => {
                let times = -(1.0 - draw.clamp(0.0, 1.0 - f64::EPSILON)).ln();
                Duration::from_millis(mean).mul_f64(times).min(Duration::from_millis(cap))
            }
        }
    }

    /// Whether it is never more than nothing.
    pub(super) fn is_zero(self) -> bool {
        matches!(
            self,
            Self::Fixed(0)
                | Self::Uniform { most: 0, .. }
                | Self::Exponential { cap: 0, .. }
                | Self::Exponential { mean: 0, .. }
        )
    }
}

impl std::str::FromStr for Latency {
    type Err = LatencyError;

    fn from_str(text: &str) -> Result<Self, LatencyError> {
        let time = |text: &str| match parse_duration(text.trim()) {
            Ok(ms) if ms > MOST => Err(LatencyError(format!("'{}' is longer than an hour", text.trim()))),
            Ok(ms) => Ok(ms),
            Err(reason) => Err(LatencyError(reason)),
        };
        let text = text.trim();
        let exponential = text.strip_prefix("exponential ");
        let Some((first, second)) = exponential.unwrap_or(text).split_once("..") else {
            return match exponential {
                Some(_) => Err(LatencyError(format!("'{text}' has no cap"))),
                None => time(text).map(Self::Fixed),
            };
        };
        let (first, second) = (time(first)?, time(second)?);
        if second < first {
            let (first, second) = (format_duration(first), format_duration(second));
            return Err(LatencyError(format!("'{second}' is less than '{first}'")));
        }
        Ok(match exponential {
            Some(_) => Self::Exponential { mean: first, cap: second },
            None => Self::Uniform { least: first, most: second },
        })
    }
}

impl std::fmt::Display for Latency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Fixed(ms) => f.write_str(&format_duration(ms)),
            Self::Uniform { least, most } => write!(f, "{}..{}", format_duration(least), format_duration(most)),
            Self::Exponential { mean, cap } => {
                write!(f, "exponential {}..{}", format_duration(mean), format_duration(cap))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::draw;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(first in 0..10_000_u64, more in 0..10_000_u64, form in 0..3) {
            let latency = match form {
                0 => Latency::Fixed(first),
                1 => Latency::Uniform { least: first, most: first + more },
                _ => Latency::Exponential { mean: first, cap: first + more },
            };
            prop_assert_eq!(latency.to_string().parse::<Latency>(), Ok(latency));
        }

        #[test]
        fn a_draw_stays_within_the_bounds(seed in any::<u64>(), k in any::<u64>(), least in 0..1_000_u64, more in 0..1_000_u64) {
            let draw = draw::unit(seed, 3, k);
            prop_assert!((0.0..1.0).contains(&draw));
            let time = Latency::Uniform { least, most: least + more }.at(draw);
            prop_assert!(time >= Duration::from_millis(least) && time <= Duration::from_millis(least + more));
            let cut = Latency::Exponential { mean: least, cap: more }.at(draw);
            prop_assert!(cut <= Duration::from_millis(more));
        }
    }

    #[test]
    fn the_means_are_those_of_the_distributions() {
        let mean = |latency: Latency| {
            (0..20_000).map(|k| latency.at(draw::unit(7, 1, k)).as_secs_f64()).sum::<f64>() / 20_000.0 * 1000.0
        };
        assert!((mean(Latency::Uniform { least: 20, most: 80 }) - 50.0).abs() < 0.5);
        assert!((mean(Latency::Exponential { mean: 50, cap: 100_000 }) - 50.0).abs() < 1.0);
    }

    #[test]
    fn other_texts_are_refused_with_the_reason() {
        let reasons: Vec<String> = ["50", "80ms..20ms", "exponential 20ms", "2h", "20ms..", "..", ""]
            .into_iter()
            .map(|text| text.parse::<Latency>().unwrap_err().0)
            .collect();
        insta::assert_snapshot!(reasons.join("\n"), @r"
        '50' has no unit
        '20ms' is less than '80ms'
        'exponential 20ms' has no cap
        '2h' is longer than an hour
        '' is not a length of time
        '' is not a length of time
        '' is not a length of time
        ");
    }
}
