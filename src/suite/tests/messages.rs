//! What is said of mistakes, whole.

use super::*;

#[test]
fn a_missing_key() {
    insta::assert_snapshot!(said_of(r##"flow: flows/bank.yaml
scenarois: []
"##), @"
    error[suite/missing-key]: missing key 'suite' in a suite
     --> s.yaml:1:1
      |
    1 | flow: flows/bank.yaml
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: add 'suite: ...'

    error[suite/missing-key]: missing key 'scenarios' in a suite
     --> s.yaml:1:1
      |
    1 | flow: flows/bank.yaml
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: add 'scenarios: ...'

    error[suite/unknown-key]: unknown key 'scenarois' in a suite
     --> s.yaml:2:1
      |
    2 | scenarois: []
      | ^^^^^^^^^
      |
    help: did you mean 'scenarios'?
      |
    2 - scenarois: []
    2 + scenarios: []
      |
    ");
}

#[test]
fn nothing_in_the_list() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios: []
"##), @"
    error[suite/no-scenarios]: the list of scenarios is empty
     --> s.yaml:3:12
      |
    3 | scenarios: []
      |            ^^
      |
      = help: write at least one: '- name: …'
    ");
}

#[test]
fn no_flow() {
    insta::assert_snapshot!(said_of(r##"suite: S
scenarios:
  - name: x
    expect: { outcome: served }
"##), @"
    error[suite/missing-key]: nothing says which flow the scenario calls
     --> s.yaml:3:11
      |
    3 |   - name: x
      |           ^
      |
      = help: add 'flow: path/to/flow.yaml' to the suite
    ");
}

#[test]
fn another_kind() {
    insta::assert_snapshot!(said_of(r##"suite: S
kind: chat
flow: flows/bank.yaml
scenarios:
  - name: x
    expect: { outcome: served }
"##), @"
    error[suite/unknown-kind]: there is no kind of suite 'chat'
     --> s.yaml:2:7
      |
    2 | kind: chat
      |       ^^^^
      |
      = help: the kinds are 'ivr', which may be left out, and 'assist'
    ");
}

#[test]
fn a_missing_flow_file() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bnak.yaml
scenarios:
  - name: x
    expect: { outcome: served }
  - name: y
    expect: { outcome: served }
"##), @"
    error[flow/missing-file]: flow file 'flows/bnak.yaml' does not exist
     --> s.yaml:2:7
      |
    2 | flow: flows/bnak.yaml
      |       ^^^^^^^^^^^^^^^
      |
      = help: did you mean 'flows/bank.yaml'?
    ");
}

#[test]
fn unknown_keys() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
tag: [a]
defaults: { variabels: { a: 1 } }
scenarios:
  - name: x
    expects: { outcome: served }
    expect: { end_at: bye, outcome: served }
"##), @"
    error[suite/unknown-key]: unknown key 'tag' in a suite
     --> s.yaml:3:1
      |
    3 | tag: [a]
      | ^^^
      |
    help: did you mean 'tags'?
      |
    3 | tags: [a]
      |    +

    error[suite/unknown-key]: unknown key 'variabels' in the defaults
     --> s.yaml:4:13
      |
    4 | defaults: { variabels: { a: 1 } }
      |             ^^^^^^^^^
      |
    help: did you mean 'variables'?
      |
    4 - defaults: { variabels: { a: 1 } }
    4 + defaults: { variables: { a: 1 } }
      |

    error[suite/unknown-key]: unknown key 'expects' in a scenario
     --> s.yaml:7:5
      |
    7 |     expects: { outcome: served }
      |     ^^^^^^^
      |
      = help: known keys are 'name', 'description', 'tags', 'flow', 'dtmf', 'variables', 'media', 'call', 'clock', 'stubs', 'queues', 'expect', 'seed', 'timeout', 'time_limit', 'retries', 'skip', 'matrix', 'exclude', 'include' and 'examples'

    error[suite/unknown-key]: unknown key 'end_at' in the expectations
     --> s.yaml:8:15
      |
    8 |     expect: { end_at: bye, outcome: served }
      |               ^^^^^^
      |
    help: did you mean 'ends_at'?
      |
    8 |     expect: { ends_at: bye, outcome: serve…
      |                  +
    ");
}

#[test]
fn no_expectation() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    dtmf: ['1']
"##), @"
    error[suite/no-expectation]: the scenario expects nothing, so that it would test nothing
     --> s.yaml:4:11
      |
    4 |   - name: x
      |           ^
      |
      = help: add 'expect:', at the least 'expect: { outcome: completed }'
    ");
}

#[test]
fn the_same_name_twice() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    expect: { outcome: served }
  - name: y
    expect: { outcome: served }
  - name: x
    expect: { outcome: served }
"##), @"
    error[suite/duplicate-scenario]: two scenarios are called 'x'
     --> s.yaml:8:11
      |
    4 |   - name: x
      |           - first one
    ...
    8 |   - name: x
      |           ^ second one
      |
      = help: names are part of the id, which must be unique
    ");
}

#[test]
fn an_unquoted_hash() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    dtmf:
      - 1
      - #
    expect: { outcome: served }
"##), @r##"
    error[suite/unquoted-key]: an unquoted '#' begins a comment, so nothing is keyed here
     --> s.yaml:7:9
      |
    7 |       - #
      |         ^ needs quotes
      |
    help: write "#" in quotes to mean the hash key
      |
    7 -       - #
    7 +       - "#"
      |
    "##);
}

#[test]
fn an_unquoted_hash_alone() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    dtmf: #
    expect: { outcome: served }
"##), @r##"
    error[suite/unquoted-key]: an unquoted '#' begins a comment, so nothing is keyed here
     --> s.yaml:5:11
      |
    5 |     dtmf: #
      |           ^ needs quotes
      |
    help: write "#" in quotes to mean the hash key
      |
    5 -     dtmf: #
    5 +     dtmf: "#"
      |
    "##);
}

#[test]
fn an_unquoted_hash_after_a_space() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    dtmf:
      - 12 #
    expect: { outcome: served }
"##), @r#"
    error[suite/unquoted-key]: an unquoted '#' after a space begins a comment
     --> s.yaml:6:12
      |
    6 |       - 12 #
      |            ^ not keyed
      |
      = help: write "12#" in quotes to mean the hash key
    "#);
}

#[test]
fn an_unquoted_hash_in_brackets() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    dtmf: [1, #, 2]
    expect: { outcome: served }
"##), @r##"
    error[yaml/syntax]: '#' begins a comment here, which hides the rest of the line
     --> s.yaml:5:15
      |
    5 |     dtmf: [1, #, 2]
      |               ^ needs quotes
      |
    help: write "#" in quotes to mean the hash key
      |
    5 -     dtmf: [1, #, 2]
    5 +     dtmf: [1, "#", 2]
      |
    "##);
}

#[test]
fn an_unquoted_star() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    dtmf:
      - *
      - 1
    expect: { outcome: served }
"##), @r#"
    error[yaml/syntax]: '*' begins an alias but no name follows
     --> s.yaml:6:9
      |
    6 |       - *
      |         ^ needs quotes
      |
    help: write "*" in quotes to mean the star key
      |
    6 -       - *
    6 +       - "*"
      |
    "#);
}

#[test]
fn keys_that_no_telephone_has() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    dtmf: ["12E4", 0x12, 1e3, 'a1', "1 2", 12é, "\x31z"]
    expect: { outcome: served }
"##), @r#"
    error[suite/invalid-key]: 'E' is no key of a telephone
     --> s.yaml:5:15
      |
    5 |     dtmf: ["12E4", 0x12, 1e3, 'a1', "1 2", 12é, "\x31z"]
      |               ^ in '12E4'
      |
      = help: the keys are 0-9, *, # and A-D

    error[suite/invalid-key]: 'x' is no key of a telephone
     --> s.yaml:5:21
      |
    5 |     dtmf: ["12E4", 0x12, 1e3, 'a1', "1 2", 12é, "\x31z"]
      |                     ^ in '0x12'
      |
      = help: the keys are 0-9, *, # and A-D

    error[suite/invalid-key]: 'e' is no key of a telephone
     --> s.yaml:5:27
      |
    5 |     dtmf: ["12E4", 0x12, 1e3, 'a1', "1 2", 12é, "\x31z"]
      |                           ^ in '1e3'
      |
      = help: the keys are 0-9, *, # and A-D

    error[suite/invalid-key]: 'a' is no key of a telephone
     --> s.yaml:5:32
      |
    5 |     dtmf: ["12E4", 0x12, 1e3, 'a1', "1 2", 12é, "\x31z"]
      |                                ^ in 'a1'
      |
      = help: the keys are 0-9, *, # and A-D; write 'A' in upper case

    error[suite/invalid-key]: ' ' is no key of a telephone
     --> s.yaml:5:39
      |
    5 |     dtmf: ["12E4", 0x12, 1e3, 'a1', "1 2", 12é, "\x31z"]
      |                                       ^ in '1 2'
      |
      = help: the keys are 0-9, *, # and A-D

    error[suite/invalid-key]: 'é' is no key of a telephone
     --> s.yaml:5:46
      |
    5 |     dtmf: ["12E4", 0x12, 1e3, 'a1', "1 2", 12é, "\x31z"]
      |                                              ^ in '12é'
      |
      = help: the keys are 0-9, *, # and A-D

    error[suite/invalid-key]: 'z' is no key of a telephone
     --> s.yaml:5:53
      |
    5 |     dtmf: ["12E4", 0x12, 1e3, 'a1', "1 2", 12é, "\x31z"]
      |                                                     ^^ in '1z'
      |
      = help: the keys are 0-9, *, # and A-D
    "#);
}

#[test]
fn nearly_a_word() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    dtmf: [silent, hang_up, Silence]
    expect: { outcome: served }
"##), @"
    error[suite/invalid-key]: 'silent' is neither keys nor a word that is known here
     --> s.yaml:5:12
      |
    5 |     dtmf: [silent, hang_up, Silence]
      |            ^^^^^^
      |
    help: did you mean 'silence'?
      |
    5 -     dtmf: [silent, hang_up, Silence]
    5 +     dtmf: [silence, hang_up, Silence]
      |

    error[suite/invalid-key]: 'hang_up' is neither keys nor a word that is known here
     --> s.yaml:5:20
      |
    5 |     dtmf: [silent, hang_up, Silence]
      |                    ^^^^^^^
      |
    help: did you mean 'hangup'?
      |
    5 -     dtmf: [silent, hang_up, Silence]
    5 +     dtmf: [silent, hangup, Silence]
      |

    error[suite/invalid-key]: 'Silence' is neither keys nor a word that is known here
     --> s.yaml:5:29
      |
    5 |     dtmf: [silent, hang_up, Silence]
      |                             ^^^^^^^
      |
    help: did you mean 'silence'?
      |
    5 -     dtmf: [silent, hang_up, Silence]
    5 +     dtmf: [silent, hang_up, silence]
      |
    ");
}

#[test]
fn empty_items() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    dtmf: ["", ~, { keys: "" }, [1]]
    expect: { outcome: served }
"##), @r#"
    error[suite/invalid-key]: there are no keys in this text
     --> s.yaml:5:12
      |
    5 |     dtmf: ["", ~, { keys: "" }, [1]]
      |            ^^
      |
      = help: write 'silence' for a caller who keys nothing

    error[suite/invalid-key]: an item of dtmf is empty
     --> s.yaml:5:16
      |
    5 |     dtmf: ["", ~, { keys: "" }, [1]]
      |                ^
      |
      = help: write 'silence' for a caller who keys nothing

    error[suite/invalid-key]: there are no keys in this text
     --> s.yaml:5:27
      |
    5 |     dtmf: ["", ~, { keys: "" }, [1]]
      |                           ^^

    error[suite/wrong-type]: expected an item of dtmf, found a list
     --> s.yaml:5:33
      |
    5 |     dtmf: ["", ~, { keys: "" }, [1]]
      |                                 ^^^ a list
      |
      = help: write it as lines of 'key: value', indented by two spaces
    "#);
}

#[test]
fn items_that_are_no_item() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    dtmf: [{ key: "1" }, { keys: "1", hangup: 2s }, { gap: 1s }, { keys: 1, gap: 4 }, { ahead: x }, { speak: long }]
    expect: { outcome: served }
"##), @r#"
    error[suite/wrong-type]: an item of dtmf does nothing
     --> s.yaml:5:12
      |
    5 |     dtmf: [{ key: "1" }, { keys: "1", hangup: 2s }, { gap: 1s }, { keys: 1, gap: 4 }, { ahe…
      |            ^^^^^^^^^^^^
      |
      = help: an item has one of 'keys', 'ahead', 'hangup', 'say' and 'speak'

    error[suite/unknown-key]: unknown key 'key' in an item of dtmf
     --> s.yaml:5:14
      |
    5 |     dtmf: [{ key: "1" }, { keys: "1", hangup: 2s }, { gap: 1s }, { keys: 1, gap: 4 }, { ahe…
      |              ^^^
      |
    help: did you mean 'keys'?
      |
    5 |     dtmf: [{ keys: "1" }, { keys: "1", han…
      |                 +

    error[suite/wrong-type]: an item of dtmf has either 'keys' or 'hangup'
     --> s.yaml:5:39
      |
    5 | …dtmf: [{ key: "1" }, { keys: "1", hangup: 2s }, { gap: 1s }, { keys: 1, gap: 4 }, { ahead: …
      |                                    ^^^^^^
      |
      = help: an item has one of 'keys', 'ahead', 'hangup', 'say' and 'speak'

    error[suite/wrong-type]: an item of dtmf does nothing
     --> s.yaml:5:53
      |
    5 | …" }, { keys: "1", hangup: 2s }, { gap: 1s }, { keys: 1, gap: 4 }, { ahead: x }, { speak: lo…
      |                                  ^^^^^^^^^^^
      |
      = help: an item has one of 'keys', 'ahead', 'hangup', 'say' and 'speak'

    error[suite/wrong-type]: expected a length of time between two keys: '4' has no unit
     --> s.yaml:5:82
      |
    5 | …ap: 1s }, { keys: 1, gap: 4 }, { ahead: x }, { speak: long }]
      |                            ^ a number without a unit
      |
      = help: write '4s' or '4000ms'

    error[suite/invalid-key]: 'x' is no key of a telephone
     --> s.yaml:5:96
      |
    5 | …1s }, { keys: 1, gap: 4 }, { ahead: x }, { speak: long }]
      |                                      ^
      |
      = help: the keys are 0-9, *, # and A-D

    error[suite/wrong-type]: expected a length of time: 'long' is not a length of time
     --> s.yaml:5:110
      |
    5 | … gap: 4 }, { ahead: x }, { speak: long }]
      |                                    ^^^^
      |
      = help: write a length of time such as 250ms, 4s or 1m 30s
    "#);
}

#[test]
fn too_many_items() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    dtmf: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    expect: { outcome: served }
"##), @"
    error[suite/too-many]: 51 items of dtmf, more than the 50 allowed
     --> s.yaml:5:162
      |
    5 | … 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
      |                                 ^ one too many
    ");
}

#[test]
fn too_many_variables() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    variables:
      v0: 1
      v1: 1
      v2: 1
      v3: 1
      v4: 1
      v5: 1
      v6: 1
      v7: 1
      v8: 1
      v9: 1
      v10: 1
      v11: 1
      v12: 1
      v13: 1
      v14: 1
      v15: 1
      v16: 1
      v17: 1
      v18: 1
      v19: 1
      v20: 1
      v21: 1
      v22: 1
      v23: 1
      v24: 1
      v25: 1
      v26: 1
      v27: 1
      v28: 1
      v29: 1
      v30: 1
      v31: 1
      v32: 1
      v33: 1
      v34: 1
      v35: 1
      v36: 1
      v37: 1
      v38: 1
      v39: 1
      v40: 1
      v41: 1
      v42: 1
      v43: 1
      v44: 1
      v45: 1
      v46: 1
      v47: 1
      v48: 1
      v49: 1
      v50: 1
      v51: 1
      v52: 1
      v53: 1
      v54: 1
      v55: 1
      v56: 1
      v57: 1
      v58: 1
      v59: 1
      v60: 1
      v61: 1
      v62: 1
      v63: 1
      v64: 1
      v65: 1
      v66: 1
      v67: 1
      v68: 1
      v69: 1
      v70: 1
      v71: 1
      v72: 1
      v73: 1
      v74: 1
      v75: 1
      v76: 1
      v77: 1
      v78: 1
      v79: 1
      v80: 1
      v81: 1
      v82: 1
      v83: 1
      v84: 1
      v85: 1
      v86: 1
      v87: 1
      v88: 1
      v89: 1
      v90: 1
      v91: 1
      v92: 1
      v93: 1
      v94: 1
      v95: 1
      v96: 1
      v97: 1
      v98: 1
      v99: 1
      v100: 1
    expect: { outcome: served }
"##), @"
    error[suite/too-many]: 101 variables, more than the 100 allowed
       --> s.yaml:106:7
        |
    106 |       v100: 1
        |       ^^^^
        |
        = help: leave out those that the flow sets itself
    ");
}

#[test]
fn too_many_media() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    media:
      - { asset: a0, type: audio }
      - { asset: a1, type: audio }
      - { asset: a2, type: audio }
      - { asset: a3, type: audio }
      - { asset: a4, type: audio }
      - { asset: a5, type: audio }
      - { asset: a6, type: audio }
      - { asset: a7, type: audio }
      - { asset: a8, type: audio }
      - { asset: a9, type: audio }
      - { asset: a10, type: audio }
    expect: { outcome: served }
"##), @"
    error[suite/too-many]: 11 media, more than the 10 allowed
      --> s.yaml:16:9
       |
    16 |       - { asset: a10, type: audio }
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^ one too many
    ");
}

#[test]
fn wrong_media() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    media: [{ asset: a, type: sound }, { type: audio }, { asset: b, type: tts }, { asset: b, type: tts }]
    expect: { outcome: served }
"##), @"
    error[suite/wrong-type]: expected a kind of media, found 'sound'
     --> s.yaml:5:31
      |
    5 |     media: [{ asset: a, type: sound }, { type: audio }, { asset: b, type: tts }, { asset: b…
      |                               ^^^^^
      |
      = help: write 'audio', 'tts' or 'video'

    error[suite/missing-key]: missing key 'asset' in a reference to media
     --> s.yaml:5:40
      |
    5 | …: [{ asset: a, type: sound }, { type: audio }, { asset: b, type: tts }, { asset: b, type: t…
      |                                ^^^^^^^^^^^^^^^
      |
      = help: add 'asset: ...'
    ");
}

#[test]
fn wrong_clocks() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - { name: c0, clock: { at: "2026-03-08T02:30:00", zone: America/New_York }, expect: { outcome: served } }
  - { name: c1, clock: { at: 2026-03-02T10:00, zone: New_York }, expect: { outcome: served } }
  - { name: c2, clock: { at: noon }, expect: { outcome: served } }
  - { name: c3, clock: { zone: UTC }, expect: { outcome: served } }
  - { name: c4, clock: { at: 2026-02-30T10:00:00 }, expect: { outcome: served } }
  - { name: c5, clock: { at: 2026-03-02, zone: Mars }, expect: { outcome: served } }
"##), @r#"
    error[suite/clock]: the time '2026-03-08T02:30:00' does not exist in America/New_York: its clocks skip 1h there
     --> s.yaml:4:30
      |
    4 | … - { name: c0, clock: { at: "2026-03-08T02:30:00", zone: America/New_York }, expect: { outc…
      |                              ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: take a time before or after, or write an instant such as 2026-03-02T10:00:00Z

    error[suite/clock]: there is no time zone 'New_York'
     --> s.yaml:5:54
      |
    5 | …k: { at: 2026-03-02T10:00, zone: New_York }, expect: { outcome: served } }
      |                                   ^^^^^^^^
      |
    help: did you mean 'America/New_York'?
      |
    5 | …10:00, zone: America/New_York }, expect: { outcom…
      |               ++++++++

    error[suite/clock]: 'noon' is not a date and time
     --> s.yaml:6:30
      |
    6 |   - { name: c2, clock: { at: noon }, expect: { outcome: served } }
      |                              ^^^^
      |
      = help: write a local time such as 2026-03-02T10:00:00, or an instant such as 2026-03-02T10:00:00Z

    error[suite/clock]: the clock says no time
     --> s.yaml:7:24
      |
    7 |   - { name: c3, clock: { zone: UTC }, expect: { outcome: served } }
      |                        ^^^^^^^^^^^^^
      |
      = help: add 'at', such as at: 2026-03-02T10:00:00

    error[suite/clock]: '2026-02-30T10:00:00' is not a date and time
     --> s.yaml:8:30
      |
    8 |   - { name: c4, clock: { at: 2026-02-30T10:00:00 }, expect: { outcome: served } }
      |                              ^^^^^^^^^^^^^^^^^^^
      |
      = help: write a local time such as 2026-03-02T10:00:00, or an instant such as 2026-03-02T10:00:00Z

    error[suite/clock]: '2026-03-02' is not a date and time
     --> s.yaml:9:30
      |
    9 |   - { name: c5, clock: { at: 2026-03-02, zone: Mars }, expect: { outcome: served } }
      |                              ^^^^^^^^^^
      |
      = help: write a local time such as 2026-03-02T10:00:00, or an instant such as 2026-03-02T10:00:00Z

    error[suite/clock]: there is no time zone 'Mars'
     --> s.yaml:9:48
      |
    9 |   - { name: c5, clock: { at: 2026-03-02, zone: Mars }, expect: { outcome: served } }
      |                                                ^^^^
      |
      = help: write a name of the IANA database such as America/New_York, or UTC
    "#);
}

#[test]
fn unknown_nodes_and_outcomes() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    expect:
      ends_at: card_quue
      path: [welcome, main_menu|desc, ask]
      decisions: { main_menu: ["3", "1"], denied: ok, branch_hours: opened, welcome: next, set_queue: next, bye: x }
      never: [nowhere_at_all]
      prompts: [{ contains: x, node: wellcome }]
"##), @r#"
    error[suite/unknown-node]: the flow 'bank' has no node 'card_quue'
     --> s.yaml:6:16
      |
    6 |       ends_at: card_quue
      |                ^^^^^^^^^
      |
    help: did you mean 'card_queue'?
      |
    6 |       ends_at: card_queue
      |                       +

    error[suite/unknown-node]: the flow 'bank' has no node 'desc'
     --> s.yaml:7:33
      |
    7 |       path: [welcome, main_menu|desc, ask]
      |                                 ^^^^
      |
    help: did you mean 'desk'?
      |
    7 - …me, main_menu|desc, ask]
    7 + …me, main_menu|desk, ask]
      |

    error[suite/unknown-node]: the flow 'bank' has no node 'ask'
     --> s.yaml:7:39
      |
    7 |       path: [welcome, main_menu|desc, ask]
      |                                       ^^^
      |
    help: did you mean 'verify/ask'?
      |
    7 | …ain_menu|desc, verify/ask]
      |                 +++++++

    error[suite/unknown-outcome]: the menu 'main_menu' has no outcome '3'
     --> s.yaml:8:32
      |
    8 |       decisions: { main_menu: ["3", "1"], denied: ok, branch_hours: opened, welcome: next, …
      |                                ^^^
      |
      = help: its outcomes are '1', '2', '*', '#', 'no_input', 'no_match', 'max_attempts', 'error'

    error[suite/unknown-node]: the flow 'bank' has no node 'denied'
     --> s.yaml:8:43
      |
    8 | …cisions: { main_menu: ["3", "1"], denied: ok, branch_hours: opened, welcome: next, set_queu…
      |                                    ^^^^^^
      |
    help: did you mean 'verify/denied'?
      |
    8 | …: ["3", "1"], verify/denied: ok, branch_hours: o…
      |                +++++++

    error[suite/unknown-outcome]: the hours 'branch_hours' has no outcome 'opened'
     --> s.yaml:8:69
      |
    8 | …, "1"], denied: ok, branch_hours: opened, welcome: next, set_queue: next, bye: x }
      |                                    ^^^^^^
      |
    help: did you mean 'open'?
      |
    8 - …branch_hours: opened, welcome: next, set_…
    8 + …branch_hours: open, welcome: next, set_…
      |

    error[suite/not-a-decision]: the play 'welcome' decides nothing
     --> s.yaml:8:77
      |
    8 | …enied: ok, branch_hours: opened, welcome: next, set_queue: next, bye: x }
      |                                   ^^^^^^^
      |
      = help: write it in 'path' to expect that the call passes it

    error[suite/not-a-decision]: the set 'set_queue' decides nothing
     --> s.yaml:8:92
      |
    8 | …h_hours: opened, welcome: next, set_queue: next, bye: x }
      |                                  ^^^^^^^^^
      |
      = help: write it in 'path' to expect that the call passes it

    error[suite/not-a-decision]: the end 'bye' decides nothing
     --> s.yaml:8:109
      |
    8 | …d, welcome: next, set_queue: next, bye: x }
      |                                     ^^^
      |
      = help: write it in 'path' to expect that the call passes it

    error[suite/unknown-node]: the flow 'bank' has no node 'nowhere_at_all'
     --> s.yaml:9:15
      |
    9 |       never: [nowhere_at_all]
      |               ^^^^^^^^^^^^^^

    error[suite/unknown-node]: the flow 'bank' has no node 'wellcome'
      --> s.yaml:10:38
       |
    10 |       prompts: [{ contains: x, node: wellcome }]
       |                                      ^^^^^^^^
       |
    help: did you mean 'welcome'?
       |
    10 - …ns: x, node: wellcome }]
    10 + …ns: x, node: welcome }]
       |
    "#);
}

#[test]
fn an_unknown_outcome_of_the_call() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    expect:
      outcome: server
"##), @"
    error[suite/unknown-disposition]: no call of this flow ends as 'server'
     --> s.yaml:6:16
      |
    6 |       outcome: server
      |                ^^^^^^
      |
    help: did you mean 'served'?
      |
    6 -       outcome: server
    6 +       outcome: served
      |
    ");
}

#[test]
fn unknown_variables() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    variables: { mine: 1, langauge: en, unrelated: 2 }
    expect:
      outcome: served
      variables: { balanec: 1, zzzzzz: 2, mine: 3 }
"##), @"
    warning[suite/misspelt-variable]: the flow has no variable 'langauge'
     --> s.yaml:5:27
      |
    5 |     variables: { mine: 1, langauge: en, unrelated: 2 }
      |                           ^^^^^^^^
      |
    help: did you mean 'language'?
      |
    5 - …: { mine: 1, langauge: en, unrelated: 2 }
    5 + …: { mine: 1, language: en, unrelated: 2 }
      |

    error[suite/unknown-variable]: the flow has no variable 'balanec'
     --> s.yaml:8:20
      |
    8 |       variables: { balanec: 1, zzzzzz: 2, mine: 3 }
      |                    ^^^^^^^
      |
    help: did you mean 'balance'?
      |
    8 - …variables: { balanec: 1, zzzzzz: 2, mine:…
    8 + …variables: { balance: 1, zzzzzz: 2, mine:…
      |

    error[suite/unknown-variable]: the flow has no variable 'zzzzzz'
     --> s.yaml:8:32
      |
    8 |       variables: { balanec: 1, zzzzzz: 2, mine: 3 }
      |                                ^^^^^^
      |
      = help: its variables are 'account', 'balance', 'customer', 'langauge', 'language', 'mine', 'pin', 'pin_tries', 'priority', 'queue', 'unrelated', 'verified'
    ");
}

#[test]
fn unknown_services() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    expect:
      lookups:
        balanse: { times: 1 }
        balance_lookup: { times: 1 }
        balance: { with: { custommer: 1 }, outcome: sucess }
        account: {}
"##), @"
    error[suite/unknown-service]: no lookup of the flow asks 'balanse'
     --> s.yaml:7:9
      |
    7 |         balanse: { times: 1 }
      |         ^^^^^^^
      |
    help: did you mean 'balance'?
      |
    7 -         balanse: { times: 1 }
    7 +         balance: { times: 1 }
      |

    error[suite/unknown-service]: no lookup of the flow asks 'balance_lookup'
     --> s.yaml:8:9
      |
    8 |         balance_lookup: { times: 1 }
      |         ^^^^^^^^^^^^^^
      |
    help: the node 'balance_lookup' asks the service 'balance'
      |
    8 -         balance_lookup: { times: 1 }
    8 +         balance: { times: 1 }
      |

    error[suite/unknown-service]: the service 'balance' is not given 'custommer'
     --> s.yaml:9:28
      |
    9 |         balance: { with: { custommer: 1 }, outcome: sucess }
      |                            ^^^^^^^^^
      |
    help: did you mean 'customer'?
      |
    9 - …: { with: { custommer: 1 }, outcome: suce…
    9 + …: { with: { customer: 1 }, outcome: suce…
      |

    error[suite/unknown-outcome]: the service 'balance' has no outcome 'sucess'
     --> s.yaml:9:53
      |
    9 |         balance: { with: { custommer: 1 }, outcome: sucess }
      |                                                     ^^^^^^
      |
    help: did you mean 'success'?
      |
    9 | …1 }, outcome: success }
      |                   +

    error[suite/invalid-value]: nothing is expected of 'account'
      --> s.yaml:10:18
       |
    10 |         account: {}
       |                  ^^
       |
       = help: write '{ times: 1 }', '{ with: { input: value } }' or '{ outcome: … }'
    ");
}

#[test]
fn unknown_stubs() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    stubs: { balanec: success, main_menu: "1", known: success, desk: bussy, balance: [{ success: { balance: 1 } }, { locked: x }, gone], flip: serve, account: [] }
    queues: { card: { agents: 1 }, cards: { agent: 1 } }
    expect: { outcome: served }
"##), @r#"
    error[suite/unknown-stub]: nothing in the flow asks 'balanec'
     --> s.yaml:5:14
      |
    5 |     stubs: { balanec: success, main_menu: "1", known: success, desk: bussy, balance: [{ suc…
      |              ^^^^^^^
      |
    help: did you mean 'balance'?
      |
    5 -     stubs: { balanec: success, main_menu:…
    5 +     stubs: { balance: success, main_menu:…
      |

    error[suite/unknown-stub]: the node 'main_menu' is a menu, which asks nobody
     --> s.yaml:5:32
      |
    5 |     stubs: { balanec: success, main_menu: "1", known: success, desk: bussy, balance: [{ suc…
      |                                ^^^^^^^^^
      |
      = help: stubs answer lookups, waits, transfers, callbacks, bots, random and effect nodes

    error[suite/unknown-stub]: nothing in the flow asks 'known'
     --> s.yaml:5:48
      |
    5 | …balanec: success, main_menu: "1", known: success, desk: bussy, balance: [{ success: { balan…
      |                                    ^^^^^
      |
    help: did you mean 'verify/known'?
      |
    5 | …in_menu: "1", verify/known: success, desk: bussy…
      |                +++++++

    error[suite/unknown-outcome]: 'desk' has no outcome 'bussy'
     --> s.yaml:5:70
      |
    5 | …_menu: "1", known: success, desk: bussy, balance: [{ success: { balance: 1 } }, { locked: x…
      |                                    ^^^^^
      |
    help: did you mean 'busy'?
      |
    5 - …uccess, desk: bussy, balance: [{ success:…
    5 + …uccess, desk: busy, balance: [{ success:…
      |

    error[suite/unknown-outcome]: 'balance' has no outcome 'gone'
     --> s.yaml:5:131
      |
    5 | … { balance: 1 } }, { locked: x }, gone], flip: serve, account: [] }
      |                                    ^^^^
      |
      = help: its outcomes are 'success', 'not_found', 'failure', 'timeout', 'locked', 'error'

    error[suite/unknown-outcome]: 'flip' has no outcome 'serve'
     --> s.yaml:5:144
      |
    5 | … } }, { locked: x }, gone], flip: serve, account: [] }
      |                                    ^^^^^
      |
    help: did you mean 'survey'?
      |
    5 - … gone], flip: serve, account: [] }
    5 + … gone], flip: survey, account: [] }
      |

    error[suite/wrong-type]: the stub 'account' has no answers
     --> s.yaml:5:160
      |
    5 | … x }, gone], flip: serve, account: [] }
      |                                     ^^
      |
      = help: write at least one

    error[suite/unknown-queue]: the flow has no queue 'card'
     --> s.yaml:6:15
      |
    6 |     queues: { card: { agents: 1 }, cards: { agent: 1 } }
      |               ^^^^
      |
    help: did you mean 'cards'?
      |
    6 |     queues: { cards: { agents: 1 }, cards:…
      |                   +

    error[suite/unknown-key]: unknown key 'agent' in the state of a queue
     --> s.yaml:6:45
      |
    6 |     queues: { card: { agents: 1 }, cards: { agent: 1 } }
      |                                             ^^^^^
      |
    help: did you mean 'agents'?
      |
    6 | …1 }, cards: { agents: 1 } }
      |                     +
    "#);
}

#[test]
fn wrong_answers() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    stubs: { balance: { success: {}, failure: x }, account: { outcomes: success }, desk: { busy: [1] }, flip: { outcome: none, delay: 1s } }
    expect: { outcome: served }
"##), @"
    error[suite/wrong-type]: an answer has one outcome, or the key 'outcome'
     --> s.yaml:5:23
      |
    5 |     stubs: { balance: { success: {}, failure: x }, account: { outcomes: success }, desk: { …
      |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write '{ outcome: success, outputs: { … }, latency: 800ms }' or '{ success: { … } }'

    error[suite/unknown-outcome]: 'account' has no outcome 'outcomes'
     --> s.yaml:5:63
      |
    5 | …ss: {}, failure: x }, account: { outcomes: success }, desk: { busy: [1] }, flip: { outcome:…
      |                                   ^^^^^^^^
      |
      = help: its outcomes are 'success', 'not_found', 'failure', 'timeout', 'error'

    error[suite/wrong-type]: expected the outputs as a mapping, or a message, found a list
     --> s.yaml:5:98
      |
    5 | …outcomes: success }, desk: { busy: [1] }, flip: { outcome: none, delay: 1s } }
      |                                     ^^^

    error[suite/unknown-key]: unknown key 'delay' in an answer
     --> s.yaml:5:128
      |
    5 | …sy: [1] }, flip: { outcome: none, delay: 1s } }
      |                                    ^^^^^
      |
      = help: known keys are 'outcome', 'outputs', 'latency' and 'message'
    ");
}

#[test]
fn wrong_bounds() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    expect:
      efficiency: 80
      duration: { at_least: 2m, at_most: 1m }
      keypresses: {}
      lookups: { balance: { times: { at_lest: 1 } } }
      variables: { balance: { at_least: 5, at_most: 1 }, language: { at_least: a, at_most: 1 }, queue: {}, priority: { one_of: [] } }
"##), @"
    error[suite/invalid-value]: expected an efficiency between 0 and 1, found 80
     --> s.yaml:6:19
      |
    6 |       efficiency: 80
      |                   ^^
      |
    help: 80 per cent is 0.8
      |
    6 -       efficiency: 80
    6 +       efficiency: 0.8
      |

    error[suite/invalid-value]: nothing is at least '2m' and at most '1m'
     --> s.yaml:7:17
      |
    7 |       duration: { at_least: 2m, at_most: 1m }
      |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: exchange the two

    error[suite/invalid-value]: a bound has 'at_least', 'at_most' or both
     --> s.yaml:8:19
      |
    8 |       keypresses: {}
      |                   ^^
      |
      = help: write '{ at_most: … }', or a single value for exactly that

    error[suite/invalid-value]: a bound has 'at_least', 'at_most' or both
     --> s.yaml:9:36
      |
    9 |       lookups: { balance: { times: { at_lest: 1 } } }
      |                                    ^^^^^^^^^^^^^^
      |
      = help: write '{ at_most: … }', or a single value for exactly that

    error[suite/unknown-key]: unknown key 'at_lest' in a bound
     --> s.yaml:9:38
      |
    9 |       lookups: { balance: { times: { at_lest: 1 } } }
      |                                      ^^^^^^^
      |
    help: did you mean 'at_least'?
      |
    9 | …: { times: { at_least: 1 } } }
      |                    +

    error[suite/invalid-value]: nothing is at least '5' and at most '1'
      --> s.yaml:10:29
       |
    10 | …   variables: { balance: { at_least: 5, at_most: 1 }, language: { at_least: a, at_most: 1 }…
       |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: exchange the two

    error[suite/invalid-value]: 'at_least' and 'at_most' must both be numbers or both texts
      --> s.yaml:10:68
       |
    10 | … at_most: 1 }, language: { at_least: a, at_most: 1 }, queue: {}, priority: { one_of: [] } }
       |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error[suite/invalid-value]: an empty condition expects nothing
      --> s.yaml:10:104
       |
    10 | … at_least: a, at_most: 1 }, queue: {}, priority: { one_of: [] } }
       |                                     ^^
       |
       = help: write a value, or one of 'equals', 'not', 'at_least', 'at_most', 'one_of', 'matches', 'contains' and 'is'

    error[suite/invalid-value]: none of no values can be taken
      --> s.yaml:10:128
       |
    10 | … }, queue: {}, priority: { one_of: [] } }
       |                                     ^^
       |
       = help: write at least one value
    ");
}

#[test]
fn wrong_expectations() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    expect:
      variables: { language: { matches: "(" }, queue: { is: gone }, priority: { equal: 1 } }
      path: []
      decisions: { main_menu: [] }
      prompts: [{ node: welcome }, { contains: a, equals: b }]
      unused_input: maybe
      failure: x
      outcome: served
"##), @r#"
    error[suite/invalid-value]: '(' is not a regular expression: unclosed group
     --> s.yaml:6:42
      |
    6 | … variables: { language: { matches: "(" }, queue: { is: gone }, priority: { equal: 1 } }
      |                                      ^

    error[suite/wrong-type]: expected 'null' or 'set', found 'gone'
     --> s.yaml:6:61
      |
    6 | …e: { matches: "(" }, queue: { is: gone }, priority: { equal: 1 } }
      |                                    ^^^^
      |
      = help: write 'null' or 'set'

    error[suite/unknown-key]: unknown key 'equal' in a condition
     --> s.yaml:6:81
      |
    6 | … queue: { is: gone }, priority: { equal: 1 } }
      |                                    ^^^^^
      |
    help: did you mean 'equals'?
      |
    6 | …, priority: { equals: 1 } }
      |                     +

    error[suite/invalid-value]: an empty path expects nothing
     --> s.yaml:7:13
      |
    7 |       path: []
      |             ^^
      |
      = help: write the nodes in order, '...' for any nodes, or remove it

    error[suite/invalid-value]: no outcome is expected of 'main_menu'
     --> s.yaml:8:31
      |
    8 |       decisions: { main_menu: [] }
      |                               ^^
      |
      = help: write an outcome, or a list of them by visit

    error[suite/invalid-value]: nothing says how the prompt is matched
     --> s.yaml:9:17
      |
    9 |       prompts: [{ node: welcome }, { contains: a, equals: b }]
      |                 ^^^^^^^^^^^^^^^^^
      |
      = help: write one of 'equals', 'contains' and 'matches'

    error[suite/invalid-value]: a prompt is matched in one way
     --> s.yaml:9:36
      |
    9 |       prompts: [{ node: welcome }, { contains: a, equals: b }]
      |                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write one of 'equals', 'contains' and 'matches'

    error[suite/wrong-type]: expected 'allow' or 'forbid', found 'maybe'
      --> s.yaml:10:21
       |
    10 |       unused_input: maybe
       |                     ^^^^^
       |
       = help: write 'allow' or 'forbid'

    error[suite/invalid-value]: a failure's message is expected but the outcome 'served'
      --> s.yaml:11:16
       |
    11 |       failure: x
       |                ^
       |
       = help: expect 'outcome: failed' too, or remove 'failure'
    "#);
}

#[test]
fn wrong_numbers() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    seed: -1
    retries: "2"
    timeout: 30
    time_limit: 0s
    skip: true
    tags: ["a b", not]
    call: { ani: [1], signals: [{ name: x }] }
    expect: { outcome: served }
"##), @r#"
    error[suite/wrong-type]: expected a seed of at least 0, found -1
     --> s.yaml:5:11
      |
    5 |     seed: -1
      |           ^^

    error[suite/wrong-type]: expected a number of retries, found a text
     --> s.yaml:6:14
      |
    6 |     retries: "2"
      |              ^^^ a text
      |
    help: remove the quotes
      |
    6 -     retries: "2"
    6 +     retries: 2
      |

    error[suite/wrong-type]: expected a length of time: '30' has no unit
     --> s.yaml:7:14
      |
    7 |     timeout: 30
      |              ^^ a number without a unit
      |
      = help: write '30s' or '30000ms'

    error[suite/invalid-value]: expected a length of time longer than 0
     --> s.yaml:8:17
      |
    8 |     time_limit: 0s
      |                 ^^

    error[suite/wrong-type]: expected a reason, found 'true'
     --> s.yaml:9:11
      |
    9 |     skip: true
      |           ^^^^
      |
      = help: write why the scenario is skipped; reports show it

    error[suite/invalid-tag]: 'a b' cannot be a tag
      --> s.yaml:10:12
       |
    10 |     tags: ["a b", not]
       |            ^^^^^
       |
       = help: use letters, digits, '_', '-', '.', ':', '/' and '@'

    error[suite/invalid-tag]: 'not' cannot be a tag
      --> s.yaml:10:19
       |
    10 |     tags: ["a b", not]
       |                   ^^^
       |
       = help: 'and', 'or' and 'not' connect tags

    error[suite/wrong-type]: expected the caller's number, found a list
      --> s.yaml:11:18
       |
    11 |     call: { ani: [1], signals: [{ name: x }] }
       |                  ^^^ a list

    error[suite/missing-key]: missing key 'at' in a signal
      --> s.yaml:11:33
       |
    11 |     call: { ani: [1], signals: [{ name: x }] }
       |                                 ^^^^^^^^^^^
       |
       = help: add 'at: ...'
    "#);
}

#[test]
fn a_name_that_is_none() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: ""
    expect: { outcome: served }
  - name: "a\nb"
    expect: { outcome: served }
  - name: "a\e[31mb"
    expect: { outcome: served }
  - expect: { outcome: served }
"##), @r#"
    error[suite/invalid-value]: the name of a scenario is empty
     --> s.yaml:4:11
      |
    4 |   - name: ""
      |           ^^
      |
      = help: it is part of the scenario's id in every report

    error[suite/invalid-value]: a name has only one line and no tabs
     --> s.yaml:6:11
      |
    6 |   - name: "a\nb"
      |           ^^^^^^
      |
      = help: it is part of the scenario's id in every report

    error[suite/wrong-type]: a name must not contain the control character U+001B
     --> s.yaml:8:11
      |
    8 |   - name: "a\e[31mb"
      |           ^^^^^^^^^^

    error[suite/missing-key]: missing key 'name' in a scenario
      --> s.yaml:10:5
       |
    10 |   - expect: { outcome: served }
       |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: add 'name: ...'
    "#);
}

#[test]
fn references_that_lead_nowhere() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    matrix: { tier: [gold], other: [1] }
    dtmf: ["${teir}"]
    variables: { a: "${env:NOWHERE}", b: "${open", c: "${env:}" }
    expect: { outcome: served }
  - name: no axes ${here}
    expect: { outcome: served }
"##), @r#"
    error[suite/interpolation]: no axis is called 'teir'
     --> s.yaml:6:13
      |
    6 |     dtmf: ["${teir}"]
      |             ^^^^^^^
      |
    help: did you mean 'tier'?
      |
    6 -     dtmf: ["${teir}"]
    6 +     dtmf: ["${tier}"]
      |

    error[suite/interpolation]: the environment variable 'NOWHERE' is not set
     --> s.yaml:7:22
      |
    7 |     variables: { a: "${env:NOWHERE}", b: "${open", c: "${env:}" }
      |                      ^^^^^^^^^^^^^^
      |
      = help: set it, or give a fallback: '${env:NOWHERE:-…}'

    error[suite/interpolation]: '${' has no '}' after it
     --> s.yaml:7:43
      |
    7 |     variables: { a: "${env:NOWHERE}", b: "${open", c: "${env:}" }
      |                                           ^^^^^^
      |
      = help: write '${axis}', or '$${' for a literal '${'

    error[suite/interpolation]: '' is no name of an environment variable
     --> s.yaml:7:56
      |
    7 |     variables: { a: "${env:NOWHERE}", b: "${open", c: "${env:}" }
      |                                                        ^^^^^^^
      |
      = help: write '${env:NAME}' or '${env:NAME:-fallback}'

    error[suite/interpolation]: no axis is called 'here'
     --> s.yaml:9:19
      |
    9 |   - name: no axes ${here}
      |                   ^^^^^^^
      |
      = help: axes come from 'matrix' or 'examples' of the same scenario; write '$${' for a literal '${'
    "#);
}

#[test]
fn an_axis_that_nothing_uses() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    matrix: { tier: [gold], other: [1, 2] }
    exclude: [{ tier: silver }]
    variables: { tier: "${tier}" }
    expect: { outcome: served }
"##), @"
    warning[suite/unused-axis]: nothing uses the axis 'other'
     --> s.yaml:5:29
      |
    5 |     matrix: { tier: [gold], other: [1, 2] }
      |                             ^^^^^
      |
      = help: write '${other}' where its value belongs

    warning[suite/unused-exclude]: this 'exclude' matches no cell of the matrix
     --> s.yaml:6:15
      |
    6 |     exclude: [{ tier: silver }]
      |               ^^^^^^^^^^^^^^^^
      |
      = help: write values as the axes do, or remove it
    ");
}

#[test]
fn a_list_in_a_text() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    examples: [{ list: [1, 2] }]
    variables: { a: "x${list}" }
    expect: { outcome: served }
"##), @r#"
    error[suite/interpolation]: 'list' is a list here, which cannot be part of a text
     --> s.yaml:6:23
      |
    6 |     variables: { a: "x${list}" }
      |                       ^^^^^^^
      |
      = help: let '${…}' be the whole text to take the value as it is
    "#);
}

#[test]
fn keys_that_become_one() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    examples: [{ a: balance }]
    stubs: { balance: success, "${a}": failure }
    expect: { outcome: served }
"##), @r#"
    error[suite/duplicate-key]: the key 'balance' stands here twice after filling in
     --> s.yaml:6:32
      |
    6 |     stubs: { balance: success, "${a}": failure }
      |                                ^^^^^^ second time
    "#);
}

#[test]
fn a_matrix_of_a_million_cells() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    matrix: { a: [1,2,3,4,5,6,7,8,9,10], b: [1,2,3,4,5,6,7,8,9,10], c: [1,2,3,4,5,6,7,8,9,10], d: [1,2,3,4,5,6,7,8,9,10], e: [1,2,3,4,5,6,7,8,9,10], f: [1,2,3,4,5,6,7,8,9,10] }
    expect: { outcome: served }
"##), @"
    error[suite/too-many]: the entry expands to 10 × 10 × 10 × 10 × 10 × 10 = 1000000 scenarios, more than the 100000 allowed
     --> s.yaml:5:13
      |
    5 | …{ a: [1,2,3,4,5,6,7,8,9,10], b: [1,2,3,4,5,6,7,8,9,10], c: [1,2,3,4,5,6,7,8,9,10], d: [1,2,…
      |  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: leave values out, or split the entry
    ");
}

#[test]
fn wrong_matrices() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - { name: m0, matrix: {}, expect: { outcome: served } }
  - { name: m1, matrix: { a: 1, "b c": [1], c: [], d: [1, 1] }, expect: { outcome: served } }
  - { name: m2, exclude: [{ a: 1 }], expect: { outcome: served } }
  - { name: m3, matrix: { tier: [a, b] }, exclude: [{ teir: a }, {}], include: [{ x: 1 }], expect: { outcome: served } }
  - { name: m4, matrix: { t: [a], u: [b] }, include: [{ t: c }], expect: { outcome: served } }
  - { name: m5, matrix: { t: [a] }, exclude: [{ t: a }], expect: { outcome: served } }
  - { name: m6, examples: [], expect: { outcome: served } }
  - { name: m7, examples: [{ a: 1 }, { b: 1 }, {}], expect: { outcome: served } }
  - { name: m8, matrix: { t: [a] }, examples: [{ t: a }], expect: { outcome: served } }
"##), @r#"
    error[suite/expansion]: the matrix has no axes
     --> s.yaml:4:25
      |
    4 |   - { name: m0, matrix: {}, expect: { outcome: served } }
      |                         ^^
      |
      = help: write 'matrix: { axis: [value, other value] }'

    error[suite/wrong-type]: expected a list of values, found a number
     --> s.yaml:5:30
      |
    5 |   - { name: m1, matrix: { a: 1, "b c": [1], c: [], d: [1, 1] }, expect: { outcome: …
      |                              ^ a number
      |
      = help: write it as lines that begin with '- ', or as [one, another]

    error[suite/expansion]: 'b c' cannot be the name of an axis
     --> s.yaml:5:33
      |
    5 |   - { name: m1, matrix: { a: 1, "b c": [1], c: [], d: [1, 1] }, expect: { outcome: served }…
      |                                 ^^^^^
      |
      = help: use letters, digits, '_', '-' and '.'

    error[suite/expansion]: the axis 'c' has no values
     --> s.yaml:5:48
      |
    5 | …m1, matrix: { a: 1, "b c": [1], c: [], d: [1, 1] }, expect: { outcome: served } }
      |                                     ^^
      |
      = help: remove it or give it some

    error[suite/expansion]: the axis 'd' has this value twice
     --> s.yaml:5:59
      |
    5 | …: 1, "b c": [1], c: [], d: [1, 1] }, expect: { outcome: served } }
      |                                 ^ second time

    error[suite/expansion]: 'exclude' needs a 'matrix' to change
     --> s.yaml:6:26
      |
    6 |   - { name: m2, exclude: [{ a: 1 }], expect: { outcome: served } }
      |                          ^^^^^^^^^^
      |
      = help: add 'matrix: { axis: [value, other value] }'

    error[suite/expansion]: the matrix has no axis 'teir'
     --> s.yaml:7:55
      |
    7 | …ix: { tier: [a, b] }, exclude: [{ teir: a }, {}], include: [{ x: 1 }], expect: { outcome: s…
      |                                    ^^^^
      |
    help: did you mean 'tier'?
      |
    7 - …, exclude: [{ teir: a }, {}], include: [{…
    7 + …, exclude: [{ tier: a }, {}], include: [{…
      |

    error[suite/expansion]: an empty 'exclude' would leave every cell out
     --> s.yaml:7:66
      |
    7 | …: [a, b] }, exclude: [{ teir: a }, {}], include: [{ x: 1 }], expect: { outcome: served } }
      |                                     ^^
      |
      = help: name at least one axis: '{ axis: value }'

    error[suite/expansion]: a cell to add needs a value for every axis; 'u' has none
     --> s.yaml:8:55
      |
    8 | …x: { t: [a], u: [b] }, include: [{ t: c }], expect: { outcome: served } }
      |                                   ^^^^^^^^

    error[suite/expansion]: every cell of the matrix is excluded
     --> s.yaml:9:25
      |
    9 |   - { name: m5, matrix: { t: [a] }, exclude: [{ t: a }], expect: { outcome: served } }
      |                         ^^^^^^^^^^
      |
      = help: remove the scenario, or mark it with 'skip: reason'

    error[suite/expansion]: the examples have no rows
      --> s.yaml:10:27
       |
    10 |   - { name: m6, examples: [], expect: { outcome: served } }
       |                           ^^
       |
       = help: write '- { axis: value }'

    error[suite/expansion]: the first row has no 'b'; all rows have the same keys
      --> s.yaml:11:40
       |
    11 |   - { name: m7, examples: [{ a: 1 }, { b: 1 }, {}], expect: { outcome: served } }
       |                                        ^

    error[suite/expansion]: this row has no 'a'; all rows have the same keys
      --> s.yaml:11:48
       |
    11 |   - { name: m7, examples: [{ a: 1 }, { b: 1 }, {}], expect: { outcome: served } }
       |                                                ^^
       |
       = help: write '~' for no value

    error[suite/expansion]: the axis 't' is in 'matrix' and in 'examples'
      --> s.yaml:12:50
       |
    12 |   - { name: m8, matrix: { t: [a] }, examples: [{ t: a }], expect: { outcome: served } }
       |                                                  ^
       |
       = help: give one of them another name
    "#);
}

#[test]
fn cells_of_one_name() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    matrix: { a: [1, 2] }
    include: [{ a: 1 }]
    variables: { a: "${a}" }
    expect: { outcome: served }
"##), @"
    error[suite/duplicate-scenario]: two scenarios are called 'x[a=1]'
     --> s.yaml:4:11
      |
    4 |   - name: x
      |           ^ two of its cells have the same values, as far as the id shows them
      |
      = help: names are part of the id, which must be unique
    ");
}

#[test]
fn a_mistake_in_every_cell_is_told_once() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
scenarios:
  - name: x
    matrix: { a: [1, 2, 3, 4] }
    dtmf: ["${a}E"]
    expect: { outcome: gone, never: ["n${a}"] }
"##), @r#"
    error[suite/invalid-key]: 'E' is no key of a telephone
     --> s.yaml:6:12
      |
    6 |     dtmf: ["${a}E"]
      |            ^^^^^^^ in '1E'
      |
      = help: the keys are 0-9, *, # and A-D

    error[suite/unknown-disposition]: no call of this flow ends as 'gone'
     --> s.yaml:7:24
      |
    7 |     expect: { outcome: gone, never: ["n${a}"] }
      |                        ^^^^
      |
      = help: it ends as 'completed', 'transferred', 'hung_up', 'abandoned', 'failed', 'served', 'turned_away'

    error[suite/unknown-node]: the flow 'bank' has no node 'n1'
     --> s.yaml:7:38
      |
    7 |     expect: { outcome: gone, never: ["n${a}"] }
      |                                      ^^^^^^^

    error[suite/unknown-node]: the flow 'bank' has no node 'n2'
     --> s.yaml:7:38
      |
    7 |     expect: { outcome: gone, never: ["n${a}"] }
      |                                      ^^^^^^^

    error[suite/unknown-node]: the flow 'bank' has no node 'n3'
     --> s.yaml:7:38
      |
    7 |     expect: { outcome: gone, never: ["n${a}"] }
      |                                      ^^^^^^^

    error[suite/unknown-node]: the flow 'bank' has no node 'n4'
     --> s.yaml:7:38
      |
    7 |     expect: { outcome: gone, never: ["n${a}"] }
      |                                      ^^^^^^^
    "#);
}

#[test]
fn not_even_a_mapping() {
    insta::assert_snapshot!(said_of(r##"- a
- b
"##), @"
    error[suite/wrong-type]: expected a suite, found a list
     --> s.yaml:1:1
      |
    1 | - a
      | ^^^ a list
      |
      = help: write it as lines of 'key: value', indented by two spaces
    ");
}

#[test]
fn a_default_that_is_wrong() {
    insta::assert_snapshot!(said_of(r##"suite: S
flow: flows/bank.yaml
defaults: { expect: { ends_at: nowhere, outcome: served } }
scenarios:
  - name: x
  - name: y
"##), @"
    error[suite/unknown-node]: the flow 'bank' has no node 'nowhere'
     --> s.yaml:3:32
      |
    3 | defaults: { expect: { ends_at: nowhere, outcome: served } }
      |                                ^^^^^^^
    ");
}

#[test]
fn extending_in_a_circle_shows_the_circle() {
    let folder = Folder::new(&[
        ("a.yaml", "suite: A\nextends: b/b.yaml\nscenarios:\n  - name: x\n    expect: { outcome: served }\n"),
        ("b/b.yaml", "extends: ../c.yaml\ndefaults: {}\n"),
        ("c.yaml", "extends: a.yaml\ndefaults: {}\n"),
        ("d.yaml", "suite: D\nextends: c.yaml\nscenarios:\n  - name: x\n    expect: { outcome: served }\n"),
        ("self.yaml", "suite: D\nextends: ./self.yaml\nscenarios:\n  - name: x\n    expect: { outcome: served }\n"),
    ]);
    insta::assert_snapshot!(said(&folder.load()), @"
    error[suite/extends]: the suites extend each other in a circle: c.yaml → a.yaml → b/b.yaml → c.yaml
     --> b/b.yaml:1:10
      |
    1 | extends: ../c.yaml
      |          ^^^^^^^^^ closes the circle

    error[suite/extends]: the suites extend each other in a circle: a.yaml → b/b.yaml → c.yaml → a.yaml
     --> c.yaml:1:10
      |
    1 | extends: a.yaml
      |          ^^^^^^ closes the circle

    error[suite/extends]: the suites extend each other in a circle: self.yaml → self.yaml
     --> self.yaml:2:10
      |
    2 | extends: ./self.yaml
      |          ^^^^^^^^^^^ closes the circle
    ");
}

#[test]
fn bases_that_cannot_be_used() {
    let s = |extends: &str| {
        format!("suite: S\nextends: {extends}\nscenarios:\n  - name: x\n    expect: {{ outcome: served }}\n")
    };
    let folder = Folder::new(&[
        ("in/a.yaml", &s("../../outside.yaml")),
        ("in/b.yaml", &s("bsae.yaml")),
        ("in/base.yaml", "flow: ../flows/bank.yaml\ndefaults: { seed: x }\nscenario: []\n"),
        ("in/c.yaml", &s("base.yaml")),
        ("in/d.yaml", &s("middle.yaml")),
        ("in/middle.yaml", "extends: base.yaml\ndefaults: { timeout: 3 }\n"),
    ]);
    insta::assert_snapshot!(said(&folder.load()), @"
    error[suite/outside-root]: the file '../outside.yaml' lies outside of the suite root
     --> in/a.yaml:2:10
      |
    2 | extends: ../../outside.yaml
      |          ^^^^^^^^^^^^^^^^^^
      |
      = help: the root is the folder with callpath.toml, else the current one: run in a folder above, or put a callpath.toml there

    error[suite/extends]: there is no file 'in/bsae.yaml'
     --> in/b.yaml:2:10
      |
    2 | extends: bsae.yaml
      |          ^^^^^^^^^
      |
      = help: did you mean 'base.yaml'?

    error[suite/missing-key]: missing key 'suite' in a suite
     --> in/base.yaml:1:1
      |
    1 | flow: ../flows/bank.yaml
      | ^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: add 'suite: ...'

    error[suite/missing-key]: missing key 'scenarios' in a suite
     --> in/base.yaml:1:1
      |
    1 | flow: ../flows/bank.yaml
      | ^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: add 'scenarios: ...'

    error[suite/wrong-type]: expected a seed, found 'x'
     --> in/base.yaml:2:19
      |
    2 | defaults: { seed: x }
      |                   ^
      |
      = help: write a whole number in plain digits, such as 42

    error[suite/unknown-key]: unknown key 'scenario' in a suite
     --> in/base.yaml:3:1
      |
    3 | scenario: []
      | ^^^^^^^^
      |
    help: did you mean 'scenarios'?
      |
    3 | scenarios: []
      |         +

    error[suite/broken-base]: the suite 'in/base.yaml' cannot be extended: it has errors
     --> in/c.yaml:2:10
      |
    2 | extends: base.yaml
      |          ^^^^^^^^^

    error[suite/broken-base]: the suite 'in/middle.yaml' cannot be extended: it has errors
     --> in/d.yaml:2:10
      |
    2 | extends: middle.yaml
      |          ^^^^^^^^^^^

    error[suite/broken-base]: the suite 'in/base.yaml' cannot be extended: it has errors
     --> in/middle.yaml:1:10
      |
    1 | extends: base.yaml
      |          ^^^^^^^^^

    error[suite/wrong-type]: expected a length of time: '3' has no unit
     --> in/middle.yaml:2:22
      |
    2 | defaults: { timeout: 3 }
      |                      ^ a number without a unit
      |
      = help: write '3s' or '3000ms'
    ");
}

#[test]
fn what_is_wrong_with_a_flow_is_told_once_and_every_suite_that_calls_it_is_rejected() {
    let s = "suite: S\nflow: flows/broken.yaml\nscenarios:\n  - name: x\n    expect: { outcome: served }\n";
    let folder = Folder::new(&[
        ("a.yaml", s),
        ("b.yaml", s),
        ("c.yaml", &suite("  - name: x\n    expect: { outcome: served }\n")),
        ("flows/broken.yaml", "flow: broken\nstart: nowhere\nnodes:\n  a: { type: end }\n"),
    ]);
    let mut texts = Vec::new();
    for threads in [1, 4, 4, 4] {
        let loaded = folder.load_by(threads, &["."]);
        assert_eq!(loaded.suites.len(), 1);
        let rejected: Vec<String> = loaded
            .rejected
            .iter()
            .map(|rejected| format!("{} {}", rejected.suite, rejected.diagnostics.len()))
            .collect();
        assert_eq!(rejected, ["a 2", "b 1"]);
        texts.push(said(&loaded));
    }
    texts.dedup();
    assert_eq!(texts.len(), 1);
    insta::assert_snapshot!(texts[0], @"
    error[suite/broken-flow]: the flow 'flows/broken.yaml' cannot be used: it has errors
     --> a.yaml:2:7
      |
    2 | flow: flows/broken.yaml
      |       ^^^^^^^^^^^^^^^^^

    error[suite/broken-flow]: the flow 'flows/broken.yaml' cannot be used: it has errors
     --> b.yaml:2:7
      |
    2 | flow: flows/broken.yaml
      |       ^^^^^^^^^^^^^^^^^

    error[flow/unknown-node]: unknown node 'nowhere'
     --> flows/broken.yaml:2:8
      |
    2 | start: nowhere
      |        ^^^^^^^ the flow has no node with this id
    ");
}

#[test]
fn files_that_are_no_text() {
    let folder = Folder::new(&[
        ("empty.yaml", ""),
        ("nul.yaml", "a\0b"),
        ("tab.yaml", "suite: S\nscenarios:\n\t- a\n"),
        ("x.yaml", "a: 1\n"),
        ("x.yml", "b: 1\n"),
    ]);
    folder.write("good.yaml", &suite("  - name: x\n    expect: { outcome: served }\n"));
    let loaded = folder.load();
    assert_eq!(loaded.suites.len(), 1);
    insta::assert_snapshot!(said(&loaded), @"
    error[yaml/empty]: the file is empty
     --> empty.yaml

    error[yaml/binary]: this is a binary file (a NUL at byte 1), not a text
     --> nul.yaml

    error[yaml/syntax]: this line is indented with a tab
     --> tab.yaml:3:1
      |
    3 |     - a
      | ^^^^ a tab
      |
      = help: indent with spaces; YAML allows no tabs there

    error[suite/missing-key]: missing key 'suite' in a suite
     --> x.yaml:1:1
      |
    1 | a: 1
      | ^^^^
      |
      = help: add 'suite: ...'

    error[suite/missing-key]: missing key 'scenarios' in a suite
     --> x.yaml:1:1
      |
    1 | a: 1
      | ^^^^
      |
      = help: add 'scenarios: ...'

    error[suite/unknown-key]: unknown key 'a' in a suite
     --> x.yaml:1:1
      |
    1 | a: 1
      | ^
      |
      = help: known keys are 'suite', 'description', 'kind', 'extends', 'flow', 'tags', 'defaults', 'gates' and 'scenarios'

    error[suite/ambiguous-path]: this file and 'x.yaml' have the same name for scenarios' ids: 'x'
     --> x.yml
      = help: rename one of them

    error[suite/missing-key]: missing key 'suite' in a suite
     --> x.yml:1:1
      |
    1 | b: 1
      | ^^^^
      |
      = help: add 'suite: ...'

    error[suite/missing-key]: missing key 'scenarios' in a suite
     --> x.yml:1:1
      |
    1 | b: 1
      | ^^^^
      |
      = help: add 'scenarios: ...'

    error[suite/unknown-key]: unknown key 'b' in a suite
     --> x.yml:1:1
      |
    1 | b: 1
      | ^
      |
      = help: known keys are 'suite', 'description', 'kind', 'extends', 'flow', 'tags', 'defaults', 'gates' and 'scenarios'
    ");
}

#[test]
fn a_file_outside_of_the_root() {
    let mut folder = Folder::new(&[("s.yaml", &suite("  - name: x\n    expect: { outcome: served }\n"))]);
    folder.options.root.push("flows");
    insta::assert_snapshot!(said(&folder.load()), @"
    error[suite/outside-root]: the file lies outside of the suite root
     --> s.yaml
      = help: the root is the folder with callpath.toml, else the current one: run in a folder above, or put a callpath.toml there
    ");
}
