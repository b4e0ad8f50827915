//! Laws on random flows: what the analysis is certain of, no call contradicts.

use proptest::prelude::*;

use super::circles::has_circle;
use super::lint;
use crate::flow::analysis::{possible, reachable};
use crate::simulator::tests::generate::{Dice, any_program, any_request};
use crate::simulator::{livelock_node, simulate};

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_call_goes_where_the_analysis_says_none_can(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let program = any_program(&mut dice);
        let (reached, comes) = (reachable(&program).concat(), possible(&program).concat());
        for _ in 0..8 {
            let trace = simulate(&program, &any_request(&mut dice));
            let circle = trace.failure.as_deref().and_then(livelock_node);
            prop_assert!(circle.is_none() || has_circle(&program), "a circle at {:?}", circle);
            for step in &trace.steps {
                let name = trace.node_name(step);
                prop_assert!(reached[step.node as usize], "{} is not reachable", name);
                if let Some(outcome) = step.outcome {
                    let outcome_name = trace.outcome_name(step).cloned().unwrap_or_else(|| "?".into());
                    prop_assert!(comes[step.node as usize][usize::from(outcome)], "{} of {}", outcome_name, name);
                }
            }
        }
    }

}

proptest! {
    // Each case makes thousands of calls.
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_flow_can_be_analysed_and_explored(seed in any::<u64>()) {
        let program = any_program(&mut Dice::new(seed));
        let found = lint(&[program.clone(), program.clone()]);
        let once = lint(&[program]);
        prop_assert_eq!(format!("{:?}", found), format!("{:?}", once), "each finding once, in one order");
        for finding in &once {
            prop_assert!(finding.location.is_some() && finding.help.is_some(), "{}", finding.rule);
        }
    }
}
