//! The settings that defaults and scenarios share: the context of a call, merged patch over patch.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::clock::ClockPatch;
use super::expect::{ExpectPatch, PathPart};
use super::keypad::transpose;
use super::rules;
use super::stubs::{QueuePatch, Stub, merged};
use super::{Complexity, stubs};
use crate::flow::{AssetKind, Name, Value};
use crate::simulator::{Call, MediaReference};
use crate::source::diagnostics::quoted;
use crate::source::yaml::{Fields, Node, Reader};

/// What the scenarios of a suite are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// Calls.
    #[default]
    Ivr,
    /// Prompts for agents.
    Assist,
}

impl Kind {
    /// Their names, in the order of the enumeration.
    pub(super) const NAMES: [&'static str; 2] = ["ivr", "assist"];

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ivr => "ivr",
            Self::Assist => "assist",
        }
    }
}

/// What occurs again and again, each kept once.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    names: HashSet<Name>,
    /// Expected paths by their text.
    pub paths: HashMap<Box<str>, Arc<[PathPart]>>,
}

impl Names {
    /// The one copy of this name.
    pub(super) fn intern(&mut self, name: &str) -> Name {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let name = Name::from(name);
        self.names.insert(name.clone());
        name
    }
}

/// The merged defaults of a suite and everything that it extends.
#[derive(Clone, Debug, Default)]
pub(super) struct Defaults {
    pub call: CallPatch,
    pub clock: ClockPatch,
    pub variables: Arc<[(Name, Value)]>,
    pub media: Arc<[MediaReference]>,
    pub stubs: Vec<Stub>,
    pub queues: Vec<QueuePatch>,
    pub expect: ExpectPatch,
}

/// One `call` as written.
#[derive(Clone, Debug, Default)]
pub(super) struct CallPatch {
    ani: Option<Name>,
    dnis: Option<Name>,
    hang_up_after_ms: Option<u64>,
    patience_ms: Option<u64>,
    signals: Option<Vec<(u64, Name)>>,
}

impl Defaults {
    /// These defaults over those of the suite that is extended, or none at all.
    pub(super) fn read(
        fields: &mut Fields<'_>,
        base: &Self,
        limits: &Complexity,
        names: &mut Names,
        reader: &mut Reader<'_>,
    ) -> Self {
        let mut defaults = base.clone();
        // What is wrong is reported; the file is then not used, so that the base's value may stay.
        if let Some(patch) = fields.take("call").and_then(|node| CallPatch::read(node, names, reader)) {
            defaults.call = patch.over(&base.call);
        }
        if let Some(patch) = fields.take("clock").and_then(|node| ClockPatch::read(node, reader)) {
            defaults.clock = patch.over(&base.clock);
        }
        if let Some(node) = fields.take("variables")
            && let Some(own) = variables(node, names, reader)
        {
            defaults.variables = merge_variables(own, &base.variables, node, limits, reader);
        }
        if let Some(media) = fields.take("media").and_then(|node| media(node, limits, names, reader)) {
            defaults.media = media;
        }
        if let Some(own) = fields.take("stubs").and_then(|node| stubs::stubs(node, reader)) {
            defaults.stubs = merged(&own, &base.stubs, |stub| &stub.name.value, |own, _| own.clone());
        }
        if let Some(own) = fields.take("queues").and_then(|node| stubs::queues(node, reader)) {
            defaults.queues = merged(&own, &base.queues, |queue| &queue.name.value, QueuePatch::over);
        }
        if let Some(patch) = fields.take("expect").and_then(|node| ExpectPatch::read(node, names, reader)) {
            defaults.expect = patch.over(&base.expect);
        }
        defaults
    }
}

/// The settings that are single numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers {
    pub seed: Option<u64>,
    pub timeout_ms: Option<u64>,
    pub time_limit_ms: Option<u64>,
    pub retries: Option<u32>,
}

impl Numbers {
    /// Those of the defaults of a suite of this kind.
    pub(super) fn read(fields: &mut Fields<'_>, kind: Kind, reader: &mut Reader<'_>) -> Option<Self> {
        let seed = fields.take("seed").map(|node| seed(node, reader));
        let timeout = fields.take("timeout").map(|node| positive(node, "a duration", reader));
        let limit = if kind == Kind::Ivr { fields.take("time_limit") } else { None };
        let limit = limit.map(|node| positive(node, "a duration", reader));
        let retries = fields.take("retries").map(|node| retries(node, reader));
        Some(Self {
            seed: transpose(seed)?,
            timeout_ms: transpose(timeout)?,
            time_limit_ms: transpose(limit)?,
            retries: transpose(retries)?,
        })
    }

    /// These with what only the others say.
    pub(super) fn over(&self, defaults: &Self) -> Self {
        Self {
            seed: self.seed.or(defaults.seed),
            timeout_ms: self.timeout_ms.or(defaults.timeout_ms),
            time_limit_ms: self.time_limit_ms.or(defaults.time_limit_ms),
            retries: self.retries.or(defaults.retries),
        }
    }
}

/// A seed.
pub(super) fn seed(node: &Node, reader: &mut Reader<'_>) -> Option<u64> {
    reader.integer(node, "a seed", 0, i64::MAX).map(i64::unsigned_abs)
}

/// A number of retries.
pub(super) fn retries(node: &Node, reader: &mut Reader<'_>) -> Option<u32> {
    reader.integer(node, "a number of retries", 0, 100).map(|retries| retries as u32)
}

/// A length of time longer than none.
pub(super) fn positive(node: &Node, what: &'static str, reader: &mut Reader<'_>) -> Option<u64> {
    let ms = reader.duration(node, what)?;
    if ms == 0 {
        let diagnostic = reader.error(rules::INVALID_VALUE, node.span, format!("expected {what} longer than 0"));
        reader.report(diagnostic);
        return None;
    }
    Some(ms)
}

/// Reads `variables`.
pub(super) fn variables(node: &Node, names: &mut Names, reader: &mut Reader<'_>) -> Option<Vec<(Name, Value)>> {
    let entries = reader.entries(node, "a mapping of variables")?;
    Some(entries.iter().map(|entry| (names.intern(&entry.key), Value::from_node(&entry.value))).collect())
}

/// Variables over the defaults' ones, at most as many as allowed.
pub(super) fn merge_variables(
    own: Vec<(Name, Value)>,
    defaults: &[(Name, Value)],
    node: &Node,
    limits: &Complexity,
    reader: &mut Reader<'_>,
) -> Arc<[(Name, Value)]> {
    let merged = if defaults.is_empty() {
        own
    } else {
        let mut merged = defaults.to_vec();
        let mut places: std::collections::HashMap<Name, usize> = if own.len() > 16 {
            defaults.iter().enumerate().map(|(index, (name, _))| (name.clone(), index)).collect()
        } else {
            std::collections::HashMap::new()
        };
        let large = own.len() > 16;
        for (name, value) in own {
            let place =
                if large { places.remove(&name) } else { defaults.iter().position(|(known, _)| *known == name) };
            match place {
                Some(place) => merged[place].1 = value,
                None => merged.push((name, value)),
            }
        }
        merged
    };
    if merged.len() > limits.variables {
        let message = format!("{} variables, more than the {} allowed", merged.len(), limits.variables);
        let span = match &node.data {
            crate::source::yaml::Data::Mapping(entries) => {
                entries.get(limits.variables).or(entries.last()).map_or(node.span, |entry| entry.key.span)
            }
            _ => node.span,
        };
        let diagnostic = reader.error(rules::TOO_MANY, span, message).help("leave out those that the flow sets itself");
        reader.report(diagnostic);
    }
    merged.into()
}

/// Reads `media`.
pub(super) fn media(
    node: &Node,
    limits: &Complexity,
    names: &mut Names,
    reader: &mut Reader<'_>,
) -> Option<Arc<[MediaReference]>> {
    let items = reader.sequence(node, "a list of media")?;
    if let Some(first) = items.get(limits.media) {
        let message = format!("{} media, more than the {} allowed", items.len(), limits.media);
        let diagnostic = reader.error(rules::TOO_MANY, first.span, message).label("one too many");
        reader.report(diagnostic);
        return None;
    }
    let media: Vec<_> = items.iter().map(|item| reference(item, names, reader)).collect();
    let media: Vec<MediaReference> = media.into_iter().collect::<Option<_>>()?;
    for (index, reference) in media.iter().enumerate() {
        if media[..index].iter().any(|earlier| earlier.asset == reference.asset) {
            let message = format!("the asset {} is defined twice", quoted(&reference.asset));
            let diagnostic = reader.error(rules::DUPLICATE_KEY, items[index].span, message).label("second time");
            reader.report(diagnostic);
            return None;
        }
    }
    Some(media.into())
}

fn reference(node: &Node, names: &mut Names, reader: &mut Reader<'_>) -> Option<MediaReference> {
    const KINDS: [AssetKind; 3] = [AssetKind::Audio, AssetKind::Tts, AssetKind::Video];
    let mut fields = reader.mapping(node, "a reference to media")?;
    let asset = fields.required(reader, "asset").and_then(|node| reader.text(node, "the id of an asset"));
    let kind = fields
        .required(reader, "type")
        .and_then(|node| reader.word(node, "a kind of media", &["audio", "tts", "video"]));
    fields.finish(reader);
    Some(MediaReference { asset: names.intern(&asset?), kind: *KINDS.get(kind?)? })
}

impl CallPatch {
    /// Reads a `call`.
    pub(super) fn read(node: &Node, names: &mut Names, reader: &mut Reader<'_>) -> Option<Self> {
        let mut fields = reader.mapping(node, "a call")?;
        let ani = fields.take("ani").map(|node| reader.text(node, "the caller's number"));
        let dnis = fields.take("dnis").map(|node| reader.text(node, "the number called"));
        let hang_up = fields.take("hang_up_after").map(|node| reader.duration(node, "a time after the call's start"));
        let patience = fields.take("patience").map(|node| reader.duration(node, "a duration"));
        let signals = fields.take("signals").map(|node| signals(node, names, reader));
        fields.finish(reader);
        Some(Self {
            ani: transpose(ani)?.map(|text| names.intern(&text)),
            dnis: transpose(dnis)?.map(|text| names.intern(&text)),
            hang_up_after_ms: transpose(hang_up)?,
            patience_ms: transpose(patience)?,
            signals: transpose(signals)?,
        })
    }

    /// Merges with defaults; keys of `self` take precedence.
    pub(super) fn over(&self, defaults: &Self) -> Self {
        Self {
            ani: self.ani.clone().or_else(|| defaults.ani.clone()),
            dnis: self.dnis.clone().or_else(|| defaults.dnis.clone()),
            hang_up_after_ms: self.hang_up_after_ms.or(defaults.hang_up_after_ms),
            patience_ms: self.patience_ms.or(defaults.patience_ms),
            signals: self.signals.clone().or_else(|| defaults.signals.clone()),
        }
    }

    /// The call.
    pub(super) fn resolve(&self) -> Call {
        Call {
            ani: self.ani.clone(),
            dnis: self.dnis.clone(),
            hang_up_after_ms: self.hang_up_after_ms,
            patience_ms: self.patience_ms,
            signals: self.signals.clone().unwrap_or_default(),
        }
    }
}

/// In the order of time.
fn signals(node: &Node, names: &mut Names, reader: &mut Reader<'_>) -> Option<Vec<(u64, Name)>> {
    let signals: Vec<_> = reader
        .sequence(node, "a list of signals")?
        .iter()
        .map(|node| {
            let mut fields = reader.mapping(node, "a signal")?;
            let name = fields.required(reader, "name").and_then(|node| reader.text(node, "the signal's name"));
            let at =
                fields.required(reader, "at").and_then(|node| reader.duration(node, "a time after the call's start"));
            fields.finish(reader);
            Some((at?, names.intern(&name?)))
        })
        .collect();
    let mut signals: Vec<(u64, Name)> = signals.into_iter().collect::<Option<_>>()?;
    signals.sort_by_key(|&(at, _)| at);
    Some(signals)
}
