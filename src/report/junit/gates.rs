//! The `testsuite` of a run's gates.

use quick_xml::Writer;

use super::element::{close, empty, open, text};
use super::suite::Counts;
use crate::record::GateRecord;
use crate::report::gate::gate_sentence;

/// Appends a suite with a case for each gate, and counts them; nothing where there are no gates.
pub(super) fn suite(gates: &[GateRecord], started: &str, into: &mut Vec<u8>) -> Counts {
    let tests = gates.len() as u64;
    let failures = gates.iter().filter(|gate| !gate.held).count() as u64;
    let counts = Counts { tests, failures, ..Counts::default() };
    if gates.is_empty() {
        return counts;
    }
    let xml = &mut Writer::new(into);
    let [tests, failures] = [tests, failures].map(|count| count.to_string());
    let attributes = [
        ("name", "gates"),
        ("tests", &*tests),
        ("failures", &failures),
        ("errors", "0"),
        ("skipped", "0"),
        ("time", "0.000"),
        ("timestamp", started),
    ];
    open(xml, "testsuite", &attributes);
    xml.get_mut().push(b'\n');
    for gate in gates {
        let name = gate.gate.name();
        let attributes = [("classname", "gates"), ("name", &*name), ("time", "0.000")];
        if gate.held {
            empty(xml, "testcase", &attributes);
        } else {
            open(xml, "testcase", &attributes);
            let sentence = gate_sentence(gate);
            text(xml, "failure", &[("message", &sentence), ("type", "gate")], &sentence);
            close(xml, "testcase");
        }
        xml.get_mut().push(b'\n');
    }
    close(xml, "testsuite");
    xml.get_mut().push(b'\n');
    counts
}
