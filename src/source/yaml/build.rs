//! Builds the tree of nodes from the events of the YAML parser.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{self as events, Event, ScalarStyle, ScanError, StructureStyle, Tag};

use super::mapping::{self, MappingKey, MergeKey};
use super::stop::{MAX_ERRORS, ParseStop};
use super::{Data, Entry, Limits, Node, Scalar, syntax};
use crate::source::diagnostics::{Diagnostic, Location, Source, Span, quoted};

/// The result of one pass over a text.
pub(super) struct BuildOutput {
    pub(super) root: Option<Node>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) stop: Option<ParseStop>,
}

/// The cost of copying a node for an alias.
#[derive(Clone, Copy, Default)]
struct CopyCost {
    nodes: usize,
    bytes: u64,
    /// Levels of nesting in it; 0 for a scalar.
    height: usize,
}

/// A collection that is still open.
struct Frame {
    span: Span,
    flow: bool,
    anchor: usize,
    weight: CopyCost,
    content: Content,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping { entries: Vec<Entry>, key: Option<MappingKey>, merge: Option<MergeKey> },
}

/// The state of one pass over a text.
pub(super) struct Builder<'t> {
    source: &'t Arc<Source>,
    text: &'t str,
    repaired: bool,
    limits: Limits,
    stack: Vec<Frame>,
    root: Option<Node>,
    /// Anchored nodes by the parser's number; `None` while the node is still open.
    anchors: HashMap<usize, Option<(Node, CopyCost)>>,
    keep_anchors: bool,
    documents: usize,
    nodes: usize,
    copied_nodes: usize,
    copied_bytes: u64,
    diagnostics: Vec<Diagnostic>,
}

impl<'t> Builder<'t> {
    /// Creates a builder for the text of a source, or for a copy with single characters replaced.
    pub(super) fn new(source: &'t Arc<Source>, text: &'t str, limits: &Limits) -> Self {
        Self {
            source,
            text,
            repaired: !std::ptr::eq(text.as_ptr(), source.text().as_ptr()),
            limits: *limits,
            stack: Vec::new(),
            root: None,
            anchors: HashMap::new(),
            keep_anchors: text.contains('*'),
            documents: 0,
            nodes: 0,
            copied_nodes: 0,
            copied_bytes: 0,
            diagnostics: Vec::new(),
        }
    }

    /// Reads the text to its end or to the first error that cannot be recovered from.
    pub(super) fn run(mut self) -> BuildOutput {
        let stop = self.read().err();
        BuildOutput { root: self.root, diagnostics: self.diagnostics, stop }
    }

    fn read(&mut self) -> Result<(), ParseStop> {
        let options = events::options! {
            emit_comments: false,
            emit_unresolved_aliases: true,
            flow_nesting_limit: self.limits.depth.min(255),
            block_nesting_limit: self.limits.depth.min(255),
        };
        events::Parser::new_from_str_with_options(self.text, options).try_for_each(|result| self.result(result))?;
        match &self.root {
            None => Err(ParseStop::fatal(self.empty())),
            Some(root) if root.span.start == root.span.end && root.is_null() => Err(ParseStop::fatal(self.empty())),
            Some(_) => Ok(()),
        }
    }

    /// Handles the next event or error of the parser.
    fn result(&mut self, result: Result<(Event<'t>, events::Span), ScanError>) -> Result<(), ParseStop> {
        let (event, place) = result.map_err(|error| {
            let flow = self.stack.iter().find(|frame| frame.flow).map(|frame| frame.span.start as usize);
            syntax::explain(self.source, self.text, &error, flow, &self.limits)
        })?;
        let span = syntax::span_of(&place);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents == 2 {
                    return Err(ParseStop::fatal(self.second_document(span)));
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag, &place, span),
            Event::SequenceStart(style, anchor, tag) => {
                self.open(Content::Sequence(Vec::new()), style, anchor, tag, &place, span)
            }
            Event::MappingStart(style, anchor, tag) => {
                let content = Content::Mapping { entries: Vec::new(), key: None, merge: None };
                self.open(content, style, anchor, tag, &place, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::UnresolvedAlias(name) => self.undefined_alias(&name, span),
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<Cow<'t, Tag>>,
        place: &events::Span,
        mut span: Span,
    ) -> Result<(), ParseStop> {
        let mut plain = style == ScalarStyle::Plain;
        let text: Box<str> = match text {
            // The parser reports `~` for an empty value.
            _ if plain && span.start == span.end => Box::default(),
            _ if self.is_repaired(plain, &text, span) => {
                plain = false;
                self.source.slice(span).into()
            }
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into_boxed_str(),
        };
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            let written = self.source.slice(span).trim_end_matches([' ', '\t', '\r', '\n']);
            span.end = span.start + written.len() as u32;
        }
        if let Some(tag) = tag {
            if tag.is_yaml_core_schema_tag("str") {
                plain = false;
            } else {
                self.tag(&tag, place, span)?;
            }
        }
        if plain && span.start == span.end {
            span = self.empty_item_span(span);
        }
        let weight = CopyCost { nodes: 1, bytes: text.len() as u64, height: 0 };
        self.count(span)?;
        self.place(Node { span, data: Data::Scalar(Scalar { text, plain }) }, weight, anchor, span)
    }

    /// Whether a character of this scalar was replaced to get past it.
    fn is_repaired(&self, plain: bool, text: &str, span: Span) -> bool {
        let given = self.text.get(span.start as usize..span.end as usize);
        self.repaired && plain && given == Some(text) && text != self.source.slice(span)
    }

    /// The position of an empty item: behind its dash. The parser reports the end of the comments
    /// after it.
    fn empty_item_span(&self, span: Span) -> Span {
        let Some(Frame { content: Content::Sequence(_), flow: false, span: list, .. }) = self.stack.last() else {
            return span;
        };
        let Some(mut rest) = self.text.get(list.end as usize..span.start as usize) else { return span };
        loop {
            // The colon belongs to a key without a value, the end of the previous item.
            rest = rest.trim_start_matches([' ', '\t', '\r', '\n', ':', '\u{feff}']);
            if rest.starts_with('-') {
                let at = span.start as usize - rest.len() + 1;
                return Span::new(at, at);
            }
            match rest.strip_prefix('#').and_then(|comment| comment.split_once('\n')) {
                Some((_, after)) => rest = after,
                None => return span,
            }
        }
    }

    fn open(
        &mut self,
        content: Content,
        style: StructureStyle,
        anchor: usize,
        tag: Option<Cow<'t, Tag>>,
        place: &events::Span,
        span: Span,
    ) -> Result<(), ParseStop> {
        if self.stack.len() >= self.limits.depth {
            return Err(ParseStop::fatal(syntax::too_deep(self.source, span, &self.limits)));
        }
        self.count(span)?;
        if let Some(tag) = tag {
            self.tag(&tag, place, span)?;
        }
        if anchor != 0 && self.keep_anchors {
            self.anchors.insert(anchor, None);
        }
        let weight = CopyCost { nodes: 1, bytes: 0, height: 1 };
        self.stack.push(Frame { span, flow: style == StructureStyle::Flow, anchor, weight, content });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Result<(), ParseStop> {
        let Some(mut frame) = self.stack.pop() else { return Ok(()) };
        // The parser reports the position of the next token as the end of a block collection; its
        // last value is the real end.
        if frame.flow {
            frame.span.end = frame.span.end.max(end.end);
        }
        let data = match frame.content {
            Content::Sequence(items) => Data::Sequence(items),
            Content::Mapping { entries, merge, .. } => {
                let mut found = Vec::new();
                let entries = mapping::finish(self.source, entries, merge, &mut found);
                for diagnostic in found {
                    self.report(diagnostic)?;
                }
                Data::Mapping(entries)
            }
        };
        self.place(Node { span: frame.span, data }, frame.weight, frame.anchor, frame.span)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), ParseStop> {
        let Some((node, weight)) = self.anchors.get(&anchor).and_then(Option::as_ref) else {
            let message =
                format!("the alias {} stands inside the value it stands for", quoted(self.source.slice(span)));
            self.report(Diagnostic::error("yaml/alias", self.source, span, message).label("never ends"))?;
            return self.place_unknown(span);
        };
        if self.stack.len() + weight.height > self.limits.depth {
            return Err(ParseStop::fatal(syntax::too_deep(self.source, span, &self.limits)));
        }
        self.nodes = self.nodes.saturating_add(weight.nodes);
        self.copied_bytes = self.copied_bytes.saturating_add(weight.bytes);
        if self.nodes > self.limits.nodes || self.copied_bytes > self.limits.bytes {
            return Err(ParseStop::fatal(self.too_many(span)));
        }
        let (node, weight) = (node.clone(), *weight);
        self.place(node, weight, 0, span)
    }

    fn undefined_alias(&mut self, name: &str, span: Span) -> Result<(), ParseStop> {
        if name == ":" {
            // The grammar reads `*: x` as an alias named `:`, but the user means the star key.
            return Err(syntax::star(self.source, span.start as usize));
        }
        let message = format!("the alias {} has no anchor before it", quoted(self.source.slice(span)));
        let mut diagnostic = Diagnostic::error("yaml/alias", self.source, span, message)
            .label("not defined above")
            .help("a text that begins with '*' needs quotes");
        if name.len() < 40 {
            diagnostic = diagnostic.replacement(format!("\"{}\"", self.source.slice(span)));
        }
        self.report(diagnostic)?;
        self.place_unknown(span)
    }

    /// Adds the spelling of an unresolved alias as a text, so that the structure stays complete.
    fn place_unknown(&mut self, span: Span) -> Result<(), ParseStop> {
        self.count(span)?;
        let text = self.source.slice(span).into();
        let weight = CopyCost { nodes: 1, bytes: 0, height: 0 };
        self.place(Node { span, data: Data::Scalar(Scalar { text, plain: false }) }, weight, 0, span)
    }

    /// Adds a finished node to its parent; `written` is its span in the text (that of the alias, if
    /// it is one).
    fn place(&mut self, node: Node, weight: CopyCost, anchor: usize, written: Span) -> Result<(), ParseStop> {
        if anchor != 0 && self.keep_anchors {
            // The copy kept for aliases counts towards the limits like any other.
            self.copied_nodes = self.copied_nodes.saturating_add(weight.nodes);
            self.copied_bytes = self.copied_bytes.saturating_add(weight.bytes);
            if self.copied_nodes > self.limits.nodes || self.copied_bytes > self.limits.bytes {
                return Err(ParseStop::fatal(self.too_many(written)));
            }
            self.anchors.insert(anchor, Some((node.clone(), weight)));
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root.get_or_insert(node);
            return Ok(());
        };
        frame.weight.nodes = frame.weight.nodes.saturating_add(weight.nodes);
        frame.weight.bytes = frame.weight.bytes.saturating_add(weight.bytes);
        frame.weight.height = frame.weight.height.max(weight.height + 1);
        frame.span.end = frame.span.end.max(written.end);
        let (entries, slot, merge) = match &mut frame.content {
            Content::Sequence(items) => {
                items.push(node);
                return Ok(());
            }
            Content::Mapping { entries, key, merge } => (entries, key, merge),
        };
        let wrong = match slot.take() {
            Some(MappingKey::Text(key)) => {
                entries.push(Entry { key, value: node });
                None
            }
            Some(MappingKey::Merge(key)) => match merge {
                None => {
                    *merge = Some(MergeKey { key, at: entries.len(), value: node, written });
                    None
                }
                Some(first) => Some(mapping::second_merge(self.source, first.key, key)),
            },
            Some(MappingKey::Ignored) => None,
            None => {
                let (key, wrong) = MappingKey::from_node(self.source, node, written);
                *slot = Some(key);
                wrong
            }
        };
        wrong.map_or(Ok(()), |diagnostic| self.report(diagnostic))
    }

    /// Counts one more node.
    fn count(&mut self, span: Span) -> Result<(), ParseStop> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes { Err(ParseStop::fatal(self.too_many(span))) } else { Ok(()) }
    }

    fn too_many(&self, span: Span) -> Diagnostic {
        let Limits { nodes, bytes, .. } = self.limits;
        let message = if self.copied_nodes > nodes || self.copied_bytes > bytes || self.nodes > self.text.len() {
            format!("the aliases of this file stand for more than {nodes} values or {bytes} bytes")
        } else {
            format!("the file holds more than {nodes} values")
        };
        Diagnostic::error("yaml/too-large", self.source, span, message).label("the limit is reached here")
    }

    fn tag(&mut self, tag: &Tag, place: &events::Span, value: Span) -> Result<(), ParseStop> {
        let span = place.tag_span().map_or(value, |place| syntax::span_of(&place));
        let message = format!("the tag {} means nothing here", quoted(&tag.original()));
        self.report(
            Diagnostic::error("yaml/tag", self.source, span, message)
                .help("remove it; a text that begins with '!' needs quotes"),
        )
    }

    fn report(&mut self, diagnostic: Diagnostic) -> Result<(), ParseStop> {
        self.diagnostics.push(diagnostic);
        if self.diagnostics.len() < MAX_ERRORS {
            return Ok(());
        }
        let message = format!("the file has more than {MAX_ERRORS} errors; the rest of it was not read");
        Err(ParseStop::fatal(Diagnostic::file_error("yaml/too-many-errors", self.source.path(), message)))
    }

    fn second_document(&self, span: Span) -> Diagnostic {
        let diagnostic =
            Diagnostic::error("yaml/several-documents", self.source, span, "the file holds more than one document")
                .label("the second one begins here")
                .help("put it into a file of its own");
        match &self.root {
            Some(root) => {
                let location = Location { source: self.source.clone(), span: root.span };
                diagnostic.related(location, "the first one")
            }
            None => diagnostic,
        }
    }

    fn empty(&self) -> Diagnostic {
        let blank = self.source.text().trim_start_matches('\u{feff}').trim().is_empty();
        let message = if blank { "the file is empty" } else { "the file is empty but for comments or markers" };
        Diagnostic::file_error("yaml/empty", self.source.path(), message)
    }
}
