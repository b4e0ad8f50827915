//! What an answer of the platform means for what was sent. No I/O.

/// What becomes of what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// It has arrived.
    Accepted,
    /// It may arrive later.
    Again,
    /// It is too much at once.
    TooLarge,
    /// The platform does not take it as it is.
    Refused,
    /// The platform refuses the token.
    Unauthorized,
    /// The address, or what this client may do there, is wrong: nothing will arrive until somebody mends it.
    Closed,
}

/// What a status means; `proven` is whether the platform has taken a result before, so that address and rights are right.
pub(super) fn judge(status: u16, proven: bool) -> Judgement {
    match status {
        200..=299 => Judgement::Accepted,
        401 => Judgement::Unauthorized,
        413 => Judgement::TooLarge,
        // 409 is what a platform answers while it still works on an earlier try with the same idempotency key.
        408 | 409 | 425 | 429 | 500..=599 => Judgement::Again,
        // Redirects are not followed.
        300..=399 | 407 => Judgement::Closed,
        403..=405 if !proven => Judgement::Closed,
        _ => Judgement::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_meaning() {
        use Judgement::*;
        for (statuses, meaning) in [
            (vec![200, 201, 202, 204, 299], Accepted),
            (vec![301, 302, 307, 407], Closed),
            (vec![400, 402, 406, 410, 415, 422, 451], Refused),
            (vec![401], Unauthorized),
            (vec![413], TooLarge),
            (vec![408, 409, 425, 429, 500, 501, 502, 503, 504, 599], Again),
        ] {
            for status in statuses {
                assert_eq!((judge(status, false), judge(status, true)), (meaning, meaning), "{status}");
            }
        }
        for status in [403, 404, 405] {
            assert_eq!((judge(status, false), judge(status, true)), (Closed, Refused), "{status}");
        }
    }
}
