//! Eligibility rules: checked before a prompt is sent or counts against a rate limit.

use super::agent::Profile;
use super::settings::Eligibility;
use crate::source::diagnostics::quoted;

impl Eligibility {
    /// The reasons why an agent may not get a prompt at this sentiment, as sentences; empty if they
    /// may. A sentiment equal to the minimum is sufficient, and NaN is not.
    pub fn reasons(&self, agent: Option<Profile<'_>>, id: &str, sentiment: f64) -> Vec<String> {
        let mut reasons = Vec::new();
        // NaN compares false with `<`.
        if sentiment.is_nan() || sentiment < self.minimum_sentiment {
            reasons.push(format!("the sentiment {sentiment} is below the minimum of {}", self.minimum_sentiment));
        }
        let Some(agent) = agent else {
            reasons.push(format!("there is no agent {}", quoted(id)));
            return reasons;
        };
        for skill in self.required_skills.iter().filter(|skill| !agent.skills.contains(skill)) {
            reasons.push(format!("agent {} lacks the skill {}", quoted(agent.id), quoted(skill)));
        }
        reasons
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assist::{Agent, Agents};
    use proptest::prelude::*;

    fn reasons(sentiment: f64, skills: &[&str], required: &[&str]) -> Vec<String> {
        let agents: Agents = [Agent::new("agt_1", skills)].into_iter().collect();
        let required_skills = required.iter().map(|&skill| skill.to_owned()).collect();
        let rules = Eligibility { minimum_sentiment: -0.3, required_skills };
        rules.reasons(agents.find("agt_1"), "agt_1", sentiment)
    }

    #[test]
    fn the_minimum_itself_is_enough() {
        assert_eq!(reasons(-0.3, &["billing"], &["billing"]), [""; 0]);
        assert_eq!(
            reasons(-0.300_000_1, &["billing"], &["billing"]),
            ["the sentiment -0.3000001 is below the minimum of -0.3"]
        );
        assert_eq!(reasons(f64::NAN, &["billing"], &["billing"]), ["the sentiment NaN is below the minimum of -0.3"]);
    }

    #[test]
    fn every_missing_skill_is_named_beside_the_sentiment() {
        assert_eq!(
            reasons(-1.0, &["billing"], &["fraud", "billing", "cards"]),
            [
                "the sentiment -1 is below the minimum of -0.3",
                "agent 'agt_1' lacks the skill 'fraud'",
                "agent 'agt_1' lacks the skill 'cards'"
            ]
        );
    }

    #[test]
    fn an_agent_whom_nobody_knows_gets_nothing() {
        let agents: Agents = [Agent::new("agt_1", &["billing"])].into_iter().collect();
        let reasons = Eligibility::default().reasons(agents.find("agt_2"), "agt_2", 0.0);
        assert_eq!(reasons, ["there is no agent 'agt_2'"]);
        let anybody = Agents::default();
        assert_eq!(Eligibility::default().reasons(anybody.find("agt_2"), "agt_2", 0.0), [""; 0]);
    }

    proptest! {
        /// More skills and a better mood never make an agent ineligible.
        #[test]
        fn eligibility_is_monotonic(sentiment in -1.0..1.0_f64, better in 0.0..2.0_f64, has in 0..8_u8, more in 0..8_u8) {
            const SKILLS: [&str; 3] = ["billing", "cards", "fraud"];
            let of = |bits: u8| -> Vec<&str> { (0..3).filter(|bit| bits >> bit & 1 == 1).map(|bit| SKILLS[bit]).collect() };
            let before = reasons(sentiment, &of(has), &["billing", "fraud"]);
            let after = reasons(sentiment + better, &of(has | more), &["billing", "fraud"]);
            prop_assert!(after.len() <= before.len());
            let expected = usize::from(sentiment < -0.3) + usize::from(has & 1 == 0) + usize::from(has & 4 == 0);
            prop_assert_eq!(before.len(), expected);
        }
    }
}
