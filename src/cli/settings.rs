//! Resolves command line, environment and `callpath.toml`.
//!
//! In order of precedence: flag, environment variable, selected profile, profile `default`,
//! built-in value.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::arguments::{self, Dialect, Global};
use super::config::{self, Config, Profile};
use super::output;
use crate::export::ExportSettings;
use crate::remote::client::{Environment, RemoteSettings};
use crate::source::diagnostics::{Diagnostics, quoted, render_all};
use crate::suite::gate::{self, Gate};

/// The path that is searched when the command line names none.
pub(super) const DEFAULT_PATH: &str = "suites";
/// Wall-clock timeout of one attempt on the embedded target, in ms. A remote target has its own
/// limits.
const DEFAULT_TIMEOUT_MS: u64 = 60_000;
/// The target that needs no configuration.
const EMBEDDED: &str = "embedded";
/// Number of parallel scenarios on a remote target without `in-flight`.
const DEFAULT_REMOTE_JOBS: u32 = 16;
/// How long to deliver results after the run, in ms.
const DEFAULT_EXPORT_TIMEOUT_MS: u64 = 10_000;
/// The report folder.
const DEFAULT_REPORT_DIR: &str = "callpath-report";

/// The configuration and its folder.
#[derive(Debug)]
pub(super) struct Project {
    /// The configuration; the default one where there is no file.
    pub config: Config,
    /// The folder of the configuration file, else the current directory. Suites and flows must be
    /// inside it, and scenario ids are relative to it.
    pub root: PathBuf,
    /// Whether there is a configuration file.
    pub configured: bool,
}

/// The resolved selection of scenarios.
#[derive(Debug)]
pub(super) struct Selection {
    /// Paths to search.
    pub paths: Vec<String>,
    /// Tag expressions, all of which must hold.
    pub tags: Vec<String>,
    /// Id patterns, one of which must match; none selects all.
    pub filters: Vec<String>,
}

/// The resolved settings of `callpath run`.
#[derive(Debug)]
pub(super) struct RunSettings {
    /// The selection of scenarios.
    pub selection: Selection,
    /// The remote target; none is the embedded simulator.
    pub remote: Option<RemoteSettings>,
    /// Number of parallel scenarios.
    pub jobs: u32,
    /// The random seed.
    pub seed: u64,
    /// Wall-clock timeout of one attempt, in ms.
    pub timeout_ms: u64,
    /// Attempts after the first.
    pub retries: u32,
    /// Runs of each scenario.
    pub repeat: u32,
    /// Number of failures and errors after which no scenario is started.
    pub max_fail: Option<u32>,
    /// The report folder.
    pub report_dir: PathBuf,
    /// The dialect of junit.xml.
    pub dialect: Dialect,
    /// Whether to write report.html.
    pub html: bool,
    /// The gates of the run.
    pub gates: Vec<Gate>,
    /// The exports of results.
    pub exports: Vec<ExportSettings>,
    /// How long to deliver results after the run, in ms.
    pub export_timeout_ms: u64,
    /// The audit log to append to.
    pub audit: Option<PathBuf>,
}

/// The resolved settings for reports of a finished run.
#[derive(Debug)]
pub(super) struct ReportSettings {
    /// The report folder.
    pub folder: PathBuf,
    /// The dialect of junit.xml.
    pub dialect: Dialect,
    /// Whether to write report.html.
    pub html: bool,
}

impl Project {
    /// Finds and reads the configuration. An explicitly named file must exist.
    pub(super) fn find(global: &Global) -> Result<Self> {
        let here = std::env::current_dir()?;
        let Some(path) = global.config.clone().or_else(|| config::find(&here)) else {
            return Ok(Self { config: Config::default(), root: here, configured: false });
        };
        let mut diagnostics = Diagnostics::new();
        let shown = path.strip_prefix(&here).unwrap_or(&path);
        let Some(config) = config::read(shown, &mut diagnostics) else {
            output::to_stderr(&render_all(&diagnostics, output::style(global)));
            bail!("the configuration '{}' cannot be used", shown.display());
        };
        let root = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self { config, root: root.canonicalize()?, configured: true })
    }

    /// The settings of a profile, with paths resolved relative to the configuration file.
    fn profile(&self, name: Option<&str>) -> Result<Profile> {
        if let Some(name) = name.filter(|_| !self.configured) {
            bail!("there is no profile {}: no {} in this folder or a parent", quoted(name), config::FILE);
        }
        let mut profile = self.config.profile(name).map_err(anyhow::Error::msg)?;
        let here = std::env::current_dir()?;
        let base = relative(&self.root, &here);
        if profile.paths.is_none() && !here.join(DEFAULT_PATH).exists() && self.root.join(DEFAULT_PATH).is_dir() {
            profile.paths = Some(vec![DEFAULT_PATH.into()]);
        }
        for path in [&mut profile.report_dir, &mut profile.audit].into_iter().flatten() {
            *path = base.join(&*path);
        }
        for path in profile.paths.iter_mut().flatten() {
            *path = base.join(&*path).to_string_lossy().into_owned();
        }
        Ok(profile)
    }

    /// The paths that the default profile names.
    pub(super) fn default_paths(&self) -> Result<Option<Vec<String>>> {
        Ok(self.profile(None)?.paths)
    }

    /// The settings of the default profile for reports of a finished run.
    pub(super) fn reports(&self, report_dir: Option<&Path>, dialect: Option<Dialect>) -> Result<ReportSettings> {
        let profile = self.profile(None)?;
        let folder = report_dir.map(Path::to_owned).or(profile.report_dir);
        Ok(ReportSettings {
            folder: folder.unwrap_or_else(|| DEFAULT_REPORT_DIR.into()),
            dialect: dialect.or(profile.junit_dialect).unwrap_or(Dialect::Rich),
            html: profile.html.unwrap_or(true),
        })
    }

    /// The selection of a command.
    pub(super) fn selection(&self, typed: &arguments::Selection) -> Result<Selection> {
        Ok(selection(typed, self.profile(typed.profile.as_deref())?))
    }

    /// The remote target of this name; none for the embedded simulator.
    pub(super) fn remote(&self, name: Option<&str>) -> Result<Option<RemoteSettings>> {
        let Some(name) = name.filter(|&name| name != EMBEDDED) else { return Ok(None) };
        let Some(profile) = self.config.target.get(name) else {
            let known = std::iter::once(EMBEDDED).chain(self.config.target.keys().map(String::as_str));
            let known: Vec<&str> = known.collect();
            bail!("there is no target {}; there are: {}", quoted(name), known.join(", "));
        };
        let mut settings = profile.resolve(name, &Environment::process())?;
        // Relative to the configuration, like all its paths.
        settings.ca_file = settings.ca_file.map(|file| self.root.join(file));
        Ok(Some(settings))
    }

    /// The export of this name.
    pub(super) fn export(&self, name: &str) -> Result<ExportSettings> {
        let Some(profile) = self.config.export.get(name) else {
            let known: Vec<&str> = self.config.export.keys().map(String::as_str).collect();
            let help = match known.as_slice() {
                [] => format!("describe it in '[export.{name}]' of {}", config::FILE),
                known => format!("there are: {}", known.join(", ")),
            };
            bail!("there is no export {}; {help}", quoted(name));
        };
        let mut settings = profile.resolve(name, &Environment::process())?;
        settings.ca_file = settings.ca_file.map(|file| self.root.join(file));
        settings.spool = self.root.join(settings.spool);
        Ok(settings)
    }

    /// The settings of a run.
    pub(super) fn run(&self, typed: &arguments::Run) -> Result<RunSettings> {
        let profile = self.profile(typed.selection.profile.as_deref())?;
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
        let remote = self.remote(typed.target.as_deref().or(profile.target.as_deref()))?;
        let in_flight = remote.as_ref().and_then(|remote| remote.in_flight).unwrap_or(u32::MAX);
        let jobs = remote.as_ref().map_or(cores, |remote| remote.in_flight.unwrap_or(DEFAULT_REMOTE_JOBS));
        let timeout_ms = typed.timeout.or(profile.timeout.map(|time| time.0)).unwrap_or_else(|| match &remote {
            // Each of its settings is at most 30 days.
            Some(remote) => remote.longest().as_millis() as u64,
            None => DEFAULT_TIMEOUT_MS,
        });
        let exports =
            if typed.exports.is_empty() { profile.export.clone().unwrap_or_default() } else { typed.exports.clone() };
        let exports: BTreeSet<String> = exports.into_iter().collect();
        let max_fail = if typed.fail_fast { Some(1) } else { typed.max_fail.or(profile.max_fail) };
        Ok(RunSettings {
            // Scenarios beyond the in-flight limit would only wait while their timeout runs.
            jobs: typed.jobs.or(profile.jobs).unwrap_or(jobs).min(in_flight).max(1),
            remote,
            seed: typed.seed.or(profile.seed).unwrap_or(0),
            timeout_ms,
            retries: typed.retries.or(profile.retries).unwrap_or(0),
            repeat: typed.repeat.or(profile.repeat).unwrap_or(1).max(1),
            max_fail,
            report_dir: typed
                .report_dir
                .clone()
                .or_else(|| profile.report_dir.clone())
                .unwrap_or_else(|| DEFAULT_REPORT_DIR.into()),
            html: !typed.no_html && profile.html.unwrap_or(true),
            dialect: typed.reports.junit_dialect.or(profile.junit_dialect).unwrap_or(Dialect::Rich),
            // A name that is given twice counts once.
            exports: exports.iter().map(|name| self.export(name)).collect::<Result<_>>()?,
            export_timeout_ms: typed
                .export_timeout
                .or(profile.export_timeout.map(|time| time.0))
                .unwrap_or(DEFAULT_EXPORT_TIMEOUT_MS),
            audit: typed.audit.clone().or_else(|| profile.audit.clone()),
            gates: gate::over(typed.gates.clone(), profile.all_gates.clone()),
            selection: selection(&typed.selection, profile),
        })
    }
}

/// The typed paths, else those of the profile, else the default.
pub(super) fn paths_or_default(typed: &[String], profile: Option<Vec<String>>) -> Vec<String> {
    if typed.is_empty() { profile.unwrap_or_else(|| vec![DEFAULT_PATH.into()]) } else { typed.to_vec() }
}

fn selection(typed: &arguments::Selection, profile: Profile) -> Selection {
    let or = |typed: &[String], profile: Option<Vec<String>>| {
        if typed.is_empty() { profile.unwrap_or_default() } else { typed.to_vec() }
    };
    Selection {
        paths: paths_or_default(&typed.paths, profile.paths),
        tags: or(&typed.tags, profile.tags),
        filters: or(&typed.filters, profile.filters),
    }
}

/// `path` relative to `from` where it is `from` or one of its ancestors; else unchanged.
fn relative(path: &Path, from: &Path) -> PathBuf {
    let Ok(below) = from.strip_prefix(path) else { return path.to_path_buf() };
    below.components().map(|_| "..").collect()
}
