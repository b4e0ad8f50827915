
// --- A scenario ------------------------------------------------------------------------------------------------------

// Checks in words, as the terminal says them.
const SUBJECTS = { outcome: "the outcome", ends_at: "the last node", path: "the path", decision: "the decision at", variable: "the variable", never: "the forbidden node", prompt: "the prompt", lookup: "the lookup", efficiency: "the efficiency", duration: "the duration", keypresses: "the number of keys", unused_input: "the unused input", failure: "the failure", result: "the result", attempts: "the number of attempts", statuses: "the list of statuses", pauses: "the list of pauses", reason: "the reason" };
const subject = (check) => `${SUBJECTS[check.kind] ?? check.kind.replaceAll("_", " ")}${check.subject ? ` '${check.subject}'` : ""}`;
const contrast = (check) => {
  const taken = ["outcome", "ends_at", "path"].includes(check.kind) || (check.kind === "decision" && check.state === "broken");
  const found = ["variable", "efficiency", "duration", "keypresses", "failure", "result", "attempts", "statuses", "pauses", "reason"].includes(check.kind);
  const actual = check.actual ? `${taken ? "taken " : found ? "found " : ""}${check.actual}` : null;
  return [check.expected ? `expected ${check.expected}` : null, actual].filter(Boolean).join(", ") || "not as expected";
};

const section = (id, title, ...content) =>
  h("section", { class: "card", "aria-labelledby": `s-${id}` }, h("h2", { id: `s-${id}` }, title), content);

const checkItem = (record) => (check) => {
  const held = check.state === "held";
  const [mark, word] = held ? ["✓", "held"] : check.state === "not_reached" ? ["−", "not reached"] : ["✗", "broken"];
  const place = check.place;
  // Both paths in one sentence are no help where they stand side by side below.
  const aligned = check.kind === "path" && record.score.path?.alignment?.length > 0;
  const line = () => {
    const characters = [...safe(place.text)];
    const [from, to] = [place.column - 1, place.column - 1 + place.length];
    return h("pre", { class: "source", tabindex: "0" }, h("code", {}, characters.slice(0, from).join(""), h("mark", {}, characters.slice(from, to).join("")), characters.slice(to).join("")));
  };
  return h("li", { class: `check c-${check.state}` },
    h("span", { class: `verdict v-${held ? "passed" : "failed"}` }, h("span", { class: "mark", "aria-hidden": "true" }, mark), word),
    h("div", {}, h("p", {}, safe(subject(check)), held ? "" : aligned ? [" is ", h("strong", {}, "not as expected"), ", see below"] : [": ", h("strong", {}, safe(contrast(check)))]),
      place && h("p", { class: "place" }, h("code", {}, `${place.file}:${place.line}:${place.column}`)),
      place?.text ? line() : null));
};

const checks = (record) => {
  const all = record.score?.checks ?? [];
  if (!all.length) return null;
  const held = all.filter((check) => check.state === "held");
  const broken = all.filter((check) => check.state !== "held");
  return section("checks", "Checks",
    broken.length > 0 && h("ul", { class: "checks" }, broken.map(checkItem(record))),
    held.length > 0 && h("details", { open: broken.length === 0 && held.length <= 6 }, h("summary", {}, broken.length ? `${things(held.length, "check")} held` : `All ${things(held.length, "check")} held`), h("ul", { class: "checks" }, held.map(checkItem(record)))));
};

const facts = (pairs) => h("dl", { class: "facts" }, pairs.filter(Boolean).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));

const about = (record) => {
  const rows = [["Description", record.description], ...Object.entries(record.properties ?? {})].filter(([, text]) => typeof text === "string");
  if (!rows.length) return null;
  return section("about", "About", h("dl", { class: "values about" }, rows.map(([name, text]) => h("div", {}, h("dt", {}, safe(name)), h("dd", {}, safe(text))))));
};

const scores = (record) => {
  const score = record.score;
  if (!score) return null;
  const { decisions, path, interactions, effort } = score;
  return section("scores", "Scores", facts([
    decisions.expected > 0 && ["Accuracy", `${ratio(decisions.right / decisions.expected)}, ${number(decisions.right)} of ${things(decisions.expected, "decision")}`],
    path && ["Path fitness", ratio(path.fitness)],
    score.efficiency !== null && ["Efficiency", `${ratio(score.efficiency)}${interactions.fewest !== null ? `, ${number(interactions.taken)} interactive steps where ${number(interactions.fewest)} would do` : ""}`],
    ["Keys", number(effort.keypresses)],
    ["Retries", number(effort.retries)],
    ["Prompts", time(effort.prompt_ms)],
    ["Call", time(effort.duration_ms)],
  ]));
};

const prompts = (record) => {
  const spoken = record.trace.steps.flatMap((step, at) => (step.prompts ?? []).map((prompt) => ({ step, at, prompt })));
  const SHOWN = 200;
  if (!spoken.length) return null;
  return section("prompts", "What the caller heard", h("ol", { class: "transcript" }, spoken.slice(0, SHOWN).map(({ step, at, prompt }, n) => {
    const last = spoken[n + 1]?.at !== at;
    return [
      h("li", {}, h("span", { class: "when" }, time(step.at_ms)), h("div", {}, h("p", {}, safe(prompt.text), prompt.interrupted && h("span", { class: "tag" }, "interrupted")), h("p", { class: "path" }, safe(step.node)))),
      last && step.input && h("li", { class: "caller" }, h("span", { class: "when" }), h("p", {}, h("span", { class: "sr" }, "The caller: "), h("kbd", { class: "keys" }, safe(step.input)))),
    ];
  })), spoken.length > SHOWN && h("p", { class: "more" }, `and ${number(spoken.length - SHOWN)} more, see run.json`));
};

const variables = (record) => {
  const list = Object.entries(record.trace.variables ?? {});
  if (!list.length) return null;
  return section("variables", "Variables at the end", h("dl", { class: "values" }, list.map(([name, value]) =>
    h("div", {}, h("dt", {}, h("code", {}, safe(name))), h("dd", {}, value === null ? h("span", { class: "none" }, "null") : h("code", {}, show(value)))))));
};

const lookups = (record) => {
  const list = record.trace.lookups ?? [];
  if (!list.length) return null;
  return section("lookups", "Lookups", table("Lookups", ["Service", "At", "Given", "Answered"], list.map((lookup) => h("tr", {},
    h("th", { scope: "row" }, h("code", {}, safe(lookup.service))), h("td", {}, h("code", {}, safe(lookup.node))),
    h("td", {}, Object.entries(lookup.inputs ?? {}).map(([name, value]) => h("span", { class: "pair" }, h("code", {}, `${safe(name)}: ${show(value)}`), " "))),
    h("td", {}, h("code", {}, safe(lookup.outcome)))))));
};

const attempts = (record) => {
  const list = record.attempts ?? [];
  if (!list.length) return null;
  const of = (word) => Object.values(VERDICTS).find((verdict) => verdict.word === word) ?? VERDICTS.e;
  return section("attempts", "Attempts", h("ol", { class: "attempts" }, list.map((attempt) => h("li", {}, badge(of(attempt.verdict)), attempt.reason ? safe(attempt.reason) : ""))));
};

const source = (record, excerpt) => {
  const title = h("span", {}, "In the suite ", h("code", {}, `${record.file}:${record.line}`));
  if (!excerpt?.lines) {
    const why = excerpt?.absent === "changed" ? "The file has changed since the run, so its lines are not shown." : "The file was not at hand when this page was written.";
    return section("source", title, h("p", { class: "empty" }, why));
  }
  const broken = new Set((record.score?.checks ?? []).filter((check) => check.place?.file === record.file).map((check) => check.place.line));
  return section("source", title,
    h("pre", { class: "source lines", tabindex: "0", "aria-label": "Lines of the suite" }, h("code", {}, excerpt.lines.map((line, n) => {
      const at = excerpt.first + n;
      return h("span", { class: broken.has(at) ? "line broken" : "line" }, h("span", { class: "n", "aria-hidden": "true" }, broken.has(at) ? "✗ " : "", String(at)), `${line}\n`);
    }))),
    excerpt.masked && h("p", { class: "note" }, "What may be a secret is not shown: digits (•) where a call keyed a secret or where it is not known which keys were used, and values of secret variables."));
};

const drawings = (record, path) => {
  const flows = [record.flow];
  for (const step of record.trace.steps) {
    const cut = step.node.lastIndexOf("/");
    if (cut > 0 && !flows.includes(step.node.slice(0, cut))) flows.push(step.node.slice(0, cut));
  }
  const holder = h("div", { class: "traces" });
  const draw = async (flow, place) => {
    const drawn = await flowPart(flow, flow === record.flow ? record.flow_version : undefined);
    if (!drawn?.svg) {
      place.append(h("p", { class: "empty" }, "There is no drawing of this flow: the run ended before it could be counted."));
      return;
    }
    const { box, svg, pane } = drawingBox(drawn.svg, `The call in the flow ${flow}`, false);
    place.append(box);
    const first = trace(svg, drawn, record, path, flow);
    bringIn(first, svg, pane);
  };
  flows.slice(0, 12).forEach((flow, n) => {
    if (n === 0) {
      const place = h("div", {});
      holder.append(place);
      draw(flow, place);
      return;
    }
    const details = h("details", { ontoggle: () => { if (details.open && !details.drawn) { details.drawn = true; draw(flow, details); } } }, h("summary", {}, "In the flow ", h("code", {}, safe(flow))));
    holder.append(details);
  });
  const key = (name, text) => h("li", {}, s("svg", { class: "picture key tracing", width: 34, height: 18, "aria-hidden": "true" }, s("g", { class: `node ${name}` }, s("rect", { class: "box", x: 1.5, y: 1.5, width: 31, height: 15, rx: 4 }))), text);
  return section("drawing", "On the drawing", h("ul", { class: "legend-drawing" }, key("taken", "taken, with the step's number"), key("expected", "expected, not taken")), holder);
};

const scenarioView = async (view, index, i, run, list) => {
  const [record, excerpt] = await Promise.all([index.record(i), index.excerpt(i)]);
  const [before, after, place] = list.around(i);
  const verdict = index.verdict(i);
  const id = index.id(i);
  const step = (to, text, name) => h("a", { class: "button", href: to < 0 ? null : scenarioHash(index.id(to)), "aria-disabled": to < 0 ? "true" : null, role: to < 0 ? "link" : null, "aria-label": name, title: name }, text);
  const nav = h("nav", { class: "crumbs", "aria-label": "Scenario" },
    h("a", { href: list.address() }, "Scenarios"), h("span", { class: "where" }, place === null ? "" : `${number(place + 1)} of ${number(list.rows.length)}`),
    h("span", { class: "steps" }, step(before, "↑", "Previous scenario (k)"), step(after, "↓", "Next scenario (j)")));
  const title = h("h1", { id: "scenario-title", tabindex: "-1" }, safe(record?.name ?? index.title(i)));
  if (!record) {
    view.replaceChildren(nav, h("header", { class: "scenario-head" }, badge(verdict), title), h("p", { class: "empty" }, "There is no more about this scenario in this file."));
    return title;
  }
  const command = ["callpath run", shell(record.file), "--filter", shell(id), `--seed ${run.seed}`, run.target === "embedded" ? "" : `--target ${shell(run.target)}`].filter(Boolean).join(" ");
  const first = (record.score?.checks ?? []).find((check) => check.state !== "held");
  const others = (record.score?.checks ?? []).filter((check) => check.state !== "held").length - 1;
  const pathFirst = !record.reason && verdict.word === "failed" && first?.kind === "path" && record.score.path?.alignment?.length > 0;
  const why = record.reason ?? (pathFirst ? `the path is not as expected${others > 0 ? `, and ${things(others, "more check is", "more checks are")} broken` : ""}` : index.why(i));
  const change = index.change(i);
  const meta = [
    record.cell && h("span", { class: "tag" }, safe(record.cell)), change && h("span", { class: "tag change" }, change),
    ...(record.tags ?? []).map((tag) => h("a", { class: "tag", href: `#list?${new URLSearchParams({ tag })}` }, safe(tag))),
  ].filter(Boolean);
  const head = h("header", { class: `scenario-head is-${verdict.word}` },
    h("div", { class: "headline" }, badge(verdict), title),
    why && verdict.word !== "passed" ? h("p", { class: "why big" }, safe(why)) : null,
    h("p", { class: "meta" }, h("code", {}, safe(id))),
    meta.length > 0 && h("p", { class: "tags" }, meta),
    facts([
      record.flow && ["Flow", h("a", { href: `#flow=${encodeURIComponent(record.flow)}` }, `${record.flow} ${record.flow_version}`)],
      record.assist && ["Prompts", `${number(record.assist.prompts.length + (record.assist.more ?? 0))}, ${things(record.assist.requests, "request")}`],
      record.assist && ["Ended after", time(record.assist.ended_ms)],
      record.trace && ["Ended", `${record.trace.outcome}${record.trace.ends_at ? ` at ${record.trace.ends_at}` : ""}`],
      record.trace && ["Call", `${time(record.trace.duration_ms)}, ${things(record.trace.steps.length, "step")}`],
      record.wall && ["Simulated in", wall(record.wall.duration_us)],
    ]),
    record.trace?.failure ? h("p", { class: "why" }, safe(record.trace.failure)) : null,
    h("div", { class: "rerun" }, h("code", { class: "command" }, command), copyButton(command, "the command that runs this scenario again")));
  const parts = [checks(record), about(record)];
  if (record.trace?.steps) {
    const path = pathRows(record);
    const unused = [record.trace.unused_items && things(record.trace.unused_items, "item"), record.trace.unused_keys && things(record.trace.unused_keys, "key")].filter(Boolean);
    if (record.trace.steps.length) {
      parts.push(section("path", path.compared ? "Path: expected beside taken" : "Path taken", pathTable(path), unused.length > 0 && h("p", { class: "note" }, `${unused.join(" and ")} of the caller's input never used.`)),
        drawings(record, path), section("timeline", "Timeline", timeline(record)));
    } else parts.push(section("path", "Path", h("p", { class: "empty" }, "The call executed no node.")));
    parts.push(h("div", { class: "pair-columns" }, [prompts(record), h("div", {}, [scores(record), variables(record), lookups(record)])]));
  } else if (record.assist) {
    parts.push(...promptParts(record));
  } else {
    parts.push(scores(record));
    if (!record.score) parts.push(section("path", record.flow ? "Call" : "Prompts", h("p", { class: "empty" }, record.flow ? "There is no call to show." : "There are no prompts to show.")));
  }
  parts.push(attempts(record), source(record, excerpt));
  view.replaceChildren(nav, head, ...parts.filter(Boolean));
  return title;
};
