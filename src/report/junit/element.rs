//! Elements of the document: the only place where XML is put together.

use quick_xml::Writer;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::QName;

use super::Dialect;
use super::suite::Counts;
use crate::report::xml::{XmlPlace, xml_safe};

/// A writer into memory, so that writing cannot fail.
pub(super) type Xml<'a> = Writer<&'a mut Vec<u8>>;

/// Attributes in order.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

fn start<'a>(name: &'a str, attributes: Attributes<'a>) -> BytesStart<'a> {
    let length: usize = attributes.iter().map(|(key, value)| key.len() + value.len() + 4).sum();
    let mut content = String::with_capacity(name.len() + length);
    content.push_str(name);
    let mut start = BytesStart::from_content(content, name.len());
    for (key, value) in attributes {
        // Escaped here and taken over as it is.
        start.push_attribute(Attribute { key: QName(key), value: xml_safe(value, XmlPlace::Attribute) });
    }
    start
}

fn write(xml: &mut Xml<'_>, event: Event<'_>) {
    // A vector takes everything.
    let _ = xml.write_event(event);
}

/// A start tag.
pub(super) fn open(xml: &mut Xml<'_>, name: &str, attributes: Attributes<'_>) {
    write(xml, Event::Start(start(name, attributes)));
}

/// An end tag.
pub(super) fn close(xml: &mut Xml<'_>, name: &str) {
    write(xml, Event::End(BytesEnd::new(name)));
}

/// An element without content.
pub(super) fn empty(xml: &mut Xml<'_>, name: &str, attributes: Attributes<'_>) {
    write(xml, Event::Empty(start(name, attributes)));
}

/// An element with a text.
pub(super) fn text(xml: &mut Xml<'_>, name: &str, attributes: Attributes<'_>, text: &str) {
    open(xml, name, attributes);
    write(xml, Event::Text(BytesText::from_escaped(xml_safe(text, XmlPlace::Text))));
    close(xml, name);
}

/// One property.
pub(super) fn property(xml: &mut Xml<'_>, name: &str, value: &str) {
    empty(xml, "property", &[("name", name), ("value", value)]);
}

/// A list of properties, on lines of their own.
pub(super) fn properties(into: &mut Vec<u8>, list: &[(String, String)]) {
    let mut xml = Writer::new(&mut *into);
    open(&mut xml, "properties", &[]);
    for (name, value) in list {
        xml.get_mut().push(b'\n');
        property(&mut xml, name, value);
    }
    xml.get_mut().push(b'\n');
    close(&mut xml, "properties");
    into.push(b'\n');
}

/// A suite without cases.
pub(super) fn empty_suite(into: &mut Vec<u8>, name: &str, started: &str, list: &[(String, String)]) {
    let none = ["tests", "failures", "errors", "skipped"].map(|count| (count, "0"));
    let mut attributes = vec![("name", name)];
    attributes.extend(none);
    attributes.extend([("time", "0.000"), ("timestamp", started)]);
    open(&mut Writer::new(&mut *into), "testsuite", &attributes);
    into.push(b'\n');
    properties(into, list);
    close(&mut Writer::new(&mut *into), "testsuite");
    into.push(b'\n');
}

/// The start tag of the document's root. Jenkins' schema knows no `skipped` there.
pub(super) fn open_root(into: &mut Vec<u8>, counts: &Counts, duration_us: u64, dialect: Dialect) {
    let [tests, failures, errors, skipped] =
        [counts.tests, counts.failures, counts.errors, counts.skipped].map(|count| count.to_string());
    let time = seconds(duration_us);
    let mut attributes = vec![("name", "callpath"), ("tests", &tests), ("failures", &failures), ("errors", &errors)];
    if dialect == Dialect::Rich {
        attributes.push(("skipped", &skipped));
    }
    attributes.push(("time", &time));
    open(&mut Writer::new(&mut *into), "testsuites", &attributes);
    into.push(b'\n');
}

/// µs as seconds with three decimals: what both `xs:float` and Surefire's own pattern allow.
pub(super) fn seconds(us: u64) -> String {
    let ms = (us + 500) / 1_000;
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}
