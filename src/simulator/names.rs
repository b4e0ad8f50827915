//! The outcomes of calls that are not a flow's own dispositions.

use std::sync::LazyLock;

use crate::flow::Name;

pub(super) static COMPLETED: LazyLock<Name> = LazyLock::new(|| "completed".into());
pub(super) static TRANSFERRED: LazyLock<Name> = LazyLock::new(|| "transferred".into());
pub(super) static HUNG_UP: LazyLock<Name> = LazyLock::new(|| "hung_up".into());
pub(super) static ABANDONED: LazyLock<Name> = LazyLock::new(|| "abandoned".into());
pub(super) static FAILED: LazyLock<Name> = LazyLock::new(|| "failed".into());
