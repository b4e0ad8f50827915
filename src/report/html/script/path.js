
// --- The path --------------------------------------------------------------------------------------------------------
// Expected beside taken. The record keeps the alignment only where the path does not fit; where it fits, every step is as
// expected. Decisions stand at the step at which they were taken.

const pattern = (text) => text === "..." || text === "?" || text.includes("|");
const fits = (expected, taken) => expected === "..." || expected === "?" || expected.split("|").includes(taken);

const pathRows = (record) => {
  const steps = record.trace?.steps ?? [];
  const checks = record.score?.checks ?? [];
  const alignment = record.score?.path?.alignment ?? [];
  const fitted = record.score?.path && alignment.length === 0;
  const decisions = new Map(checks.filter((check) => check.kind === "decision" && check.subject).map((check) => [check.subject, check]));
  const visits = new Map();
  const rows = [];
  const step = (at, kind, expected) => {
    const node = steps[at].node;
    const visit = (visits.get(node) ?? 0) + 1;
    visits.set(node, visit);
    const key = visit === 1 ? node : `${node}#${visit}`;
    const decision = decisions.get(key) ?? null;
    decisions.delete(key);
    rows.push({ kind, expected, at, step: steps[at], decision });
  };
  let next = 0;
  for (const { expected = null, taken = null } of alignment) {
    if (taken === null) {
      rows.push({ kind: "missing", expected, at: -1, step: null, decision: null });
      continue;
    }
    while (next < steps.length && steps[next].node !== taken) step(next++, "plain", null);
    if (next >= steps.length) break;
    step(next++, expected === null ? "extra" : fits(expected, taken) ? "same" : "other", expected);
  }
  while (next < steps.length) {
    step(next, fitted ? "same" : "plain", fitted ? steps[next].node : null);
    next++;
  }
  const unreached = [...decisions.values()].filter((check) => check.state !== "held");
  return { rows, unreached, compared: fitted || alignment.length > 0 };
};

const MARKS = { same: ["=", "as expected"], missing: ["−", "expected, not walked"], extra: ["+", "walked, not expected"], other: ["≠", "another node than expected"], plain: ["", ""] };
const ROWS = 200;

const pathTable = (path) => {
  const { rows, unreached, compared } = path;
  const input = rows.some((row) => row.step?.input);
  const message = rows.some((row) => row.step?.message);
  const columns = compared || unreached.length || rows.some((row) => row.decision);
  const render = (row) => {
    const [mark, words] = MARKS[row.kind];
    const wrong = row.decision && row.decision.state !== "held";
    const decided = row.decision && (wrong
      ? h("span", { class: "decided wrong" }, "should go ", h("code", {}, safe(row.decision.expected ?? "")))
      : h("span", { class: "decided" }, h("span", { class: "mark", "aria-hidden": "true" }, "✓"), h("span", { class: "sr" }, "decision as expected")));
    const expected = row.expected === null || row.expected === undefined
      ? null : h("code", { class: pattern(row.expected) ? "pattern" : null }, safe(row.expected));
    return h("tr", { class: `p-${row.kind}${wrong ? " p-wrong" : ""}` },
      h("td", { class: "sign" }, mark && h("span", { "aria-hidden": "true" }, mark), words && h("span", { class: "sr" }, words)),
      columns && h("td", {}, expected, wrong || (decided && !row.expected) ? [expected && " ", decided] : decided && [" ", decided]),
      h("td", { class: "number at" }, row.step ? row.at + 1 : ""),
      h("td", {}, row.step && [h("code", {}, safe(row.step.node)), " ", h("span", { class: "path" }, row.step.type.replaceAll("_", " "))]),
      h("td", {}, row.step && (row.step.outcome ? h("code", { class: wrong ? "wrong" : null }, safe(row.step.outcome)) : h("span", { class: "none" }, NONE))),
      input && h("td", {}, row.step?.input && h("kbd", { class: "keys" }, safe(row.step.input))),
      h("td", { class: "number" }, row.step ? time(row.step.at_ms) : ""),
      message && h("td", { class: "message" }, row.step?.message && safe(row.step.message)));
  };
  const body = rows.slice(0, ROWS).map(render);
  const heads = [{ text: h("span", { class: "sr" }, "Compared") }, columns && "Expected", { text: "Step", number: true }, "Taken", "Outcome", input && "Input", { text: "At", number: true }, message && "What went wrong"].filter(Boolean);
  const made = table("Path expected and taken", heads, body);
  const more = rows.length > ROWS && h("button", { type: "button", class: "quiet", onclick: () => {
    $("tbody", made).append(...rows.slice(ROWS, ROWS + 5000).map(render));
    more.remove();
  } }, `Show all ${things(rows.length, "row")}`);
  const never = unreached.length > 0 && h("ul", { class: "unreached" }, unreached.map((check) =>
    h("li", {}, h("span", { class: "mark", "aria-hidden": "true" }, "−"), " ", h("code", {}, safe(check.subject)), " should go ", h("code", {}, safe(check.expected ?? "")), ", ", safe(check.actual ?? "never reached"))));
  return h("div", { class: "path-table" }, made, more, never);
};
