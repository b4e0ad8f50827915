//! Which variables a node needs and which it sets.

use crate::flow::expression::{Expression, Template};
use crate::flow::{Case, Kind, Node, Prompt, PromptContent};

/// Slots that must have a value when the node is executed, in any order, with repeats.
pub(super) fn needs(node: &Node) -> Vec<usize> {
    let mut slots = Vec::new();
    let mut prompts = |list: &[Prompt]| {
        for prompt in list {
            if let PromptContent::Say(texts) = &prompt.content {
                slots.extend(texts.iter().flat_map(|(_, text)| text.needs()));
            }
        }
    };
    match &node.kind {
        Kind::Play(play) => prompts(&play.prompts),
        Kind::Menu(menu) => prompts(&menu.prompts),
        Kind::Collect(collect) => prompts(&collect.prompts),
        Kind::Bot(bot) => prompts(&bot.prompts),
        Kind::Record(record) => prompts(&record.prompts),
        Kind::Queue(queue) => prompts(&queue.treatment),
        Kind::Wait(wait) => prompts(&wait.music),
        Kind::End(end) => prompts(&end.prompts),
        Kind::Decision(condition) => slots = condition.needs(),
        Kind::Switch(switch) => {
            slots = switch.on_value.iter().flat_map(Expression::needs).collect();
            slots.extend(of_cases(&switch.cases));
        }
        Kind::QueueCheck(check) => {
            slots = of_cases(&check.cases).into_iter().filter(|&slot| slot != check.metric_slot).collect();
        }
        Kind::Set(assignments) => {
            let mut own = Vec::new();
            for (slot, expression) in assignments {
                slots.extend(expression.needs().into_iter().filter(|slot| !own.contains(slot)));
                own.push(*slot);
            }
        }
        Kind::Lookup(lookup) => slots = lookup.inputs.iter().flat_map(|(_, input)| input.needs()).collect(),
        Kind::Subflow(subflow) => slots = subflow.inputs.iter().flat_map(|(_, input)| input.needs()).collect(),
        Kind::Hours(hours) => slots = hours.emergency.iter().flat_map(Expression::needs).collect(),
        Kind::Loop(rounds) => slots = rounds.times.needs(),
        Kind::Transfer(transfer) => slots = transfer.number.needs(),
        Kind::Callback(callback) => {
            slots = callback.number.needs();
            slots.extend(callback.when.iter().flat_map(Template::needs));
        }
        Kind::Effect(effect) => slots = effect.settings.iter().flat_map(|(_, setting)| setting.needs()).collect(),
        Kind::Start | Kind::Random(_) | Kind::Jump(_) | Kind::Return(_) => {}
    }
    slots
}

fn of_cases(cases: &[Case]) -> Vec<usize> {
    let conditions = cases.iter().filter_map(|case| match case {
        Case::When(condition) => Some(condition),
        Case::Equals(_) => None,
    });
    conditions.flat_map(Expression::needs).collect()
}

/// Slots that the node may set.
pub(super) fn sets(node: &Node) -> Vec<usize> {
    match &node.kind {
        Kind::Menu(menu) => menu.variable.into_iter().collect(),
        Kind::Collect(collect) => collect.variable.into_iter().collect(),
        Kind::Bot(bot) => bot.variable.into_iter().collect(),
        Kind::Record(record) => record.variable.into_iter().collect(),
        Kind::Loop(rounds) => rounds.counter.into_iter().collect(),
        Kind::Set(assignments) => assignments.iter().map(|&(slot, _)| slot).collect(),
        Kind::Lookup(lookup) => lookup.outputs.iter().map(|&(slot, _)| slot).collect(),
        Kind::Subflow(subflow) => subflow.outputs.iter().map(|&(slot, _)| slot).collect(),
        _ => Vec::new(),
    }
}
