use proptest::prelude::*;

use super::*;

#[test]
fn gates_are_read() {
    for (text, measure, limit) in [
        ("accuracy>=0.95", Measure::Accuracy, 0.95),
        (" check-accuracy >= 95% ", Measure::CheckAccuracy, 0.95),
        ("joint_accuracy_low>=99.5 %", Measure::JointAccuracyLow, 0.995),
        ("efficiency>=1", Measure::Efficiency, 1.0),
        ("coverage.edge_pairs>=0%", Measure::CoverageEdgePairs, 0.0),
        ("keypresses<=20", Measure::Keypresses, 20.0),
        ("duration <= 1m 30s", Measure::Duration, 90.0),
        ("duration<=1500ms", Measure::Duration, 1.5),
    ] {
        assert_eq!(Gate::parse(text), Ok(Gate { measure, limit }), "{text}");
    }
}

#[test]
fn other_texts_are_refused_with_what_to_write_instead() {
    let said: Vec<String> = [
        "accuracy",
        "acuracy",
        "acuracy>=0.95",
        "weather>=1",
        "",
        "accuracy<=0.95",
        "accuracy=0.95",
        "keypresses>=3",
        "accuracy>=95",
        "accuracy>=101",
        "accuracy>=101%",
        "accuracy>=-0.1",
        "accuracy>=high",
        "accuracy>=nan",
        "accuracy>=1e-3",
        "accuracy>=",
        "accuracy>=%",
        "keypresses<=2.5",
        "keypresses<=+2",
        "duration<=90",
        "duration<=soon",
        "coverage.node>=1",
    ]
    .into_iter()
    .map(|text| Gate::parse(text).unwrap_err().to_string())
    .collect();
    insta::assert_snapshot!(said.join("\n"), @"
    the gate 'accuracy' has no limit; write 'accuracy>=95%'
    there is no measure 'acuracy'; did you mean 'accuracy'?
    there is no measure 'acuracy'; did you mean 'accuracy'?
    there is no measure 'weather'; the measures are: accuracy, check-accuracy, joint-accuracy, joint-accuracy-low, path-fitness, efficiency, result-accuracy, coverage.nodes, coverage.outcomes, coverage.edges, coverage.edge-pairs, coverage.ends, coverage.switch-cases, coverage.lookup-outcomes, coverage.clock-classes, structural-defects, keypresses, duration
    there is no measure ''; the measures are: accuracy, check-accuracy, joint-accuracy, joint-accuracy-low, path-fitness, efficiency, result-accuracy, coverage.nodes, coverage.outcomes, coverage.edges, coverage.edge-pairs, coverage.ends, coverage.switch-cases, coverage.lookup-outcomes, coverage.clock-classes, structural-defects, keypresses, duration
    a gate on 'accuracy' has a least value, not '<='; write 'accuracy>=0.95'
    a gate on 'accuracy' has a least value, not '='; write 'accuracy>=0.95'
    a gate on 'keypresses' has a greatest value, not '>='; write 'keypresses<=3'
    a gate on 'accuracy' is a ratio of at most 1, not 95; write '95%'
    a gate on 'accuracy' is at most 1, or 100%, not 101
    a gate on 'accuracy' is at most 1, or 100%, not 101%
    expected a ratio for 'accuracy', not '-0.1'; write for example '95%' or '0.95'
    expected a ratio for 'accuracy', not 'high'; write for example '95%' or '0.95'
    expected a ratio for 'accuracy', not 'nan'; write for example '95%' or '0.95'
    expected a ratio for 'accuracy', not '1e-3'; write for example '95%' or '0.95'
    expected a ratio for 'accuracy', not ''; write for example '95%' or '0.95'
    expected a ratio for 'accuracy', not '%'; write for example '95%' or '0.95'
    expected a whole number for 'keypresses', not '2.5'
    expected a whole number for 'keypresses', not '+2'
    expected a duration for 'duration': '90' has no unit
    expected a duration for 'duration': 'soon' is not a duration
    there is no measure 'coverage.node'; did you mean 'coverage.nodes'?
    ");
}

/// Every text that reads as a gate of this measure.
fn limits(measure: Measure) -> BoxedStrategy<String> {
    match measure.unit() {
        Unit::Ratio => (0u32..=1000).prop_map(|tenths| format!("{}%", f64::from(tenths) / 10.0)).boxed(),
        Unit::Count => any::<u32>().prop_map(|count| count.to_string()).boxed(),
        Unit::Seconds => (0u32..10_000_000).prop_map(|ms| format!("{ms}ms")).boxed(),
    }
}

fn gate() -> impl Strategy<Value = Gate> {
    proptest::sample::select(Measure::ALL.to_vec()).prop_flat_map(|measure| {
        limits(measure).prop_map(move |limit| Gate::from_limit(measure.name(), &limit).unwrap())
    })
}

proptest! {
    #[test]
    fn what_is_shown_is_read_back(gate in gate()) {
        let text = gate.to_string();
        let back = Gate::parse(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(back.measure, gate.measure);
        prop_assert!((back.limit - gate.limit).abs() < 1e-9);
    }

    #[test]
    fn a_better_value_never_misses_a_gate_that_a_worse_one_holds(gate in gate(), one in 0.0f64..100.0, other in 0.0f64..100.0) {
        let (low, high) = (one.min(other), one.max(other));
        let (better, worse) = if gate.measure.is_least() { (high, low) } else { (low, high) };
        prop_assert!(!gate.allows(worse) || gate.allows(better));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,30}|[a-z.-]{0,12}[<>=]{0,3}[0-9.%msx ]{0,8}") {
        let _ = Gate::parse(&text);
    }
}
