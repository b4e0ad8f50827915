//! Matrices, examples and what is filled in.

use super::*;
use crate::flow::Value;

fn ids(entry: &str) -> Vec<String> {
    scenarios(&suite(entry)).into_iter().map(|scenario| scenario.id.into()).collect()
}

#[test]
fn the_last_axis_is_the_fastest_and_examples_come_after_the_matrix() {
    let ids = ids(r#"
  - name: "${tier} in ${language}: ${digits}"
    matrix: { tier: [gold, silver], language: [en-US, es-MX] }
    exclude: [{ tier: gold, language: es-MX }]
    include: [{ tier: platinum, language: en-US }]
    examples: [{ digits: "1" }, { digits: 02 }]
    expect: { outcome: served }
"#);
    insta::assert_snapshot!(ids.join("\n"), @"
    s::gold in en-US: 1[tier=gold,language=en-US,digits=1]
    s::gold in en-US: 02[tier=gold,language=en-US,digits=02]
    s::silver in en-US: 1[tier=silver,language=en-US,digits=1]
    s::silver in en-US: 02[tier=silver,language=en-US,digits=02]
    s::silver in es-MX: 1[tier=silver,language=es-MX,digits=1]
    s::silver in es-MX: 02[tier=silver,language=es-MX,digits=02]
    s::platinum in en-US: 1[tier=platinum,language=en-US,digits=1]
    s::platinum in en-US: 02[tier=platinum,language=en-US,digits=02]
    ");
}

#[test]
fn values_keep_their_type_where_they_are_the_whole_text() {
    let all = scenarios(&suite(r##"
  - name: ${n} $${n} ${env:REGION} ${env:NOWHERE:-none} ${env:EMPTY:-fall}${env:EMPTY}
    matrix:
      n: [7]
      keys: [["1", "2#"]]
      list: [[1, two]]
      node: [main_menu]
      env: ["${env:REGION}"]
    tags: ["n-${n}"]
    dtmf: ["${keys}", "${n}", "0${n}"]
    retries: ${env:TRIES}
    variables:
      a: ${n}
      b: "${list}"
      c_${n}: x${n}
      d: { deep: ["${n}"] }
      e: ${env:TRIES}
      f: "${env:TRIES}"
      g: ${env}
    stubs: { balance: { success: { balance: "${n}" } } }
    expect: { decisions: { "${node}": "1" }, path: ["${node}"], prompts: [{ contains: "$${n} ${n}" }], never: ["${node}"] }
"##)).remove(0);
    assert_eq!(*all.id, *r#"s::7 ${n} east none fall[n=7,keys=["1","2#"],list=[1,"two"],node=main_menu,env=east]"#);
    assert_eq!(all.cell(), Some(r#"n=7,keys=["1","2#"],list=[1,"two"],node=main_menu,env=east"#));
    assert_eq!(&*all.tags[0], "n-7");
    assert_eq!(ScenarioRunSettings::or_defaults(&all.handling).retries, Some(2));
    let keys: Vec<String> =
        all.call().unwrap().simulation.request.keypad.iter().map(|input| format!("{input:?}")).collect();
    insta::assert_snapshot!(keys.join("\n"), @r#"
    Keys { keys: "1", gap_ms: None, at_ms: None }
    Keys { keys: "2#", gap_ms: None, at_ms: None }
    Keys { keys: "7", gap_ms: None, at_ms: None }
    Keys { keys: "07", gap_ms: None, at_ms: None }
    "#);
    let variables: Vec<String> = all
        .call()
        .unwrap()
        .simulation
        .request
        .variables
        .iter()
        .map(|(name, value)| format!("{name}={}", value.literal()))
        .collect();
    insta::assert_snapshot!(variables.join(" "), @"a=7 b=[1, 'two'] c_7='x7' d={deep: [7]} e=2 f='2' g='east'");
    assert_eq!(all.call().unwrap().simulation.request.stubs.answers[0].1.list[0].outputs[0].1, Value::Integer(7));
    assert!(matches!(&all.call().unwrap().expect.prompts[0].value.text, TextMatch::Contains(text) if text == "${n} 7"));
}

#[test]
fn what_no_cell_changes_is_shared() {
    let all = scenarios(&suite(
        r#"
  - name: x
    matrix: { n: ["1", "2", "3"] }
    dtmf: ["${n}"]
    variables: { customer: a }
    stubs: { balance: success }
    expect: { outcome: served, decisions: { main_menu: "1" } }
  - { name: y, expect: { outcome: served } }
"#,
    ));
    assert!(Arc::ptr_eq(&all[0].call().unwrap().expect, &all[2].call().unwrap().expect));
    assert!(Arc::ptr_eq(
        &all[0].call().unwrap().simulation.request.stubs,
        &all[2].call().unwrap().simulation.request.stubs
    ));
    assert!(Arc::ptr_eq(
        &all[0].call().unwrap().simulation.request.variables,
        &all[2].call().unwrap().simulation.request.variables
    ));
    assert!(
        Arc::ptr_eq(&all[0].tags, &all[3].tags)
            && Arc::ptr_eq(&all[0].call().unwrap().simulation.program, &all[3].call().unwrap().simulation.program)
    );
    assert_ne!(all[0].call().unwrap().simulation.request.keypad, all[2].call().unwrap().simulation.request.keypad);
}

#[test]
fn a_warning_in_every_cell_is_told_once_and_drops_no_cell() {
    let cells: Vec<String> = (0..200).map(|cell| cell.to_string()).collect();
    let loaded = load_text(&suite(&format!(
        "  - {{ name: x, matrix: {{ n: [{}] }}, variables: {{ langauge: \"${{n}}\" }}, expect: {{ outcome: served }} }}\n",
        cells.join(", ")
    )));
    assert_eq!((loaded.suites[0].scenarios.len(), loaded.warnings.len()), (200, 1));
}

#[test]
fn a_long_value_in_many_cells_does_not_eat_the_memory() {
    let cells: Vec<String> = (0..2000).map(|cell| cell.to_string()).collect();
    let long = "x".repeat(200_000);
    let entry = format!(
        "  - {{ name: x, matrix: {{ long: [{long}], n: [{}] }}, variables: {{ a: \"${{n}}${{long}}\" }}, expect: {{ outcome: served }} }}\n",
        cells.join(", ")
    );
    let loaded = load_text(&suite(&entry));
    let messages: Vec<&str> = loaded.rejected[0].diagnostics.iter().map(|diagnostic| &*diagnostic.message).collect();
    assert_eq!(messages, ["more than 256 MiB of values are filled into the texts of this entry"]);
}

#[test]
fn a_long_value_is_cut_in_the_id() {
    let all = scenarios(&suite(&format!(
        "  - {{ name: x, examples: [{{ a: {} }}, {{ a: [1, \"b\\nc\"] }}], variables: {{ a: \"${{a}}\" }}, expect: {{ outcome: served }} }}\n",
        "y".repeat(300)
    )));
    assert_eq!(*all[0].id, *format!("s::x[a={}…]", "y".repeat(200)));
    assert_eq!(*all[1].id, *r#"s::x[a=[1,"b\nc"]]"#);
}

#[test]
fn a_scenario_knows_the_lines_of_its_entry_whatever_key_comes_first() {
    let scenarios = scenarios(&suite(
        "  - dtmf: [\"1\"]\n    name: late\n    expect: { outcome: completed }\n\n  # about the next\n  - name: cells ${n}\n    matrix: { n: [1, 2] }\n    expect: { outcome: completed }\n",
    ));
    let lines: Vec<(u32, u32)> = scenarios.iter().map(|scenario| (scenario.line, scenario.end_line)).collect();
    let first = lines[0].0;
    assert_eq!(lines, [(first, first + 2), (first + 5, first + 7), (first + 5, first + 7)]);
}
