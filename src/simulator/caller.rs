//! The caller: gives a call's input when a node asks for it.

use super::request::Input;

/// A node that asks for input.
// The list of inputs reads the last field alone; callers who answer by node read the others.
#[allow(dead_code)]
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    /// The node, by program-wide index.
    pub node: u32,
    /// Which visit of the node this is, from 1. A search does not count visits: it is 1 there.
    pub visit: u32,
    /// The virtual time in ms.
    pub at_ms: u64,
    /// How many inputs the caller has given so far.
    pub given: usize,
}

/// Who is at the other end of the line. The same question gets the same answer, so that a call can be copied and continued.
pub(super) trait Caller: std::fmt::Debug {
    /// What the caller does at this node; none: nothing, and nothing is said about it.
    fn input(&self, question: &Question) -> Option<&Input>;

    /// How many inputs are left of a caller who has given so many.
    fn unused(&self, given: usize) -> usize;
}

/// A list of inputs: each answers the next node that asks, whichever that is.
impl Caller for Vec<Input> {
    fn input(&self, question: &Question) -> Option<&Input> {
        self.get(question.given)
    }

    fn unused(&self, given: usize) -> usize {
        self.len().saturating_sub(given)
    }
}

/// One input, once: a search goes from node to node.
impl Caller for Input {
    fn input(&self, question: &Question) -> Option<&Input> {
        (question.given == 0).then_some(self)
    }

    fn unused(&self, given: usize) -> usize {
        1_usize.saturating_sub(given)
    }
}

/// A caller who does nothing.
#[derive(Debug)]
pub(super) struct Silent;

impl Caller for Silent {
    fn input(&self, _: &Question) -> Option<&Input> {
        None
    }

    fn unused(&self, _: usize) -> usize {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::engine::Engine;
    use crate::simulator::log::Log;
    use crate::simulator::tests::dump::{flow, path, request};

    /// Keys by node and visit.
    #[derive(Debug)]
    struct ByNode(Vec<((u32, u32), Input)>);

    impl Caller for ByNode {
        fn input(&self, question: &Question) -> Option<&Input> {
            let key = (question.node, question.visit);
            self.0.iter().find(|(known, _)| *known == key).map(|(_, input)| input)
        }

        fn unused(&self, given: usize) -> usize {
            self.0.len() - given
        }
    }

    #[test]
    fn a_caller_can_answer_by_node_and_visit() {
        let program = flow(
            "start: a\nnodes:\n  a: { type: menu, prompts: [x], choices: { '1': b, '2': c } }\n  \
             b: { type: menu, prompts: [x], choices: { '1': a, '2': c } }\n  c: { type: end }\n",
        );
        let keys = |keys: &str| Input::Keys { keys: keys.into(), gap_ms: None, at_ms: None };
        let node = |name| program.table.find(name).unwrap();
        let caller =
            ByNode(vec![((node("a"), 2), keys("2")), ((node("b"), 1), keys("1")), ((node("a"), 1), keys("1"))]);
        let request = request("9 9 9");
        let mut engine = Engine::new(&program, &request, Log::full());
        engine.caller = &caller;
        while engine.arrive() {
            engine.execute();
        }
        let trace = engine.into_trace();
        assert_eq!((path(&trace).as_str(), trace.unused_items), ("a:1 b:1 a:2 c = completed", 0));
    }
}
