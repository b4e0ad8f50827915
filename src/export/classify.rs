//! Classifies the responses of the platform.

/// The meaning of a response for the results in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResponseClass {
    /// The platform has the results.
    Accepted,
    /// A retry may succeed.
    Retry,
    /// The request is too large.
    TooLarge,
    /// The platform rejects the results as they are.
    Rejected,
    /// The platform rejects the token.
    Unauthorized,
    /// The address or the rights are wrong: no request can succeed until the configuration changes.
    Stopped,
}

/// Classifies a status. `has_accepted` says whether the platform accepted a result before, which
/// proves that address and rights are right.
pub(super) fn classify_response(status: u16, has_accepted: bool) -> ResponseClass {
    match status {
        200..=299 => ResponseClass::Accepted,
        401 => ResponseClass::Unauthorized,
        413 => ResponseClass::TooLarge,
        // A platform answers 409 while it still processes an earlier attempt with the same
        // idempotency key.
        408 | 409 | 425 | 429 | 500..=599 => ResponseClass::Retry,
        // Redirects are not followed.
        300..=399 | 407 => ResponseClass::Stopped,
        403..=405 if !has_accepted => ResponseClass::Stopped,
        _ => ResponseClass::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_classified() {
        use ResponseClass::*;
        for (statuses, meaning) in [
            (vec![200, 201, 202, 204, 299], Accepted),
            (vec![301, 302, 307, 407], Stopped),
            (vec![400, 402, 406, 410, 415, 422, 451], Rejected),
            (vec![401], Unauthorized),
            (vec![413], TooLarge),
            (vec![408, 409, 425, 429, 500, 501, 502, 503, 504, 599], Retry),
        ] {
            for status in statuses {
                assert_eq!(
                    (classify_response(status, false), classify_response(status, true)),
                    (meaning, meaning),
                    "{status}"
                );
            }
        }
        for status in [403, 404, 405] {
            assert_eq!(
                (classify_response(status, false), classify_response(status, true)),
                (Stopped, Rejected),
                "{status}"
            );
        }
    }
}
