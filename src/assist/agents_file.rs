//! Reads agent files.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::agent::{Agent, Agents, TENANT};
use super::check::{MAX_ID_LENGTH, check_id};
use crate::source::diagnostics::{Diagnostics, Location, Source, Span, quoted};
use crate::source::yaml::{Fields, Limits, Node, Reader, Rules, parse};

static RULES: Rules =
    Rules { unknown_key: "agents/unknown-key", missing_key: "agents/missing-key", wrong_type: "agents/wrong-type" };

/// The rule for an invalid value.
const INVALID: &str = "agents/invalid";
/// The rule for two agents with one id.
const DUPLICATE: &str = "agents/duplicate";

/// Reads an agent file. Mistakes are appended to `diagnostics`, and the result is none if there is
/// one.
pub(crate) fn read_agents(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Option<Agents> {
    let before = diagnostics.len();
    let node = parse(source, &Limits::default(), diagnostics)?;
    let mut reader = Reader::new(source, &RULES, diagnostics);
    let agents = file(&node, &mut reader);
    if diagnostics.len() == before { agents.map(Agents::Known) } else { None }
}

fn file(node: &Node, reader: &mut Reader<'_>) -> Option<BTreeMap<String, Agent>> {
    let mut fields = reader.mapping(node, "an agent file")?;
    let list = fields.required(reader, "agents");
    fields.finish(reader);
    let list = list?;
    let items = reader.sequence(list, "a list of agents")?;
    if items.is_empty() {
        let diagnostic = reader
            .error(INVALID, list.span, "the list of agents is empty")
            .help("write '- id: agt_1' and 'skills: [billing]'");
        reader.report(diagnostic);
    }
    let mut agents = BTreeMap::new();
    let mut places: BTreeMap<String, Span> = BTreeMap::new();
    for item in items {
        let Some((agent, place)) = agent(item, reader) else { continue };
        if let Some(&first) = places.get(&agent.id) {
            let first = Location { source: reader.source().clone(), span: first };
            let diagnostic = reader
                .error(DUPLICATE, place, format!("the agent {} is defined twice", quoted(&agent.id)))
                .label("second time")
                .related(first, "first time");
            reader.report(diagnostic);
            continue;
        }
        places.insert(agent.id.clone(), place);
        agents.insert(agent.id.clone(), agent);
    }
    Some(agents)
}

fn agent(node: &Node, reader: &mut Reader<'_>) -> Option<(Agent, Span)> {
    let mut fields = reader.mapping(node, "an agent")?;
    let id = fields.required(reader, "id").and_then(|node| id(node, "id", "an agent's id", reader));
    let name = match fields.take("name") {
        Some(node) => Some(reader.text(node, "an agent's name")?.value),
        None => None,
    };
    let tenant = match fields.take("tenant") {
        Some(node) => id_text(node, reader),
        None => Some(TENANT.to_owned()),
    };
    let skills = skills(&mut fields, reader);
    fields.finish(reader);
    let (id, place) = id?;
    Some((Agent { id, name, tenant: tenant?.into(), skills: skills? }, place))
}

fn id_text(node: &Node, reader: &mut Reader<'_>) -> Option<String> {
    id(node, "tenant", "a tenant's id", reader).map(|(id, _)| id)
}

/// Reads an id that prompts can refer to.
fn id(node: &Node, key: &str, what: &'static str, reader: &mut Reader<'_>) -> Option<(String, Span)> {
    let text = reader.text(node, what)?;
    let mut wrong = Vec::new();
    check_id(key, &text.value, &mut wrong);
    let Some(error) = wrong.first() else { return Some((text.value, text.span)) };
    let diagnostic = reader
        .error(INVALID, text.span, error.to_string())
        .help(format!("an id has 1 to {MAX_ID_LENGTH} letters, digits and signs, and no spaces or slashes"));
    reader.report(diagnostic);
    None
}

fn skills(fields: &mut Fields<'_>, reader: &mut Reader<'_>) -> Option<Vec<String>> {
    // Required: an agent without skills must say so.
    let node = fields.required(reader, "skills")?;
    let items = reader.sequence(node, "a list of skills")?;
    let mut skills: Vec<String> = Vec::with_capacity(items.len());
    let mut sound = true;
    for item in items {
        let Some(skill) = reader.text(item, "a skill") else {
            sound = false;
            continue;
        };
        if skill.value.trim().is_empty() || skills.contains(&skill.value) {
            let message = match skill.value.trim() {
                "" => "a skill must not be empty".to_owned(),
                skill => format!("the skill {} is defined twice", quoted(skill)),
            };
            let diagnostic = reader.error(INVALID, skill.span, message);
            reader.report(diagnostic);
            sound = false;
            continue;
        }
        skills.push(skill.value);
    }
    sound.then_some(skills)
}

/// The JSON Schema of agent files, draft 7.
pub(crate) fn agents_schema() -> Value {
    let id = |description: &str| {
        json!({
            "type": ["string", "integer"], "minLength": 1, "maxLength": MAX_ID_LENGTH,
            // Printable ASCII without # % / ? and the backslash.
            "pattern": r#"^[!"$&-.0->@-\[\]-~]+$"#, "description": description,
        })
    };
    let text = |description: &str| json!({ "type": ["string", "number", "boolean"], "description": description });
    let mut skills = text("A skill; prompts may require it.");
    skills["minLength"] = json!(1);
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "callpath agents",
        "description": "The agents who get prompts from 'callpath serve --agents', and what they can do.",
        "type": "object",
        "additionalProperties": false,
        "required": ["agents"],
        "properties": { "agents": {
            "description": "The agents.",
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["id", "skills"],
                "properties": {
                    "id": id("The id that prompts name; no two agents have the same."),
                    "name": text("What people call the agent."),
                    "tenant": id("Whose agent it is: the agents of a tenant share one rate limit. 'default' if left out."),
                    "skills": {
                        "description": "What the agent can do.",
                        "type": "array",
                        "uniqueItems": true,
                        "items": skills,
                    },
                },
            },
        } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::diagnostics::{Style, render_all};

    fn read(text: &str) -> Result<Agents, String> {
        let mut diagnostics = Diagnostics::new();
        let agents = read_agents(&Source::new("agents.yaml", text), &mut diagnostics);
        agents.ok_or_else(|| render_all(&diagnostics, Style::default()))
    }

    fn is_valid(text: &str) -> bool {
        let mut diagnostics = Diagnostics::new();
        let node = parse(&Source::new("agents.yaml", text), &Limits::default(), &mut diagnostics).unwrap();
        let value = serde_json::to_value(crate::flow::Value::from_node(&node)).unwrap();
        jsonschema::validator_for(&agents_schema()).unwrap().is_valid(&value)
    }

    const GOOD: &str =
        "agents:\n- { id: agt_1, name: Dana Reyes, tenant: acme, skills: [billing, fraud] }\n- { id: 7, skills: [] }\n";

    #[test]
    fn agents_have_ids_names_tenants_and_skills() {
        let agents = read(GOOD).unwrap();
        assert_eq!(agents.count(), Some(2));
        let found = agents.find("agt_1").unwrap();
        assert_eq!((&**found.tenant, found.skills), ("acme", &["billing".to_owned(), "fraud".to_owned()][..]));
        assert_eq!(&**agents.find("7").unwrap().tenant, TENANT);
        assert_eq!(agents.find("agt_2"), None);
        assert!(is_valid(GOOD));
    }

    #[test]
    fn every_mistake_is_shown_at_its_place() {
        let text = "agents:\n\
                    - { id: agt 1, skills: billing }\n\
                    - { id: agt_2, skill: [billing] }\n\
                    - { id: agt_3, skills: [billing, billing, ''] }\n\
                    - { id: agt_4, skills: [] }\n\
                    - { id: agt_4, skills: [], tenant: a/b }\n\
                    - { id: agt_4, skills: [] }\n";
        assert!(!is_valid(text));
        insta::assert_snapshot!(read(text).unwrap_err(), @r"
        error[agents/invalid]: 'id' must not have the character ' '
         --> agents.yaml:2:9
          |
        2 | - { id: agt 1, skills: billing }
          |         ^^^^^
          |
          = help: an id has 1 to 128 letters, digits and signs, and no spaces or slashes

        error[agents/wrong-type]: expected a list of skills, found a text
         --> agents.yaml:2:24
          |
        2 | - { id: agt 1, skills: billing }
          |                        ^^^^^^^ a text
          |
          = help: write it as lines that begin with '- ', or as [one, another]

        error[agents/missing-key]: missing key 'skills' in an agent
         --> agents.yaml:3:3
          |
        3 | - { id: agt_2, skill: [billing] }
          |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: add 'skills: ...'

        error[agents/unknown-key]: unknown key 'skill' in an agent
         --> agents.yaml:3:16
          |
        3 | - { id: agt_2, skill: [billing] }
          |                ^^^^^
          |
        help: did you mean 'skills'?
          |
        3 | - { id: agt_2, skills: [billing] }
          |                     +

        error[agents/invalid]: the skill 'billing' is defined twice
         --> agents.yaml:4:34
          |
        4 | - { id: agt_3, skills: [billing, billing, ''] }
          |                                  ^^^^^^^

        error[agents/invalid]: a skill must not be empty
         --> agents.yaml:4:43
          |
        4 | - { id: agt_3, skills: [billing, billing, ''] }
          |                                           ^^

        error[agents/invalid]: 'tenant' must not have the character '/'
         --> agents.yaml:6:36
          |
        6 | - { id: agt_4, skills: [], tenant: a/b }
          |                                    ^^^
          |
          = help: an id has 1 to 128 letters, digits and signs, and no spaces or slashes

        error[agents/duplicate]: the agent 'agt_4' is defined twice
         --> agents.yaml:7:9
          |
        5 | - { id: agt_4, skills: [] }
          |         ----- first time
        6 | - { id: agt_4, skills: [], tenant: a/b }
        7 | - { id: agt_4, skills: [] }
          |         ^^^^^ second time
        ");
    }

    #[test]
    fn what_the_reader_refuses_the_schema_refuses_where_it_can() {
        for text in [
            "agents: []",
            "{}",
            "agents: [{ id: a }]",
            "agents: [{ skills: [] }]",
            "agents: [{ id: a/b, skills: [] }]",
            "agents: [{ id: '', skills: [] }]",
            "agents: [{ id: a, skills: [''] }]",
            "agents: [{ id: a, skills: [x, x] }]",
            "agents: [{ id: a, skills: [], team: x }]",
            "agents: [{ id: a, skills: [[]] }]",
            "agents: {}",
            "- id: a",
        ] {
            assert!(read(text).is_err(), "{text}");
            assert!(!is_valid(text), "{text}");
        }
    }
}
