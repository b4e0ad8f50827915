//! Flows without mistakes.

use super::*;
use crate::flow::{Jump, Kind, Metric, Node, PromptContent, Until, Unwired, Validation, Value};

/// One node of every type, with all keys.
pub(in crate::flow) const EVERY: &str = include_str!("every.yaml");

fn node<'f>(flow: &'f Flow, id: &str) -> &'f Node {
    flow.nodes.iter().find(|node| &*node.id.value == id).expect("a node of the flow")
}

fn kind<'f>(flow: &'f Flow, id: &str) -> &'f Kind {
    &node(flow, id).kind
}

/// The outcomes of a node with the nodes that they lead to.
fn edges(flow: &Flow, id: &str) -> String {
    let edges = node(flow, id).outcomes.iter().map(|outcome| match outcome.target {
        Some(target) => format!("{}->{}", outcome.name, flow.nodes[target].id.value),
        None => outcome.name.to_string(),
    });
    edges.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_head_of_a_flow() {
    let flow = flow(EVERY);
    assert_eq!((&*flow.id.value, &*flow.name), ("every-type", "One node of every type"));
    assert_eq!((&*flow.version, flow.language.as_deref()), ("3", Some("en-US")));
    assert_eq!(flow.unwired, Unwired::End);
    assert_eq!(&*flow.nodes[flow.start].id.value, "begin");
    assert_eq!(
        flow.subflow_files,
        [crate::source::diagnostics::Spanned::new("other.yaml".to_owned(), Default::default())]
    );
    let declared: Vec<_> = flow.slots.iter().zip(&flow.declared).collect();
    assert_eq!(declared.len(), 5);
    assert_eq!((&**declared[1].0, &declared[1].1.initial), ("tries", &Value::Integer(0)));
    assert_eq!(declared[2].1.initial, Value::Decimal(0.5));
    assert_eq!(declared[4].1.initial, Value::Null);
    assert_eq!(
        flow.assets.iter().map(|(name, asset)| (&**name, asset.duration_ms)).collect::<Vec<_>>(),
        [("hold-music", 6_000), ("clip", 90_000)]
    );
    let (_, loans) = &flow.queues[1];
    assert_eq!((loans.open, loans.agents, loans.waiting, loans.handle_time_ms), (false, 1, 0, 180_000));
    assert_eq!((loans.capacity, loans.wait_ms), (u32::MAX, Some(90_000)));
    assert_eq!(flow.events.keys.iter().map(|&(key, _)| key).collect::<String>(), "*0");
    assert_eq!(&*flow.nodes[flow.events.on_signal[0].1].id.value, "sorry");
}

#[test]
fn every_type_is_there() {
    let flow = flow(EVERY);
    let mut types: Vec<_> = flow.nodes.iter().map(|node| node.kind.type_name()).collect();
    types.sort();
    types.dedup();
    let mut all: Vec<_> = node::type_names().collect();
    all.sort();
    assert_eq!(types, all);
}

#[test]
fn outcomes_and_edges() {
    let flow = flow(EVERY);
    let all: Vec<String> = flow
        .nodes
        .iter()
        .map(|node| format!("{}: {}", node.id.value, edges(&flow, &node.id.value)).trim_end().to_owned())
        .collect();
    insta::assert_snapshot!(all.join("\n"), @r"
begin: next->hello
hello: next->menu digit->menu error->sorry *->menu 0->sorry
menu: 1->pin 12->bot 0->sorry no_input->menu no_match->menu max_attempts->sorry error->sorry *->menu
pin: ok->card no_input invalid->pin cancelled->menu max_attempts error *->menu
card: ok->birth no_input invalid cancelled max_attempts error *->menu
birth: ok->bot no_input invalid cancelled max_attempts error *->menu
bot: balance->decide agent->queue other->menu no_intent->menu no_input max_attempts error *->menu 0->sorry
decide: true->by_value false->by_case error
by_value: en-US->set es-MX->set 1->set default->set error
by_case: gold->set silver->set default->set error
set: next->look error
look: success->hours not_found->sorry failure->sorry timeout->sorry locked->sorry error->sorry
look_again: success->hours not_found failure timeout error
hours: open->draw closed->sorry holiday->sorry emergency->sorry error
draw: a->again b->again
again: repeat->again done->loop_more error
loop_more: repeat->loop_more done->verify error
verify: completed->check refused->sorry error->sorry
leave:
away:
check: long->promise default->queue error
queue: answered->log abandoned->log timeout->out full->promise closed->tape error
out: connected->log busy->tape no_answer->tape failed->tape invalid->tape
tape: recorded->pause no_audio->pause hung_up too_long error *->menu 0->sorry
promise: scheduled->pause invalid_number->tape full->tape error
pause: elapsed->pause_more event error
pause_more: elapsed->log event->log digit->log error *->menu 0->sorry
log: next->sorry error
sorry:
back:
done:
");
}

#[test]
fn what_each_node_says() {
    let flow = flow(EVERY);
    assert_eq!(node(&flow, "begin").label.as_deref(), Some("Here it begins"));
    let Kind::Play(play) = kind(&flow, "hello") else { panic!("a play node") };
    assert!(!play.barge_in && play.detect && play.clear_buffer);
    assert_eq!(play.prompts[1].duration_ms, Some(3_000));
    let PromptContent::Say(languages) = &play.prompts[2].content else { panic!("spoken") };
    assert_eq!(
        languages.iter().map(|(language, _)| language.as_deref()).collect::<Vec<_>>(),
        [Some("en-US"), Some("es-MX")]
    );
    assert!(matches!(&play.prompts[3].content, PromptContent::Asset(id) if &**id == "clip"));
    let Kind::Menu(menu) = kind(&flow, "menu") else { panic!("a menu") };
    assert_eq!(menu.choices.iter().map(|keys| &**keys).collect::<Vec<_>>(), ["1", "12", "0"]);
    assert_eq!(
        (menu.no_input_ms, menu.interdigit_ms, menu.terminator, menu.max_attempts),
        (4_000, 1_500, Some('#'), 2)
    );
    assert!(!menu.barge_in && !menu.type_ahead && menu.clear_buffer);
    assert_eq!(menu.variable, flow.slots.get("choice"));
    let Kind::Collect(pin) = kind(&flow, "pin") else { panic!("a collect node") };
    assert_eq!((pin.min, pin.max, pin.terminator, pin.cancel), (4, 8, None, Some('#')));
    let Some(Validation::Regex(regex)) = &pin.validate else { panic!("a regular expression") };
    assert!(regex.is_match("1234") && !regex.is_match("12345"), "the whole entry must match");
    let Kind::Collect(card) = kind(&flow, "card") else { panic!("a collect node") };
    assert_eq!((card.min, card.max, card.terminator, card.cancel), (1, 20, Some('#'), None));
    assert_eq!((card.no_input_ms, card.interdigit_ms, card.max_attempts), (5_000, 3_000, 3));
    assert!(card.barge_in && card.type_ahead && !card.clear_buffer && !card.secret);
    assert!(matches!(card.validate, Some(Validation::Luhn)));
    let Kind::Bot(bot) = kind(&flow, "bot") else { panic!("a bot node") };
    assert_eq!(bot.intents[0].1, ["my balance", "how much"]);
    assert!(bot.intents[1].1.is_empty());
    let Kind::Lookup(look) = kind(&flow, "look") else { panic!("a lookup") };
    assert_eq!((&*look.service, look.timeout_ms, look.inputs.len(), look.outputs.len()), ("balance", 2_000, 2, 2));
    let Kind::Lookup(again) = kind(&flow, "look_again") else { panic!("a lookup") };
    assert_eq!((&*again.service, again.timeout_ms), ("look_again", 10_000));
    let Kind::Random(weights) = kind(&flow, "draw") else { panic!("a random node") };
    assert_eq!(weights, &[3, 1]);
    let Kind::Jump(Jump::Node(to)) = kind(&flow, "leave") else { panic!("a jump") };
    assert_eq!(&*flow.nodes[*to].id.value, "check");
    let Kind::QueueCheck(check) = kind(&flow, "check") else { panic!("a queue check") };
    assert_eq!((check.metric, Some(check.metric_slot)), (Metric::EstimatedWait, flow.slots.get("metric")));
    let Kind::Queue(queue) = kind(&flow, "queue") else { panic!("a queue node") };
    assert_eq!((queue.priority, queue.treatment_every_ms, queue.max_wait_ms), (-2, 20_000, 300_000));
    let Kind::Transfer(out) = kind(&flow, "out") else { panic!("a transfer") };
    assert_eq!((out.attended, out.timeout_ms, out.number.text()), (true, 20_000, "+1555${choice}"));
    let Kind::Record(tape) = kind(&flow, "tape") else { panic!("a record node") };
    assert_eq!((tape.max_ms, tape.silence_ms, tape.terminator), (60_000, 3_000, None));
    let Kind::Wait(pause) = kind(&flow, "pause_more") else { panic!("a wait node") };
    assert!(matches!(&pause.until, Until::Event { name, timeout_ms: 10_000 } if &**name == "payment"));
    let Kind::Effect(log) = kind(&flow, "log") else { panic!("an effect") };
    assert_eq!(
        log.settings.iter().map(|(name, value)| (&**name, value.text())).collect::<Vec<_>>(),
        [("level", "3"), ("on", "true"), ("note", "round ${round}")]
    );
    assert!(matches!(kind(&flow, "done"), Kind::End(end) if &*end.disposition == "completed"));
    assert!(matches!(kind(&flow, "back"), Kind::Return(name) if &**name == "refused"));
}

#[test]
fn secrets_spread_through_set_but_not_through_lookups() {
    let flow = flow(EVERY);
    let secret: Vec<_> =
        flow.slots.iter().zip(&flow.secret).filter(|(_, secret)| **secret).map(|(name, _)| &**name).collect();
    assert_eq!(secret, ["pin", "hidden"], "lookup 'look' is given the pin, but its answer is not one");
}

#[test]
fn secrets_spread_against_the_order_of_the_file() {
    let flow = flow(
        "flow: f\nstart: a\nnodes:\n  a: { type: set, set: { c: b }, next: b }\n  b: { type: set, set: { b: a }, next: c }\n  \
         c: { type: collect, variable: a, secret: true, on: { ok: a } }\n",
    );
    assert_eq!(flow.secret, [true; 3]);
}

#[test]
fn json_is_yaml_too() {
    let flow = flow(r#"{"flow": "j", "start": "a", "nodes": {"a": {"type": "end", "disposition": "done"}}}"#);
    assert_eq!((&*flow.name, &*flow.version), ("j", "1"));
}
