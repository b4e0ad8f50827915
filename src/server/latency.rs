//! Distributions of latencies.

use std::time::Duration;

use crate::source::yaml::{format_duration, parse_duration};

/// A distribution of latencies, in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// A constant.
    Fixed(u64),
    /// Uniform between two bounds.
    Uniform {
        /// The minimum.
        min: u64,
        /// The maximum, not less than `min`.
        max: u64,
    },
    /// Exponential, truncated at a cap.
    Exponential {
        /// The mean before truncation.
        mean: u64,
        /// The maximum.
        cap: u64,
    },
}

/// Why a text is not a latency.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}; {}", Self::HELP)]
pub struct LatencyError {
    /// What is wrong with the text.
    pub(super) reason: String,
}

impl LatencyError {
    /// What to write instead.
    pub(super) const HELP: &'static str =
        "write a time such as '50ms', a range such as '20ms..80ms', or 'exponential 50ms..400ms' (mean and cap)";

    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// Maximum latency, in ms.
const MAX_MS: u64 = 3_600_000;

impl Default for Latency {
    /// Zero.
    fn default() -> Self {
        Self::Fixed(0)
    }
}

impl Latency {
    /// The latency for a uniform draw in 0..1.
    pub(super) fn sample(self, draw: f64) -> Duration {
        match self {
            Self::Fixed(ms) => Duration::from_millis(ms),
            Self::Uniform { min, max } => {
                Duration::from_millis(min)
                    + Duration::from_millis(max.saturating_sub(min)).mul_f64(draw.clamp(0.0, 1.0))
            }
            // The inverse of the distribution function. The logarithm is finite because the draw is
            // below 1.
            Self::Exponential { mean, cap } => {
                let times = -(1.0 - draw.clamp(0.0, 1.0 - f64::EPSILON)).ln();
                Duration::from_millis(mean).mul_f64(times).min(Duration::from_millis(cap))
            }
        }
    }

    /// Whether the latency is always zero.
    pub(super) fn is_zero(self) -> bool {
        matches!(
            self,
            Self::Fixed(0)
                | Self::Uniform { max: 0, .. }
                | Self::Exponential { cap: 0, .. }
                | Self::Exponential { mean: 0, .. }
        )
    }
}

impl std::str::FromStr for Latency {
    type Err = LatencyError;

    fn from_str(text: &str) -> Result<Self, LatencyError> {
        let time = |text: &str| match parse_duration(text.trim()) {
            Ok(ms) if ms > MAX_MS => Err(LatencyError::new(format!("'{}' is longer than an hour", text.trim()))),
            Ok(ms) => Ok(ms),
            Err(reason) => Err(LatencyError::new(reason)),
        };
        let text = text.trim();
        let exponential = text.strip_prefix("exponential ");
        let Some((first, second)) = exponential.unwrap_or(text).split_once("..") else {
            return match exponential {
                Some(_) => Err(LatencyError::new(format!("'{text}' has no cap"))),
                None => time(text).map(Self::Fixed),
            };
        };
        let (first, second) = (time(first)?, time(second)?);
        if second < first {
            let (first, second) = (format_duration(first), format_duration(second));
            return Err(LatencyError::new(format!("'{second}' is less than '{first}'")));
        }
        Ok(match exponential {
            Some(_) => Self::Exponential { mean: first, cap: second },
            None => Self::Uniform { min: first, max: second },
        })
    }
}

impl std::fmt::Display for Latency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Fixed(ms) => f.write_str(&format_duration(ms)),
            Self::Uniform { min, max } => write!(f, "{}..{}", format_duration(min), format_duration(max)),
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
                1 => Latency::Uniform { min: first, max: first + more },
                _ => Latency::Exponential { mean: first, cap: first + more },
            };
            prop_assert_eq!(latency.to_string().parse::<Latency>(), Ok(latency));
        }

        #[test]
        fn a_draw_stays_within_the_bounds(seed in any::<u64>(), k in any::<u64>(), min in 0..1_000_u64, more in 0..1_000_u64) {
            let draw = draw::uniform(seed, 3, k);
            prop_assert!((0.0..1.0).contains(&draw));
            let time = Latency::Uniform { min, max: min + more }.sample(draw);
            prop_assert!(time >= Duration::from_millis(min) && time <= Duration::from_millis(min + more));
            let cut = Latency::Exponential { mean: min, cap: more }.sample(draw);
            prop_assert!(cut <= Duration::from_millis(more));
        }
    }

    #[test]
    fn the_means_are_those_of_the_distributions() {
        let mean = |latency: Latency| {
            (0..20_000).map(|k| latency.sample(draw::uniform(7, 1, k)).as_secs_f64()).sum::<f64>() / 20_000.0 * 1000.0
        };
        assert!((mean(Latency::Uniform { min: 20, max: 80 }) - 50.0).abs() < 0.5);
        assert!((mean(Latency::Exponential { mean: 50, cap: 100_000 }) - 50.0).abs() < 1.0);
    }

    #[test]
    fn other_texts_are_refused_with_the_reason() {
        let reasons: Vec<String> = ["50", "80ms..20ms", "exponential 20ms", "2h", "20ms..", "..", ""]
            .into_iter()
            .map(|text| text.parse::<Latency>().unwrap_err().reason)
            .collect();
        insta::assert_snapshot!(reasons.join("\n"), @r"
        '50' has no unit
        '20ms' is less than '80ms'
        'exponential 20ms' has no cap
        '2h' is longer than an hour
        '' is not a duration
        '' is not a duration
        '' is not a duration
        ");
    }
}
