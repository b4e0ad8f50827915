//! `callpath schema`.

use anyhow::{Context, Result};

use super::arguments::{Schema, SchemaName};
use super::{ExitCode, output};
use crate::record::history;
use crate::report::{audit, compare};
use crate::{assist, export, flow, record, suite};

const ALL: [(SchemaName, &str); 9] = [
    (SchemaName::Suite, "suite.schema.json"),
    (SchemaName::Flow, "flow.schema.json"),
    (SchemaName::Run, "run.schema.json"),
    (SchemaName::Event, "event.schema.json"),
    (SchemaName::Compare, "compare.schema.json"),
    (SchemaName::History, "history.schema.json"),
    (SchemaName::Audit, "audit.schema.json"),
    (SchemaName::QaResult, "qa-result.schema.json"),
    (SchemaName::Agents, "agents.schema.json"),
];

pub(super) fn schema(arguments: &Schema) -> Result<ExitCode> {
    if let Some(directory) = &arguments.write {
        std::fs::create_dir_all(directory).with_context(|| format!("cannot create '{}'", directory.display()))?;
        for (name, file) in ALL {
            let path = directory.join(file);
            std::fs::write(&path, text(name)?).with_context(|| format!("cannot write '{}'", path.display()))?;
        }
    }
    if let Some(name) = arguments.format {
        let text = text(name)?;
        output::to_stdout(|out| out.write_all(text.as_bytes()))?;
    }
    Ok(ExitCode::PASSED)
}

fn text(name: SchemaName) -> Result<String> {
    let schema = match name {
        SchemaName::Suite => suite::schema(),
        SchemaName::Flow => flow::schema(),
        SchemaName::Run => record::run_schema().to_value(),
        SchemaName::Event => record::event_schema().to_value(),
        SchemaName::Compare => compare::compare_schema().to_value(),
        SchemaName::History => history::history_schema().to_value(),
        SchemaName::Audit => audit::audit_schema().to_value(),
        SchemaName::QaResult => export::payload_schema().to_value(),
        SchemaName::Agents => assist::agents_schema(),
    };
    Ok(serde_json::to_string_pretty(&schema)? + "\n")
}
