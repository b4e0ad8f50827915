//! Agents and their skills.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// The id that prompts name.
    pub id: String,
    /// The agent's name.
    pub name: Option<String>,
    /// The tenant; its agents share a rate limit.
    pub tenant: Arc<str>,
    /// The agent's skills.
    pub skills: Vec<String>,
}

/// The tenant of agents without one.
pub(crate) const TENANT: &str = "default";

/// The skills of every agent in the tutorial.
pub(crate) const TUTORIAL_SKILLS: [&str; 3] = ["billing", "technical_support", "escalation"];

/// The agents that are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agents {
    /// These agents, by id.
    Known(BTreeMap<String, Agent>),
    /// Every id is an agent with these skills, as in the tutorial.
    Anybody(Vec<String>),
}

impl Agent {
    /// An agent of the default tenant.
    pub fn new(id: impl Into<String>, skills: &[&str]) -> Self {
        Self {
            id: id.into(),
            name: None,
            tenant: TENANT.into(),
            skills: skills.iter().map(|&skill| skill.to_owned()).collect(),
        }
    }
}

impl Default for Agents {
    /// Every id is an agent with the tutorial's skills.
    fn default() -> Self {
        Self::Anybody(TUTORIAL_SKILLS.map(str::to_owned).to_vec())
    }
}

impl FromIterator<Agent> for Agents {
    /// Collects agents; of two agents with one id the last one is kept.
    fn from_iter<I: IntoIterator<Item = Agent>>(agents: I) -> Self {
        Self::Known(agents.into_iter().map(|agent| (agent.id.clone(), agent)).collect())
    }
}

/// An agent that was looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile<'a> {
    /// The agent's id.
    pub id: &'a str,
    /// The tenant.
    pub tenant: &'a Arc<str>,
    /// The agent's skills.
    pub skills: &'a [String],
}

impl Agents {
    /// Finds an agent by id.
    pub fn find<'a>(&'a self, id: &'a str) -> Option<Profile<'a>> {
        static ANYBODYS: LazyLock<Arc<str>> = LazyLock::new(|| TENANT.into());
        match self {
            Self::Known(agents) => {
                agents.get(id).map(|agent| Profile { id: &agent.id, tenant: &agent.tenant, skills: &agent.skills })
            }
            Self::Anybody(skills) => Some(Profile { id, tenant: &ANYBODYS, skills }),
        }
    }

    /// The number of agents; none if every id is an agent.
    pub fn count(&self) -> Option<usize> {
        match self {
            Self::Known(agents) => Some(agents.len()),
            Self::Anybody(_) => None,
        }
    }
}
