//! The measures that gates can limit.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What the names of coverage begin with.
const COVERAGE: &str = "coverage.";

/// What a gate measures. Ratios have a least value; what a call costs has a greatest one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Measure {
    /// Right decisions / expected decisions.
    Accuracy,
    /// Checks held / checks.
    CheckAccuracy,
    /// (passed + flaky) / (passed + flaky + failed).
    JointAccuracy,
    /// The lower end of its Wilson 95 % interval.
    JointAccuracyLow,
    /// Mean path fitness.
    PathFitness,
    /// Mean efficiency.
    Efficiency,
    /// Prompts that ended as expected / prompts of which a result was expected.
    ResultAccuracy,
    /// Nodes executed, of those that a call can reach.
    CoverageNodes,
    /// Outcomes taken.
    CoverageOutcomes,
    /// Edges walked.
    CoverageEdges,
    /// Pairs of edges walked one after the other.
    CoverageEdgePairs,
    /// Ends of calls.
    CoverageEnds,
    /// Outcomes of `switch` and `queue_check` nodes.
    CoverageSwitchCases,
    /// Outcomes of `lookup` nodes.
    CoverageLookupOutcomes,
    /// Outcomes of `hours` nodes.
    CoverageClockClasses,
    /// Errors and warnings of the flow analysis.
    StructuralDefects,
    /// The most keys that one call pressed.
    Keypresses,
    /// The longest call in virtual time.
    Duration,
}

/// How a measure is written and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Within 0 and 1.
    Ratio,
    /// A number of things.
    Count,
    /// Seconds.
    Seconds,
}

impl Measure {
    /// Every measure, in the order of the documentation.
    pub const ALL: [Self; 18] = [
        Self::Accuracy,
        Self::CheckAccuracy,
        Self::JointAccuracy,
        Self::JointAccuracyLow,
        Self::PathFitness,
        Self::Efficiency,
        Self::ResultAccuracy,
        Self::CoverageNodes,
        Self::CoverageOutcomes,
        Self::CoverageEdges,
        Self::CoverageEdgePairs,
        Self::CoverageEnds,
        Self::CoverageSwitchCases,
        Self::CoverageLookupOutcomes,
        Self::CoverageClockClasses,
        Self::StructuralDefects,
        Self::Keypresses,
        Self::Duration,
    ];

    /// Its name, as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::CheckAccuracy => "check-accuracy",
            Self::JointAccuracy => "joint-accuracy",
            Self::JointAccuracyLow => "joint-accuracy-low",
            Self::PathFitness => "path-fitness",
            Self::Efficiency => "efficiency",
            Self::ResultAccuracy => "result-accuracy",
            Self::CoverageNodes => "coverage.nodes",
            Self::CoverageOutcomes => "coverage.outcomes",
            Self::CoverageEdges => "coverage.edges",
            Self::CoverageEdgePairs => "coverage.edge-pairs",
            Self::CoverageEnds => "coverage.ends",
            Self::CoverageSwitchCases => "coverage.switch-cases",
            Self::CoverageLookupOutcomes => "coverage.lookup-outcomes",
            Self::CoverageClockClasses => "coverage.clock-classes",
            Self::StructuralDefects => "structural-defects",
            Self::Keypresses => "keypresses",
            Self::Duration => "duration",
        }
    }

    /// The measure of this name; `_` is as good as `-`, which suites and records have.
    pub fn of_name(name: &str) -> Option<Self> {
        let same = |c: char| if c == '_' { '-' } else { c };
        Self::ALL.into_iter().find(|measure| name.chars().map(same).eq(measure.name().chars()))
    }

    /// Whether it is of the whole run: it cannot be told for a single suite.
    pub fn is_of_run(self) -> bool {
        self == Self::StructuralDefects || self.name().starts_with(COVERAGE)
    }

    /// How it is written and shown.
    pub const fn unit(self) -> Unit {
        match self {
            Self::StructuralDefects | Self::Keypresses => Unit::Count,
            Self::Duration => Unit::Seconds,
            _ => Unit::Ratio,
        }
    }

    /// Whether its limit is the least value allowed (`>=`), not the greatest (`<=`).
    pub const fn is_least(self) -> bool {
        matches!(self.unit(), Unit::Ratio)
    }

    /// `>=` or `<=`.
    pub const fn relation(self) -> &'static str {
        if self.is_least() { ">=" } else { "<=" }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Measure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Measure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::of_name(&name).ok_or_else(|| de::Error::custom(format!("there is no measure '{name}'")))
    }
}

impl JsonSchema for Measure {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Measure".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": Self::ALL.map(Self::name) })
    }
}
