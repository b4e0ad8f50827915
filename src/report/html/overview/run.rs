//! What was run, so that it can be run again.

use maud::{Markup, html};

use super::parts::moment;
use crate::record::RunRecord;
use crate::report::numbers::{count, things, wall};

/// All that decides the results, and when and how fast they came.
pub(super) fn run(record: &RunRecord) -> Markup {
    let header = &record.header;
    html! {
        section.card.run aria-labelledby="run-title" {
            h2 #run-title { "This run" }
            dl.facts {
                div { dt { "Started" } dd { (moment(&record.wall.started)) } }
                div { dt { "Took" } dd { (wall(record.wall.duration_us)) ", " (things(record.wall.jobs.into(), "scenario", "scenarios")) " at once" } }
                div { dt { "Target" } dd { (header.target) } }
                div { dt { "Seed" } dd { (header.seed) } }
                @if header.repeat > 1 { div { dt { "Repeated" } dd { (things(header.repeat.into(), "time", "times")) } } }
                div { dt { "callpath" } dd { (header.callpath) } }
                div { dt { "Paths" } dd { @for path in &header.paths { code { (path) } " " } } }
                @if !header.filters.is_empty() { div { dt { "Filters" } dd { @for filter in &header.filters { code { (filter) } " " } } } }
                @if header.deselected > 0 { div { dt { "Not selected" } dd { (things(header.deselected, "scenario", "scenarios")) } } }
                @if let Some(defects) = header.structural_defects { div { dt { "Structural defects" } dd { (count(defects)) } } }
                @if let Some(stopped) = &record.stopped { div { dt { "Ended early" } dd { (stopped.as_str()) } } }
                @if let Some(sent) = &record.wall.requests { div { dt { "Requests" } dd { (count(sent.requests)) " sent, " (count(sent.retries)) " tried again" } } }
            }
            @if !header.paths.is_empty() && header.filters.is_empty() {
                p { "Run it again: " code.command { (command(record)) } }
            }
            @if !header.files.is_empty() {
                details.files {
                    summary { (things(header.files.len() as u64, "file", "files")) " with their SHA-256" }
                    div.scroll tabindex="0" role="group" aria-label="Files and hashes" { table { tbody {
                        @for (file, hash) in header.files.iter().take(500) { tr { th scope="row" { code { (file) } } td { code.hash { (hash) } } } }
                    } } }
                    @if header.files.len() > 500 { p.more { "and " (count(header.files.len() as u64 - 500)) " more, see run.json" } }
                }
            }
        }
    }
}

/// The command that runs the same again. Filters are left out: the record does not say which of them were tags.
fn command(record: &RunRecord) -> String {
    let header = &record.header;
    let mut words = vec!["callpath run".to_owned()];
    words.extend(header.paths.iter().map(|path| shell(path)));
    if header.target != "embedded" {
        words.push(format!("--target {}", shell(&header.target)));
    }
    words.push(format!("--seed {}", header.seed));
    if header.repeat > 1 {
        words.push(format!("--repeat {}", header.repeat));
    }
    words.join(" ")
}

/// A word for a shell.
fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_survives_a_shell() {
        let mut record = RunRecord::default();
        record.header.paths = vec!["suites".into(), "it's here".into()];
        record.header.target = "lab 1".into();
        record.header.repeat = 3;
        assert_eq!(command(&record), r"callpath run suites 'it'\''s here' --target 'lab 1' --seed 0 --repeat 3");
    }
}
