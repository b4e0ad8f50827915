//! Limits of a submission.

/// Limits of a submission's size and cost. A submission that exceeds one is refused with 400 and
/// the field's name. The defaults of the first four are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubmissionLimits {
    /// Maximum number of items of `dtmfSequence` or `simulationOptions.keypad`.
    pub dtmf_items: usize,
    /// Maximum number of members of `variableStateMatrix`.
    pub variables: usize,
    /// Maximum number of items of `mediaAssetReferences`.
    pub media: usize,
    /// Maximum of `simulationOptions.guards.depth`.
    pub depth: u32,
    /// Maximum of `simulationOptions.guards.steps`, the cost of a simulation.
    pub steps: u32,
    /// Maximum of `simulationOptions.guards.durationMs`, in virtual ms.
    pub duration_ms: u64,
    /// Maximum length of each other list: keys of an item, answers of a stub, signals, stubs,
    /// queues.
    pub items: usize,
}

impl Default for SubmissionLimits {
    /// 50, 100, 10, 200; 100,000 steps; 30 days; 1,000 items.
    fn default() -> Self {
        Self {
            dtmf_items: 50,
            variables: 100,
            media: 10,
            depth: 200,
            steps: 100_000,
            duration_ms: 30 * 86_400_000,
            items: 1_000,
        }
    }
}
