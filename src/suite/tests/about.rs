//! Descriptions and properties: what scenarios say for reports.

use super::*;

/// The properties of a scenario as `name=text`, in the order of names.
fn properties(scenario: &Scenario) -> String {
    let list = scenario.properties.iter().flat_map(|properties| properties.iter());
    list.map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn properties_are_merged_name_by_name() {
    let folder = Folder::new(&[
        ("base.yaml", "defaults: { properties: { owner: nobody, site: west, tier: 1 } }\n"),
        ("bank/base.yaml", "extends: ../base.yaml\ndefaults: { properties: { owner: bank, tier: 0123 } }\n"),
        (
            "bank/s.yaml",
            r#"
suite: S
extends: base.yaml
flow: ../flows/bank.yaml
defaults: { properties: { owner: "${env:REGION}" } }
scenarios:
  - { name: own, properties: { requirement: R-12, site: east, empty: "" }, expect: { outcome: served } }
  - { name: none, properties: ~, expect: { outcome: served } }
  - { name: skipped, skip: later, properties: {} }
"#,
        ),
    ]);
    let loaded = folder.load();
    assert_eq!(said(&loaded), "");
    let [own, none, skipped] = &loaded.suites[0].scenarios[..] else { panic!("three scenarios") };
    assert_eq!(properties(own), "empty= owner=east requirement=R-12 site=east tier=0123");
    assert_eq!(properties(none), "owner=east site=west tier=0123");
    // Scenarios that add nothing share the map of the defaults.
    let map = |scenario: &Scenario| Arc::as_ptr(scenario.properties.as_ref().unwrap());
    assert_eq!(map(none), map(skipped));
}

#[test]
fn cells_share_what_is_the_same_and_differ_in_what_is_filled_in() {
    let text = suite(
        r#"
  - name: "${tier}"
    matrix: { tier: [gold, 7] }
    description: |
      A caller
      from afar.
    properties: { requirement: R-1 }
    expect: { outcome: served }
  - name: "again ${tier}"
    matrix: { tier: [gold, 7] }
    description: A caller of ${tier} in ${env:REGION} pays $${5}.
    properties: { "${tier}": "of ${tier}", tier: "${tier}" }
    expect: { outcome: served }
  - { name: plain, description: " ", expect: { outcome: served } }
"#,
    );
    let all = scenarios(&text);
    let [one, other, gold, seven, plain] = &all[..] else { panic!("five scenarios") };
    assert_eq!(one.description.as_deref(), Some("A caller\nfrom afar."));
    assert!(Arc::ptr_eq(one.description.as_ref().unwrap(), other.description.as_ref().unwrap()));
    assert!(Arc::ptr_eq(one.properties.as_ref().unwrap(), other.properties.as_ref().unwrap()));
    assert_eq!(gold.description.as_deref(), Some("A caller of gold in east pays ${5}."));
    assert_eq!((properties(gold), properties(seven)), ("gold=of gold tier=gold".into(), "7=of 7 tier=7".into()));
    assert_eq!((&plain.description, &plain.properties), (&None, &None));
}

#[test]
fn scenarios_of_prompts_have_them_too() {
    let all = scenarios(
        r#"
kind: assist
suite: S
defaults: { properties: { owner: desk } }
scenarios:
  - { name: x, description: What it is about., properties: { requirement: R-1 }, expect: { result: delivered } }
"#,
    );
    assert_eq!(all[0].description.as_deref(), Some("What it is about."));
    assert_eq!(properties(&all[0]), "owner=desk requirement=R-1");
}

#[test]
fn an_axis_that_only_a_property_uses_is_used() {
    let text = suite(
        "  - { name: x, matrix: { tier: [gold] }, properties: { tier: \"${tier}\" }, expect: { outcome: served } }\n",
    );
    assert_eq!(said_of(&text), "");
}
