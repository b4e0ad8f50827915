//! Reads `callpath.toml`: limits, rules, gates, profiles, targets and exports.

mod masked;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::arguments::{self, Dialect, positive_duration};
use super::gates::GateTable;
use crate::export::ExportProfile;
use crate::remote::client::RemoteProfile;
use crate::source::diagnostics::Level;
use crate::source::diagnostics::{Diagnostic, Diagnostics, Source, Span, closest, quoted};
use crate::source::yaml;
use crate::suite::gate::{self, Gate};

/// The name of the file.
pub(super) const FILE: &str = "callpath.toml";

/// The configuration; every part is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Config {
    /// Maximum size of a scenario.
    #[serde(default)]
    pub limits: LimitSettings,
    /// Gates of every run.
    #[serde(default)]
    pub gates: GateTable,
    /// Severity of rules, by name or pattern.
    #[serde(default)]
    pub rules: BTreeMap<String, Level>,
    /// Settings by profile. `default` always applies, the selected profile on top of it.
    #[serde(default)]
    pub profile: BTreeMap<String, Profile>,
    /// Remote targets by name.
    #[serde(default)]
    pub target: BTreeMap<String, RemoteProfile>,
    /// QA platforms by name.
    #[serde(default)]
    pub export: BTreeMap<String, ExportProfile>,
}

/// Maximum size of a scenario. The defaults are those of the simulator's contract.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct LimitSettings {
    /// Items of `dtmf` (default 50).
    pub dtmf_items: Option<usize>,
    /// Variables (default 100).
    pub variables: Option<usize>,
    /// Media references (default 10).
    pub media: Option<usize>,
    /// Flows inside flows (default 200).
    pub depth: Option<u32>,
}

/// Settings for `run`, each as the flag of the same name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Profile {
    /// `--target`
    pub target: Option<String>,
    /// `--jobs`
    #[serde(default, deserialize_with = "within::<{ arguments::JOBS_RANGE.0 }, { arguments::JOBS_RANGE.1 }, _>")]
    pub jobs: Option<u32>,
    /// `--seed`
    pub seed: Option<u64>,
    /// `--timeout`
    pub timeout: Option<TimeText>,
    /// `--retries`
    #[serde(default, deserialize_with = "within::<{ arguments::RETRIES_RANGE.0 }, { arguments::RETRIES_RANGE.1 }, _>")]
    pub retries: Option<u32>,
    /// `--repeat`
    #[serde(default, deserialize_with = "within::<{ arguments::REPEAT_RANGE.0 }, { arguments::REPEAT_RANGE.1 }, _>")]
    pub repeat: Option<u32>,
    /// `--max-fail`
    #[serde(
        default,
        deserialize_with = "within::<{ arguments::MAX_FAIL_RANGE.0 }, { arguments::MAX_FAIL_RANGE.1 }, _>"
    )]
    pub max_fail: Option<u32>,
    /// `--report-dir`, relative to the configuration file
    pub report_dir: Option<PathBuf>,
    /// `--junit-dialect`
    pub junit_dialect: Option<Dialect>,
    /// Whether to write report.html; `false` is `--no-html`
    pub html: Option<bool>,
    /// `--tag`
    pub tags: Option<Vec<String>>,
    /// `--filter`
    pub filters: Option<Vec<String>>,
    /// `--export`
    pub export: Option<Vec<String>>,
    /// `--export-timeout`
    pub export_timeout: Option<TimeText>,
    /// `--audit`, relative to the configuration file
    pub audit: Option<PathBuf>,
    /// Paths where the command line names none, relative to the configuration file
    pub paths: Option<Vec<String>>,
    /// `--gate`
    #[serde(default)]
    pub gates: GateTable,
    /// The gates of this profile and of those that it is based on.
    #[serde(skip)]
    pub all_gates: Vec<Gate>,
}

/// A duration written as text, in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeText(pub u64);

impl<'de> Deserialize<'de> for TimeText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        positive_duration(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// Deserializes a whole number within the range of the flag.
fn within<'de, const MIN: u32, const MAX: u32, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u32>, D::Error> {
    let number = i64::deserialize(deserializer)?;
    let fitting = u32::try_from(number).ok().filter(|number| (MIN..=MAX).contains(number));
    let error = || serde::de::Error::custom(format!("it must be a whole number from {MIN} to {MAX}"));
    fitting.map(Some).ok_or_else(error)
}

impl Profile {
    /// This profile, with missing settings from another.
    fn over(self, base: Self) -> Self {
        Self {
            target: self.target.or(base.target),
            jobs: self.jobs.or(base.jobs),
            seed: self.seed.or(base.seed),
            timeout: self.timeout.or(base.timeout),
            retries: self.retries.or(base.retries),
            repeat: self.repeat.or(base.repeat),
            max_fail: self.max_fail.or(base.max_fail),
            report_dir: self.report_dir.or(base.report_dir),
            junit_dialect: self.junit_dialect.or(base.junit_dialect),
            html: self.html.or(base.html),
            tags: self.tags.or(base.tags),
            filters: self.filters.or(base.filters),
            export: self.export.or(base.export),
            export_timeout: self.export_timeout.or(base.export_timeout),
            audit: self.audit.or(base.audit),
            paths: self.paths.or(base.paths),
            all_gates: gate::over(self.gates.gates(), base.all_gates),
            gates: self.gates,
        }
    }
}

impl Config {
    /// The settings of a profile over those of `default`. The error lists the known profiles.
    pub(super) fn profile(&self, name: Option<&str>) -> Result<Profile, String> {
        let base = Profile { all_gates: self.gates.gates(), ..Profile::default() };
        let base = self.profile.get("default").cloned().unwrap_or_default().over(base);
        let Some(name) = name.filter(|&name| name != "default") else { return Ok(base) };
        match self.profile.get(name) {
            Some(profile) => Ok(profile.clone().over(base)),
            None => {
                let known: Vec<&str> = self.profile.keys().map(String::as_str).collect();
                let help = match closest(name, known.iter().copied()) {
                    Some(near) => format!("did you mean {}?", quoted(near)),
                    None if known.is_empty() => format!("write its settings below '[profile.{name}]'"),
                    None => format!("there are: {}", known.join(", ")),
                };
                Err(format!("{FILE} has no profile {}; {help}", quoted(name)))
            }
        }
    }
}

/// The nearest configuration file in a directory and its ancestors.
pub(super) fn find(directory: &Path) -> Option<PathBuf> {
    directory.ancestors().map(|ancestor| ancestor.join(FILE)).find(|path| path.is_file())
}

/// Reads a configuration file and appends mistakes to `diagnostics`.
pub(super) fn read(path: &Path, diagnostics: &mut Diagnostics) -> Option<Config> {
    let shown = path.display().to_string();
    let source = yaml::load(path, &shown, &yaml::Limits::default(), diagnostics)?;
    match toml::from_str::<Config>(source.text()) {
        Ok(mut config) => {
            let mut found = Diagnostics::new();
            config.gates.check(&source, &mut found);
            config.profile.values_mut().for_each(|profile| profile.gates.check(&source, &mut found));
            let sound = !found.has_errors();
            diagnostics.extend(found);
            sound.then_some(config)
        }
        Err(error) => {
            diagnostics.push(diagnostic(&source, &error));
            None
        }
    }
}

/// Converts an error. Secrets are masked in the excerpt of the file.
fn diagnostic(source: &Arc<Source>, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().map_or(Span::default(), |range| Span::new(range.start, range.end));
    let message = error.message().trim().replace('`', "'");
    let shown = |key| Source::new(source.path(), masked::masked(source.text(), key));
    if let Some((key, known)) = unknown_key(&message) {
        let message = format!("unknown key {}", quoted(key));
        // Among settings with a secret, the unknown key may be a misspelt name of the secret.
        let misspelt = known.contains(&masked::SECRET).then_some(key);
        let diagnostic = Diagnostic::error("config/unknown-key", &shown(misspelt), span, message);
        return match closest(key, known.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean '{near}'?")),
            None => diagnostic.help(format!("the keys here are: {}", known.join(", "))),
        };
    }
    let (first, rest) = message.split_once('\n').unwrap_or((&message, ""));
    let first = wrong_type(first).unwrap_or_else(|| first.to_owned());
    let help = (!rest.is_empty()).then(|| rest.replace('\n', " "));
    Diagnostic::error("config/invalid", &shown(None), span, first).maybe_help(help)
}

/// Rewords serde's message about a wrong type in the terms of TOML and without the value, which may
/// be secret and is in the excerpt otherwise.
fn wrong_type(message: &str) -> Option<String> {
    let (found, expected) = message.strip_prefix("invalid type: ")?.rsplit_once(", expected ")?;
    let expected = match expected {
        "a string" => "a text in quotes",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a table",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0",
        "i64" => "a whole number",
        "f32" | "f64" => "a number",
        // Other messages are readable, except those that name a Rust type.
        other if other.starts_with("struct ") => "a table",
        other => other,
    };
    let found = match found.split(' ').next()? {
        "string" => "a text",
        "integer" | "floating" => "a number",
        "boolean" => "true or false",
        "sequence" => "a list",
        "map" => "a table",
        _ => "something else",
    };
    Some(format!("this is {found}; it must be {expected}"))
}

/// Parses the unknown key and the known keys from serde's message.
fn unknown_key(message: &str) -> Option<(&str, Vec<&str>)> {
    let (key, known) = message.strip_prefix("unknown field '")?.split_once("', expected ")?;
    // Every second piece is a name; the others are `one of`, commas and `or`.
    Some((key, known.split('\'').skip(1).step_by(2).collect()))
}
