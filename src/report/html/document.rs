//! The whole page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::data::Data;
use super::sources::Sources;
use super::{flows, overview};
use crate::record::RunRecord;
use crate::report::compare::Comparison;
use crate::report::numbers::count;
use crate::runner::ReportError;

/// How the page looks.
const STYLE: &str = concat!(
    include_str!("../drawing/style.css"),
    include_str!("style/base.css"),
    include_str!("style/overview.css"),
    include_str!("style/views.css"),
    include_str!("style/print.css"),
);

/// What makes it move, as one module.
const SCRIPT: &str = concat!(
    include_str!("script/data.js"),
    include_str!("script/dom.js"),
    include_str!("script/list.js"),
    include_str!("script/drawing.js"),
    include_str!("script/timeline.js"),
    include_str!("script/path.js"),
    include_str!("script/prompts.js"),
    include_str!("script/scenario.js"),
    include_str!("script/flow.js"),
    include_str!("script/main.js"),
);

/// Writes the page.
pub(super) fn document(
    record: &RunRecord,
    base: Option<&Comparison>,
    data: Data,
    sources: &Sources,
    mut to: impl FnMut(&[u8]) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let failing = data.failing();
    let scenarios = data.scenarios();
    let overview = overview::overview(record, base, &failing);
    let verdict = overview::release(record);
    let packed = data.finish(record, base, sources);
    let flow_parts = flows::parts(record);
    let flows_static = flows::tables(record);
    let head = html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy());
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            meta name="generator" content={ "callpath " (record.header.callpath) };
            title { (verdict.title()) " · callpath" }
            style { (PreEscaped(STYLE)) }
        }
    };
    let body = html! {
        a.skip href="#main" { "Skip to the report" }
        (top(scenarios, record))
        main #main tabindex="-1" {
            (overview)
            section #flows.view aria-labelledby="flows-title" {
                h1 #flows-title { "Flows" }
                (flows_static)
            }
            section #list.view aria-labelledby="list-title" {
                h1 #list-title { "Scenarios" }
                p.needs-script { "The list of all scenarios and what each call did need JavaScript, which this browser does not run." }
            }
            section #scenario.view aria-labelledby="scenario-title" {}
        }
        footer.foot {
            p { "Made by callpath " (record.header.callpath) " from " code { "run.json" } ". This file loads nothing and sends nothing." }
        }
    };
    let mut put = |texts: &[&str]| texts.iter().try_for_each(|text| to(text.as_bytes()));
    put(&[&html! { (DOCTYPE) }.0, "<html lang=\"en\">", &head.0, "<body>", &body.0])?;
    put(&[&opened("data-index"), &packed.index, CLOSED])?;
    for (name, parts) in [("scenarios", &packed.scenarios), ("excerpts", &packed.excerpts), ("flow", &flow_parts)] {
        for (number, part) in parts.iter().enumerate() {
            put(&[&opened(&format!("data-{name}-{number}")), part, CLOSED])?;
        }
    }
    put(&[&opened("data-run"), &super::pack::pack(run_data(record).as_bytes()), CLOSED])?;
    put(&[&html! { script type="module" { (PreEscaped(SCRIPT)) } }.0, "</body></html>"])
}

/// What the browser lets this page do: run this script, use this style, and nothing else; no connection of any kind.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()).as_slice());
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

/// Opens the element of a part of the data. Base64 holds nothing that could end it.
fn opened(id: &str) -> String {
    format!("<script id=\"{id}\" type=\"application/octet-stream\">")
}

/// Closes it.
const CLOSED: &str = "</script>";

fn top(scenarios: usize, record: &RunRecord) -> Markup {
    html! {
        header.top {
            a.brand href="#overview" aria-label="callpath, overview" { span.brand-mark aria-hidden="true" { "cp" } span.brand-name { "callpath" } }
            nav.tabs aria-label="Parts of the report" {
                a href="#overview" data-view="overview" { "Overview" }
                a href="#flows" data-view="flows" { "Flows" }
                a href="#list" data-view="list" { "Scenarios " span.count { (count(scenarios as u64)) } }
            }
            div.tools {
                span.started title="When the run began" { (overview::moment(&record.wall.started)) }
                button #theme.needs-js type="button" hidden { "Theme" }
                button #help.needs-js type="button" aria-haspopup="dialog" hidden { "Keys " kbd { "?" } }
            }
        }
    }
}

/// What the script needs to know of the run.
fn run_data(record: &RunRecord) -> String {
    let header = &record.header;
    let data = serde_json::json!({
        "paths": header.paths,
        "target": header.target,
        "seed": header.seed,
        "repeat": header.repeat,
    });
    data.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_style_nor_script_can_end_its_element() {
        for text in [STYLE, SCRIPT] {
            let text = text.to_ascii_lowercase();
            assert!(!text.contains("</script") && !text.contains("</style") && !text.contains("<!--"));
        }
    }

    /// With an inline style or handler the page would need a policy that lets strangers' ones in, too.
    #[test]
    fn the_policy_names_the_script_and_the_style_and_forbids_the_rest() {
        let policy = policy();
        assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("connect-src") && !policy.contains("http"), "{policy}");
    }
}
