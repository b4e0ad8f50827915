//! Inclusive lower and upper bounds.

use crate::suite::Bound;

/// Whether a value lies within a bound. A bound with neither end holds for every value.
pub(super) fn within<T: PartialOrd>(bound: &Bound<T>, value: T) -> bool {
    bound.at_least.as_ref().is_none_or(|low| value >= *low) && bound.at_most.as_ref().is_none_or(|high| value <= *high)
}

/// Describes a bound, each end as `show` formats it.
pub(super) fn describe<T: PartialEq + Copy>(bound: &Bound<T>, show: impl Fn(T) -> String) -> String {
    match (bound.at_least, bound.at_most) {
        (Some(low), Some(high)) if low == high => show(low),
        (Some(low), Some(high)) => format!("at least {} and at most {}", show(low), show(high)),
        (Some(low), None) => format!("at least {}", show(low)),
        (None, Some(high)) => format!("at most {}", show(high)),
        (None, None) => "anything".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(at_least: Option<u64>, at_most: Option<u64>) -> Bound<u64> {
        Bound { at_least, at_most }
    }

    #[test]
    fn both_ends_are_included() {
        let both = bound(Some(2), Some(4));
        assert_eq!([1, 2, 3, 4, 5].map(|value| within(&both, value)), [false, true, true, true, false]);
        assert_eq!([1, 2].map(|value| within(&bound(Some(2), None), value)), [false, true]);
        assert_eq!([2, 3].map(|value| within(&bound(None, Some(2)), value)), [true, false]);
        assert!(within(&bound(None, None), u64::MAX));
    }

    #[test]
    fn nan_is_within_no_bound() {
        assert!(!within(&Bound { at_least: Some(0.0), at_most: None }, f64::NAN));
    }

    #[test]
    fn the_description_names_both_ends() {
        let described = |low, high| describe(&bound(low, high), |value| value.to_string());
        assert_eq!(described(Some(2), Some(2)), "2");
        assert_eq!(described(Some(2), Some(4)), "at least 2 and at most 4");
        assert_eq!(described(Some(2), None), "at least 2");
        assert_eq!(described(None, Some(4)), "at most 4");
        assert_eq!(described(None, None), "anything");
    }
}
