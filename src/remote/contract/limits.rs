//! What a submission may ask for at most.

/// Complexity limits; a submission beyond one is refused with 400 and the field's name. The defaults of the first four
/// are those of the simulator's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Items of `dtmfSequence` (or `simulationOptions.keypad`).
    pub dtmf_items: usize,
    /// Members of `variableStateMatrix`.
    pub variables: usize,
    /// Items of `mediaAssetReferences`.
    pub media: usize,
    /// `simulationOptions.guards.depth`.
    pub depth: u32,
    /// `simulationOptions.guards.steps`: what one simulation may cost.
    pub steps: u32,
    /// `simulationOptions.guards.durationMs`, in virtual ms.
    pub duration_ms: u64,
    /// Keys of one item, answers of one stub, signals, stubs, queues: each of these lists.
    pub items: usize,
}

impl Default for Limits {
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
