//! Lower and upper bounds, both included.

use crate::suite::Bound;

/// Whether a value lies within a bound; a bound with neither end holds for everything.
pub(super) fn within<T: PartialOrd>(bound: &Bound<T>, value: T) -> bool {
    bound.at_least.as_ref().is_none_or(|low| value >= *low) && bound.at_most.as_ref().is_none_or(|high| value <= *high)
}

/// A bound in words, each end as `show` writes it.
pub(super) fn words<T: PartialEq + Copy>(bound: &Bound<T>, show: impl Fn(T) -> String) -> String {
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
    fn both_ends_belong_to_it() {
        let both = bound(Some(2), Some(4));
        assert_eq!([1, 2, 3, 4, 5].map(|value| within(&both, value)), [false, true, true, true, false]);
        assert_eq!([1, 2].map(|value| within(&bound(Some(2), None), value)), [false, true]);
        assert_eq!([2, 3].map(|value| within(&bound(None, Some(2)), value)), [true, false]);
        assert!(within(&bound(None, None), u64::MAX));
    }

    #[test]
    fn a_number_that_is_none_is_in_no_bound() {
        assert!(!within(&Bound { at_least: Some(0.0), at_most: None }, f64::NAN));
    }

    #[test]
    fn words_name_both_ends() {
        let said = |low, high| words(&bound(low, high), |value| value.to_string());
        assert_eq!(said(Some(2), Some(2)), "2");
        assert_eq!(said(Some(2), Some(4)), "at least 2 and at most 4");
        assert_eq!(said(Some(2), None), "at least 2");
        assert_eq!(said(None, Some(4)), "at most 4");
        assert_eq!(said(None, None), "anything");
    }
}
