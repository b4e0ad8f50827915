//! Flows with mistakes, and every message about them.

use insta::assert_snapshot;

use super::mistakes;

#[test]
fn not_a_mapping() {
    let text = "[1, 2]
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/wrong-type]: expected a flow, found a list
 --> flow.yaml:1:1
  |
1 | [1, 2]
  | ^^^^^^ a list
  |
  = help: write it as lines of 'key: value', indented by two spaces
"#);
}

#[test]
fn an_empty_file() {
    let text = "";
    assert_snapshot!(mistakes(text), @r#"
error[yaml/empty]: the file is empty
 --> flow.yaml
"#);
}

#[test]
fn everything_missing() {
    let text = "name: Nameless
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/missing-key]: missing key 'flow' in a flow
 --> flow.yaml:1:1
  |
1 | name: Nameless
  | ^^^^^^^^^^^^^^
  |
  = help: add 'flow: ...'
error[flow/missing-key]: missing key 'nodes' in a flow
 --> flow.yaml:1:1
  |
1 | name: Nameless
  | ^^^^^^^^^^^^^^
  |
  = help: add 'nodes: ...'
error[flow/missing-key]: missing key 'start' in a flow
 --> flow.yaml:1:1
  |
1 | name: Nameless
  | ^^^^^^^^^^^^^^
  |
  = help: add 'start: ...', the id of the node that the call begins with
"#);
}

#[test]
fn no_start_names_a_likely_first_node() {
    let text = "flow: f
nodes:
  b: { type: end }
  a: { type: start, next: b }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/missing-key]: missing key 'start' in a flow
 --> flow.yaml:1:1
  |
1 | flow: f
  | ^^^^^^^
  |
  = help: add 'start: a' or another node that the call begins with
"#);
}

#[test]
fn no_start_and_no_start_node() {
    let text = "flow: f
start:
nodes:
  b: { type: end }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/missing-key]: the key 'start' in a flow has no value
 --> flow.yaml:2:1
  |
2 | start:
  | ^^^^^
  |
  = help: add 'start: b' or another node that the call begins with
"#);
}

#[test]
fn no_nodes() {
    let text = "flow: f
start: a
nodes: {}
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/empty]: the flow has no nodes
 --> flow.yaml:3:8
  |
3 | nodes: {}
  |        ^^ nothing in here
"#);
}

#[test]
fn unknown_keys() {
    let text = "flow: f
start: a
startt: a
nodes:
  a: { type: end, promts: [Bye], colour: red }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/unknown-key]: unknown key 'promts' in an end node
 --> flow.yaml:5:19
  |
5 |   a: { type: end, promts: [Bye], colour: red }
  |                   ^^^^^^
  |
help: did you mean 'prompts'?
  |
5 | … { type: end, prompts: [Bye], colour: red …
  |                    +
error[flow/unknown-key]: unknown key 'colour' in an end node
 --> flow.yaml:5:34
  |
5 |   a: { type: end, promts: [Bye], colour: red }
  |                                  ^^^^^^
  |
  = help: known keys are 'type', 'disposition', 'prompts', 'label' and 'meta'
error[flow/unknown-key]: unknown key 'startt' in a flow
 --> flow.yaml:3:1
  |
3 | startt: a
  | ^^^^^^
  |
  = help: known keys are 'flow', 'name', 'version', 'start', 'language', 'unwired', 'subflows', 'variables', 'assets', 'schedules', 'queues', 'events' and 'nodes'
"#);
}

#[test]
fn unknown_type() {
    let text = "flow: f
start: a
nodes:
  a: { type: mneu }
  b: { type: teleport }
  c: { next: a }
  d: 5
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/unknown-type]: unknown type of node 'mneu'
 --> flow.yaml:4:14
  |
4 |   a: { type: mneu }
  |              ^^^^
  |
help: did you mean 'menu'?
  |
4 -   a: { type: mneu }
4 +   a: { type: menu }
  |
error[flow/unknown-type]: unknown type of node 'teleport'
 --> flow.yaml:5:14
  |
5 |   b: { type: teleport }
  |              ^^^^^^^^
  |
  = help: the types are 'start', 'play', 'menu', 'collect', 'bot', 'decision', 'switch', 'set', 'lookup', 'hours', 'random', 'loop', 'subflow', 'jump', 'queue_check', 'queue', 'transfer', 'record', 'callback', 'wait', 'effect', 'end' and 'return'
error[flow/missing-key]: missing key 'type' in a node
 --> flow.yaml:6:6
  |
6 |   c: { next: a }
  |      ^^^^^^^^^^^
  |
  = help: add 'type: ...'
error[flow/wrong-type]: expected a node, found a number
 --> flow.yaml:7:6
  |
7 |   d: 5
  |      ^ a number
  |
  = help: write it as lines of 'key: value', indented by two spaces
"#);
}

#[test]
fn dangling_edges() {
    let text = "flow: f
start: a
events: { on_hangup: wlcome }
nodes:
  a: { type: start, next: welcom }
  welcome: { type: play, prompts: Hi, on: { next: nowhere } }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/unknown-node]: unknown node 'wlcome'
 --> flow.yaml:3:22
  |
3 | events: { on_hangup: wlcome }
  |                      ^^^^^^
  |
help: did you mean 'welcome'?
  |
3 | events: { on_hangup: welcome }
  |                       +
error[flow/unknown-node]: unknown node 'welcom'
 --> flow.yaml:5:27
  |
5 |   a: { type: start, next: welcom }
  |                           ^^^^^^
  |
help: did you mean 'welcome'?
  |
5 |   a: { type: start, next: welcome }
  |                                 +
error[flow/unknown-node]: unknown node 'nowhere'
 --> flow.yaml:6:51
  |
6 | …ts: Hi, on: { next: nowhere } }
  |                      ^^^^^^^ the flow has no node with this id
"#);
}

#[test]
fn unknown_outcomes() {
    let text = "flow: f
start: a
nodes:
  a: { type: decision, if: 'true', on: { ture: b, yes: b }, next: b }
  b: { type: end, on: { next: a } }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/unknown-outcome]: a decision has no outcome 'ture'
 --> flow.yaml:4:42
  |
4 |   a: { type: decision, if: 'true', on: { ture: b, yes: b }, next: b }
  |                                          ^^^^
  |
help: did you mean 'true'? its outcomes are 'true', 'false' and 'error'
  |
4 - …'true', on: { ture: b, yes: b }, next: b …
4 + …'true', on: { true: b, yes: b }, next: b …
  |
error[flow/unknown-outcome]: a decision has no outcome 'yes'
 --> flow.yaml:4:51
  |
4 |   a: { type: decision, if: 'true', on: { ture: b, yes: b }, next: b }
  |                                                   ^^^
  |
  = help: its outcomes are 'true', 'false' and 'error'
error[flow/unknown-key]: unknown key 'next' in a decision
 --> flow.yaml:4:61
  |
4 |   a: { type: decision, if: 'true', on: { ture: b, yes: b }, next: b }
  |                                                             ^^^^
  |
  = help: known keys are 'type', 'if', 'on', 'label' and 'meta'
error[flow/unknown-key]: unknown key 'on' in an end node
 --> flow.yaml:5:19
  |
5 |   b: { type: end, on: { next: a } }
  |                   ^^
  |
  = help: known keys are 'type', 'disposition', 'prompts', 'label' and 'meta'
"#);
}

#[test]
fn two_edges_for_one_outcome() {
    let text = "flow: f
start: a
nodes:
  a: { type: start, next: b, on: { next: b } }
  b: { type: end }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/duplicate-edge]: outcome 'next' has two edges
 --> flow.yaml:4:36
  |
4 |   a: { type: start, next: b, on: { next: b } }
  |                           -        ^^^^ the second edge
  |                           |
  |                           the first edge
"#);
}

#[test]
fn duplicate_nodes() {
    let text = "flow: f
start: a
nodes:
  a: { type: end }
  a: { type: end }
";
    assert_snapshot!(mistakes(text), @r#"
error[yaml/duplicate-key]: the key 'a' stands here twice
 --> flow.yaml:5:3
  |
4 |   a: { type: end }
  |   - first time
5 |   a: { type: end }
  |   ^ second time
"#);
}

#[test]
fn bad_keys() {
    let text = "flow: f
start: a
events: { keys: { '12': b } }
nodes:
  a: { type: menu, choices: { E: b, '1x': b, 'a': b, '1#': b, '': b }, terminator: '#' }
  b: { type: collect, terminator: '12', cancel: '%', max: 3 }
  c: { type: collect, cancel: '#' }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/key]: '12' is more than one key
 --> flow.yaml:3:19
  |
3 | events: { keys: { '12': b } }
  |                   ^^^^
  |
  = help: an event is a single key
error[flow/key]: 'E' is not a key of the telephone
 --> flow.yaml:5:31
  |
5 |   a: { type: menu, choices: { E: b, '1x': b, 'a': b, '1#': b, '': b }, terminator: '#' }
  |                               ^
  |
  = help: keys are 0-9, *, # and A-D
error[flow/key]: '1x' contains 'x', which is not a key of the telephone
 --> flow.yaml:5:37
  |
5 |   a: { type: menu, choices: { E: b, '1x': b, 'a': b, '1#': b, '': b }, terminator: '#' }
  |                                     ^^^^
  |
  = help: keys are 0-9, *, # and A-D
error[flow/key]: 'a' is not a key of the telephone
 --> flow.yaml:5:46
  |
5 |   a: { type: menu, choices: { E: b, '1x': b, 'a': b, '1#': b, '': b }, terminator: '#' }
  |                                              ^^^
  |
help: keys are 0-9, *, # and A-D
  |
5 - …E: b, '1x': b, 'a': b, '1#': b, '': b }, …
5 + …E: b, '1x': b, "A": b, '1#': b, '': b }, …
  |
error[flow/key]: choice '1#' contains the terminator '#'
 --> flow.yaml:5:54
  |
5 |   a: { type: menu, choices: { E: b, '1x': b, 'a': b, '1#': b, '': b }, terminator: '#' }
  |                                                      ^^^^
  |
  = help: the terminator ends the keying and is not part of the keys
error[flow/key]: expected a key of the telephone, found an empty text
 --> flow.yaml:5:63
  |
5 |   a: { type: menu, choices: { E: b, '1x': b, 'a': b, '1#': b, '': b }, terminator: '#' }
  |                                                               ^^
  |
  = help: keys are 0-9, *, # and A-D
error[flow/key]: '12' is more than one key
 --> flow.yaml:6:35
  |
6 |   b: { type: collect, terminator: '12', cancel: '%', max: 3 }
  |                                   ^^^^
  |
  = help: write a single key, or none
error[flow/key]: '%' is not a key of the telephone
 --> flow.yaml:6:49
  |
6 |   b: { type: collect, terminator: '12', cancel: '%', max: 3 }
  |                                                 ^^^
  |
  = help: keys are 0-9, *, # and A-D
error[flow/key]: '#' is both the cancel key and the terminator
 --> flow.yaml:7:31
  |
7 |   c: { type: collect, cancel: '#' }
  |                               ^^^
  |
  = help: use another key for one of them
"#);
}

#[test]
fn a_hash_that_became_a_comment() {
    let text = "flow: f
start: a
nodes:
  a:
    type: collect
    terminator: #
";
    assert_snapshot!(mistakes(text), @r##"
error[flow/key]: '#' begins a comment here, so 'terminator' has no value
 --> flow.yaml:6:17
  |
6 |     terminator: #
  |                 ^
  |
help: write "#" in quotes to mean the hash key
  |
6 -     terminator: #
6 +     terminator: "#"
  |
"##);
}

#[test]
fn nothing_to_choose_from() {
    let text = "flow: f
start: a
nodes:
  a: { type: menu, choices: {} }
  b: { type: switch, cases: [] }
  c: { type: random, weights: {} }
  d: { type: bot, intents: {} }
  e: { type: set, set: {} }
  f: { type: play, prompts: { say: {} } }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/empty]: a menu needs at least one entry in 'choices'
 --> flow.yaml:4:29
  |
4 |   a: { type: menu, choices: {} }
  |                             ^^ nothing in here
error[flow/empty]: a switch needs at least one entry in 'cases'
 --> flow.yaml:5:29
  |
5 |   b: { type: switch, cases: [] }
  |                             ^^ nothing in here
error[flow/empty]: a random node needs at least one entry in 'weights'
 --> flow.yaml:6:31
  |
6 |   c: { type: random, weights: {} }
  |                               ^^ nothing in here
error[flow/empty]: a bot node needs at least one entry in 'intents'
 --> flow.yaml:7:28
  |
7 |   d: { type: bot, intents: {} }
  |                            ^^ nothing in here
error[flow/empty]: a set node needs at least one entry in 'set'
 --> flow.yaml:8:24
  |
8 |   e: { type: set, set: {} }
  |                        ^^ nothing in here
error[flow/empty]: a prompt needs at least one entry in 'say'
 --> flow.yaml:9:36
  |
9 |   f: { type: play, prompts: { say: {} } }
  |                                    ^^ nothing in here
"#);
}

#[test]
fn ranges() {
    let text = "flow: f
start: a
nodes:
  a: { type: collect, min: 9, max: 4 }
  b: { type: collect, min: -1, max: 0, max_attempts: 0 }
  c: { type: queue, queue: q, treatment_every: 10ms }
  d: { type: random, weights: { x: 0, y: { to: a } } }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/range]: 'min' is 9, more than 'max', which is 4
 --> flow.yaml:4:28
  |
4 |   a: { type: collect, min: 9, max: 4 }
  |                            ^ more than 'max'
error[flow/wrong-type]: expected a whole number between 0 and 1000, found -1
 --> flow.yaml:5:28
  |
5 |   b: { type: collect, min: -1, max: 0, max_attempts: 0 }
  |                            ^^
error[flow/wrong-type]: expected a whole number between 1 and 1000, found 0
 --> flow.yaml:5:37
  |
5 |   b: { type: collect, min: -1, max: 0, max_attempts: 0 }
  |                                     ^
error[flow/wrong-type]: expected a whole number between 1 and 1000, found 0
 --> flow.yaml:5:54
  |
5 |   b: { type: collect, min: -1, max: 0, max_attempts: 0 }
  |                                                      ^
error[flow/range]: the treatment is played once a second at most
 --> flow.yaml:6:48
  |
6 |   c: { type: queue, queue: q, treatment_every: 10ms }
  |                                                ^^^^
  |
  = help: write 1s or more
error[flow/wrong-type]: expected a weight between 1 and 1000000000, found 0
 --> flow.yaml:7:36
  |
7 |   d: { type: random, weights: { x: 0, y: { to: a } } }
  |                                    ^
error[flow/missing-key]: missing key 'weight' in a label
 --> flow.yaml:7:42
  |
7 |   d: { type: random, weights: { x: 0, y: { to: a } } }
  |                                          ^^^^^^^^^
  |
  = help: add 'weight: ...'
"#);
}

#[test]
fn validations() {
    let text = "flow: f
start: a
nodes:
  a: { type: collect, validate: { regex: '[0-9' } }
  b: { type: collect, validate: { date: MMDD } }
  c: { type: collect, validate: { luhn: true, regex: x } }
  d: { type: collect, validate: {} }
  e: { type: collect, validate: { regex: '(a{1000}){1000}' } }
  f: { type: collect, validate: { regex: 'a)|(b' } }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/regex]: the regular expression cannot be used: unclosed character class
 --> flow.yaml:4:42
  |
4 |   a: { type: collect, validate: { regex: '[0-9' } }
  |                                          ^^^^^^
error[flow/date]: 'MMDD' is not the pattern of a date
 --> flow.yaml:5:41
  |
5 |   b: { type: collect, validate: { date: MMDD } }
  |                                         ^^^^
  |
  = help: write MM, DD and YY or YYYY, each once, such as MMDDYYYY or DDMMYY
error[flow/either]: a validation says one thing only
 --> flow.yaml:6:33
  |
6 |   c: { type: collect, validate: { luhn: true, regex: x } }
  |                                 ^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: write one of { regex: "..." }, { luhn: true } and { date: "MMDDYYYY" }
error[flow/either]: the validation says nothing
 --> flow.yaml:7:33
  |
7 |   d: { type: collect, validate: {} }
  |                                 ^^
  |
  = help: write one of { regex: "..." }, { luhn: true } and { date: "MMDDYYYY" }
error[flow/regex]: the regular expression cannot be used: it is too large
 --> flow.yaml:8:42
  |
8 |   e: { type: collect, validate: { regex: '(a{1000}){1000}' } }
  |                                          ^^^^^^^^^^^^^^^^^
error[flow/regex]: the regular expression cannot be used: unopened group
 --> flow.yaml:9:42
  |
9 |   f: { type: collect, validate: { regex: 'a)|(b' } }
  |                                          ^^^^^^^
"#);
}

#[test]
fn schedules() {
    let text = "flow: f
start: a
schedules:
  office: { zone: America/NewYork, weekly: { mon-fry: ['09:00-17:00'], mon: ['9-17', '24:00-25:00', '08:00-08:00'], mon-tue: [] }, dates: { '2026-02-30': [] }, holidays: [20261224] }
  depot: { weekly: {} }
  lab: { zone: Chicago, weekday: {} }
nodes:
  a: { type: hours, schedule: offce }
  b: { type: hours, schedule: shop }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/unknown-zone]: unknown time zone 'America/NewYork'
 --> flow.yaml:4:19
  |
4 |   office: { zone: America/NewYork, weekly: { mon-fry: ['09:00-17:00'], mon: ['9-17', '24:00…
  |                   ^^^^^^^^^^^^^^^
  |
help: did you mean 'America/New_York'?
  |
4 | …: { zone: America/New_York, weekly: { mon-…
  |                       +
error[flow/schedule]: 'mon-fry' names no days of the week
 --> flow.yaml:4:46
  |
4 | …zone: America/NewYork, weekly: { mon-fry: ['09:00-17:00'], mon: ['9-17', '24:00-25:00', '08…
  |                                   ^^^^^^^
  |
  = help: write days such as mon-fri, sat, 'mon,wed' or daily
error[flow/schedule]: '9-17' is not a range of times
 --> flow.yaml:4:78
  |
4 | …{ mon-fry: ['09:00-17:00'], mon: ['9-17', '24:00-25:00', '08:00-08:00'], mon-tue: [] }, dat…
  |                                    ^^^^^^
  |
  = help: write opening hours such as "09:00-17:00" or "22:00-06:00"
error[flow/schedule]: '24:00-25:00' is not a range of times
 --> flow.yaml:4:86
  |
4 | …['09:00-17:00'], mon: ['9-17', '24:00-25:00', '08:00-08:00'], mon-tue: [] }, dates: { '2026…
  |                                 ^^^^^^^^^^^^^
  |
  = help: write opening hours such as "09:00-17:00" or "22:00-06:00"
error[flow/schedule]: '08:00-08:00' starts where it ends; a whole day is 00:00-24:00
 --> flow.yaml:4:101
  |
4 | …, mon: ['9-17', '24:00-25:00', '08:00-08:00'], mon-tue: [] }, dates: { '2026-02-30': [] }, …
  |                                 ^^^^^^^^^^^^^
  |
  = help: write opening hours such as "09:00-17:00" or "22:00-06:00"
error[flow/schedule]: 'mon' has its opening hours already
 --> flow.yaml:4:117
  |
4 | …, '24:00-25:00', '08:00-08:00'], mon-tue: [] }, dates: { '2026-02-30': [] }, holidays: [202…
  |                                   ^^^^^^^
  |
  = help: write all ranges of a day in one list
error[flow/schedule]: '2026-02-30' is not a date that exists
 --> flow.yaml:4:141
  |
4 | …:00'], mon-tue: [] }, dates: { '2026-02-30': [] }, holidays: [20261224] }
  |                                 ^^^^^^^^^^^^
  |
  = help: write year, month and day, such as "2026-12-24"
error[flow/schedule]: '20261224' is not a date that exists
 --> flow.yaml:4:172
  |
4 | …{ '2026-02-30': [] }, holidays: [20261224] }
  |                                   ^^^^^^^^
  |
  = help: write year, month and day, such as "2026-12-24"
error[flow/missing-key]: missing key 'zone' in a schedule
 --> flow.yaml:5:10
  |
5 |   depot: { weekly: {} }
  |          ^^^^^^^^^^^^^^
  |
  = help: add 'zone: ...'
error[flow/unknown-zone]: unknown time zone 'Chicago'
 --> flow.yaml:6:16
  |
6 |   lab: { zone: Chicago, weekday: {} }
  |                ^^^^^^^
  |
help: did you mean 'America/Chicago'?
  |
6 |   lab: { zone: America/Chicago, weekday: {} }
  |                ++++++++
error[flow/unknown-key]: unknown key 'weekday' in a schedule
 --> flow.yaml:6:25
  |
6 |   lab: { zone: Chicago, weekday: {} }
  |                         ^^^^^^^
  |
help: did you mean 'weekly'?
  |
6 -   lab: { zone: Chicago, weekday: {} }
6 +   lab: { zone: Chicago, weekly: {} }
  |
error[flow/unknown-schedule]: unknown schedule 'offce'
 --> flow.yaml:8:31
  |
8 |   a: { type: hours, schedule: offce }
  |                               ^^^^^
  |
help: did you mean 'office'?
  |
8 |   a: { type: hours, schedule: office }
  |                                  +
error[flow/unknown-schedule]: unknown schedule 'shop'
 --> flow.yaml:9:31
  |
9 |   b: { type: hours, schedule: shop }
  |                               ^^^^
  |
  = help: declare it under 'schedules'
"#);
}

#[test]
fn expressions() {
    let text = "flow: f
start: a
nodes:
  a: { type: decision, if: 'balance >' }
  b: { type: set, set: { x: [1, 2], '9x': 1, metric: 2, call: 3 } }
  c: { type: play, prompts: 'You have ${balance' }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/expression]: expected a value after '>'
 --> flow.yaml:4:37
  |
4 |   a: { type: decision, if: 'balance >' }
  |                                     ^
error[flow/wrong-type]: expected an expression, found a list
 --> flow.yaml:5:29
  |
5 |   b: { type: set, set: { x: [1, 2], '9x': 1, metric: 2, call: 3 } }
  |                             ^^^^^^ a list
error[flow/name]: '9x' cannot be the name of a variable
 --> flow.yaml:5:37
  |
5 |   b: { type: set, set: { x: [1, 2], '9x': 1, metric: 2, call: 3 } }
  |                                     ^^^^
  |
  = help: a name consists of letters, digits and '_' and does not begin with a digit
error[flow/name]: 'metric' cannot be the name of a variable
 --> flow.yaml:5:46
  |
5 |   b: { type: set, set: { x: [1, 2], '9x': 1, metric: 2, call: 3 } }
  |                                              ^^^^^^
  |
  = help: the word has a meaning of its own in expressions
error[flow/name]: 'call' cannot be the name of a variable
 --> flow.yaml:5:57
  |
5 |   b: { type: set, set: { x: [1, 2], '9x': 1, metric: 2, call: 3 } }
  |                                                         ^^^^
  |
  = help: the word has a meaning of its own in expressions
error[flow/expression]: '${' is never closed
 --> flow.yaml:6:39
  |
6 |   c: { type: play, prompts: 'You have ${balance' }
  |                                       ^^
  |
  = help: write '}' where the expression ends, or '$${' for the characters themselves
"#);
}

#[test]
fn unknown_variables_are_warnings() {
    let text = "flow: f
start: a
variables: { balance: 0 }
nodes:
  a: { type: decision, if: balence > 3 && balence < 9 }
  b: { type: set, set: { language: es } }
";
    assert_snapshot!(mistakes(text), @r#"
warning[flow/unknown-variable]: nothing in the flow gives the variable 'balence' a value
 --> flow.yaml:5:28
  |
5 |   a: { type: decision, if: balence > 3 && balence < 9 }
  |                            ^^^^^^^
  |
help: did you mean 'balance'?
  |
5 - …ecision, if: balence > 3 && balence < 9 }
5 + …ecision, if: balance > 3 && balence < 9 }
  |
warning[flow/unknown-variable]: nothing in the flow gives the variable 'es' a value
 --> flow.yaml:6:36
  |
6 |   b: { type: set, set: { language: es } }
  |                                    ^^
  |
  = help: declare it under 'variables', or write it in quotes inside the expression ('es') to mean a text
"#);
}

#[test]
fn metric_belongs_to_queue_checks() {
    let text = "flow: f
start: a
nodes:
  a: { type: queue_check, queue: q, metric: wait, cases: [{ name: x, when: metric > 3, to: b }] }
  b: { type: decision, if: metric > 3 }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/wrong-type]: expected a metric, found 'wait'
 --> flow.yaml:4:45
  |
4 | …e: queue_check, queue: q, metric: wait, cases: [{ name: x, when: metric > 3, to: b }] }
  |                                    ^^^^
  |
help: did you mean 'estimated_wait'?
  |
4 | …e: q, metric: estimated_wait, cases: [{ name: x, wh…
  |                ++++++++++
warning[flow/unknown-variable]: nothing in the flow gives the variable 'metric' a value
 --> flow.yaml:5:28
  |
5 |   b: { type: decision, if: metric > 3 }
  |                            ^^^^^^
  |
  = help: it is there in the cases of a queue check only
"#);
}

#[test]
fn names_of_outcomes_clash() {
    let text = r#"flow: f
start: a
nodes:
  a: { type: switch, on_value: "'x'", cases: { default: b } }
  b: { type: lookup, outcomes: [locked, locked, success] }
"#;
    assert_snapshot!(mistakes(text), @r#"
error[flow/duplicate-outcome]: a switch has an outcome 'default' of its own
 --> flow.yaml:4:48
  |
4 |   a: { type: switch, on_value: "'x'", cases: { default: b } }
  |                                                ^^^^^^^
  |
  = help: wire that one under 'on', or give this one another name
error[flow/duplicate-outcome]: a lookup has two outcomes 'locked'
 --> flow.yaml:5:41
  |
5 |   b: { type: lookup, outcomes: [locked, locked, success] }
  |                                         ^^^^^^
  |
  = help: give one of them another name
error[flow/duplicate-outcome]: a lookup has an outcome 'success' of its own
 --> flow.yaml:5:49
  |
5 |   b: { type: lookup, outcomes: [locked, locked, success] }
  |                                                 ^^^^^^^
  |
  = help: wire that one under 'on', or give this one another name
"#);
}

#[test]
fn the_forms_of_a_switch() {
    let text = r#"flow: f
start: a
nodes:
  a: { type: switch, cases: { x: a } }
  b: { type: switch, on_value: "'x'", cases: [{ name: x, when: 'true' }] }
"#;
    assert_snapshot!(mistakes(text), @r#"
error[flow/missing-key]: missing key 'on_value' in a switch whose cases are values
 --> flow.yaml:4:6
  |
4 |   a: { type: switch, cases: { x: a } }
  |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: add 'on_value: ...', or write the cases as a list of { name, when, to }
error[flow/wrong-type]: with 'on_value' the cases are a mapping of values to nodes
 --> flow.yaml:5:46
  |
5 |   b: { type: switch, on_value: "'x'", cases: [{ name: x, when: 'true' }] }
  |                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: write the cases as { value: node }, or leave 'on_value' out
"#);
}

#[test]
fn one_of_two_keys() {
    let text = "flow: f
start: a
nodes:
  a: { type: wait }
  b: { type: wait, duration: 1s, event: e }
  c: { type: jump }
  d: { type: jump, to: a, flow: g }
  e: { type: play, prompts: [{}, { say: x, asset: y }, { asset: y, duration: 3s }] }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/missing-key]: missing key 'duration' or 'event' in a wait node
 --> flow.yaml:4:6
  |
4 |   a: { type: wait }
  |      ^^^^^^^^^^^^^^
  |
  = help: add 'duration: ...' or 'event: ...'
error[flow/either]: a wait node has both 'duration' and 'event'
 --> flow.yaml:5:6
  |
5 |   b: { type: wait, duration: 1s, event: e }
  |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: keep one of them
error[flow/missing-key]: missing key 'to' or 'flow' in a jump
 --> flow.yaml:6:6
  |
6 |   c: { type: jump }
  |      ^^^^^^^^^^^^^^
  |
  = help: add 'to: ...' or 'flow: ...'
error[flow/either]: a jump has both 'to' and 'flow'
 --> flow.yaml:7:6
  |
7 |   d: { type: jump, to: a, flow: g }
  |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: keep one of them
error[flow/missing-key]: missing key 'say' or 'asset' in a prompt
 --> flow.yaml:8:30
  |
8 |   e: { type: play, prompts: [{}, { say: x, asset: y }, { asset: y, duration: 3s }] }
  |                              ^^
  |
  = help: add 'say: ...' or 'asset: ...'
error[flow/either]: a prompt has both 'say' and 'asset'
 --> flow.yaml:8:34
  |
8 |   e: { type: play, prompts: [{}, { say: x, asset: y }, { asset: y, duration: 3s }] }
  |                                  ^^^^^^^^^^^^^^^^^^^^
  |
  = help: keep one of them
error[flow/unknown-key]: unknown key 'duration' in a prompt
 --> flow.yaml:8:68
  |
8 |   e: { type: play, prompts: [{}, { say: x, asset: y }, { asset: y, duration: 3s }] }
  |                                                                    ^^^^^^^^
  |
  = help: known keys are 'say' and 'asset'
"#);
}

#[test]
fn bad_ids() {
    let text = r#"flow: my flow
start: a b
nodes:
  a b: { type: end }
  "": { type: end }
"#;
    assert_snapshot!(mistakes(text), @r#"
error[flow/id]: 'my flow' cannot be the id of the flow: it contains ' '
 --> flow.yaml:1:7
  |
1 | flow: my flow
  |       ^^^^^^^
  |
  = help: an id consists of letters (a-z), digits and the characters _ . : -
error[flow/id]: 'a b' cannot be the id of a node: it contains ' '
 --> flow.yaml:4:3
  |
4 |   a b: { type: end }
  |   ^^^
  |
  = help: an id consists of letters (a-z), digits and the characters _ . : -
error[flow/id]: the id of a node cannot be empty
 --> flow.yaml:5:3
  |
5 |   "": { type: end }
  |   ^^
"#);
}

#[test]
fn types_of_values() {
    let text = "flow: f
start: a
unwired: stuk
assets: { m: { type: sound, duration: 5 } }
queues: { q: { agents: many } }
nodes:
  a: { type: play, prompts: Hi, barge_in: yes, detect: 'true' }
  b: { type: lookup, timeout: 10, outputs: [x] }
  c: { type: transfer, mode: blnd }
  d: { type: end, next: a }
";
    assert_snapshot!(mistakes(text), @r#"
error[flow/wrong-type]: expected a policy, found 'stuk'
 --> flow.yaml:3:10
  |
3 | unwired: stuk
  |          ^^^^
  |
help: did you mean 'stuck'?
  |
3 | unwired: stuck
  |             +
error[flow/wrong-type]: expected a type of media, found 'sound'
 --> flow.yaml:4:22
  |
4 | assets: { m: { type: sound, duration: 5 } }
  |                      ^^^^^
  |
  = help: write 'audio', 'tts' or 'video'
error[flow/wrong-type]: expected a length of time: '5' has no unit
 --> flow.yaml:4:39
  |
4 | assets: { m: { type: sound, duration: 5 } }
  |                                       ^ a number without a unit
  |
  = help: write '5s' or '5000ms'
error[flow/wrong-type]: expected a whole number, found 'many'
 --> flow.yaml:5:24
  |
5 | queues: { q: { agents: many } }
  |                        ^^^^
  |
  = help: write a whole number in plain digits, such as 42
error[flow/wrong-type]: expected true or false, found a text
 --> flow.yaml:7:43
  |
7 |   a: { type: play, prompts: Hi, barge_in: yes, detect: 'true' }
  |                                           ^^^ a text
  |
help: write true or false, without quotes
  |
7 - … Hi, barge_in: yes, detect: 'true' }
7 + … Hi, barge_in: true, detect: 'true' }
  |
error[flow/wrong-type]: expected true or false, found a text
 --> flow.yaml:7:56
  |
7 |   a: { type: play, prompts: Hi, barge_in: yes, detect: 'true' }
  |                                                        ^^^^^^ a text
  |
help: write true or false, without quotes
  |
7 - … yes, detect: 'true' }
7 + … yes, detect: true }
  |
error[flow/wrong-type]: expected a mapping of variables to fields, found a list
 --> flow.yaml:8:44
  |
8 |   b: { type: lookup, timeout: 10, outputs: [x] }
  |                                            ^^^ a list
  |
  = help: write it as lines of 'key: value', indented by two spaces
error[flow/wrong-type]: expected a length of time: '10' has no unit
 --> flow.yaml:8:31
  |
8 |   b: { type: lookup, timeout: 10, outputs: [x] }
  |                               ^^ a number without a unit
  |
  = help: write '10s' or '10000ms'
error[flow/missing-key]: missing key 'number' in a transfer
 --> flow.yaml:9:6
  |
9 |   c: { type: transfer, mode: blnd }
  |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: add 'number: ...'
error[flow/wrong-type]: expected a mode, found 'blnd'
 --> flow.yaml:9:30
  |
9 |   c: { type: transfer, mode: blnd }
  |                              ^^^^
  |
help: did you mean 'blind'?
  |
9 |   c: { type: transfer, mode: blind }
  |                                +
error[flow/unknown-key]: unknown key 'next' in an end node
  --> flow.yaml:10:19
   |
10 |   d: { type: end, next: a }
   |                   ^^^^
   |
   = help: known keys are 'type', 'disposition', 'prompts', 'label' and 'meta'
"#);
}

#[test]
fn an_undeclared_queue() {
    let text = "flow: f
start: a
queues: { cards: {} }
nodes:
  a: { type: queue, queue: card }
";
    assert_snapshot!(mistakes(text), @r#"
warning[flow/unknown-queue]: queue 'card' is not declared under 'queues'
 --> flow.yaml:5:28
  |
5 |   a: { type: queue, queue: card }
  |                            ^^^^
  |
help: did you mean 'cards'?
  |
5 |   a: { type: queue, queue: cards }
  |                                +
"#);
}

#[test]
fn control_characters() {
    let text = r#"flow: f
start: a
nodes:
  a: { type: effect, kind: "x\e[31m", settings: { "\a": 1 } }
"#;
    assert_snapshot!(mistakes(text), @r#"
error[flow/wrong-type]: the kind of an effect must not contain the control character U+001B
 --> flow.yaml:4:28
  |
4 |   a: { type: effect, kind: "x\e[31m", settings: { "\a": 1 } }
  |                            ^^^^^^^^^
error[flow/name]: '␇' cannot be the name of a setting
 --> flow.yaml:4:51
  |
4 |   a: { type: effect, kind: "x\e[31m", settings: { "\a": 1 } }
  |                                                   ^^^^
  |
  = help: a name has at least one character, and no control characters
"#);
}
