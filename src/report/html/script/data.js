"use strict";

// --- Data ------------------------------------------------------------------------------------------------------------
// The page carries its data deflated and in base64, in blocks: an index of all scenarios, which is opened at once, and parts
// with everything about 200 scenarios each, which are opened when one of theirs is shown.

const open = async (id) => {
  const block = document.getElementById(id);
  if (!block) return null;
  const binary = atob(block.textContent);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
};

// The parts opened last; a reader who walks through a long list does not fill the memory.
const KEPT = 12;
const parts = new Map();
const part = async (id) => {
  const known = parts.get(id);
  const found = known ?? open(id);
  parts.delete(id);
  parts.set(id, found);
  if (parts.size > KEPT) parts.delete(parts.keys().next().value);
  return found;
};

const VERDICTS = {
  p: { word: "passed", mark: "✓", rank: 4 },
  k: { word: "flaky", mark: "~", rank: 2 },
  f: { word: "failed", mark: "✗", rank: 0 },
  e: { word: "error", mark: "!", rank: 1 },
  s: { word: "skipped", mark: "–", rank: 3 },
};
const CHANGES = {
  b: "newly broken", k: "newly flaky", f: "still failing", s: "now skipped", o: "passed by another path",
  x: "fixed", y: "no longer flaky", u: "no longer skipped", a: "new",
};

// The index by scenario: columns become questions.
class Index {
  constructor(columns) {
    this.columns = columns;
    this.full = new Set(columns.full ?? []);
    this.size = columns.title.length;
    this.places = null;
  }
  title(i) { return this.columns.title[i]; }
  suite(i) { return this.columns.suites[this.columns.suite[i]]; }
  flow(i) { return this.columns.flows[this.columns.flow[i]]; }
  tags(i) { return this.columns.tag_sets[this.columns.tag_set[i]].map((tag) => this.columns.tags[tag]); }
  id(i) { return this.full.has(i) ? this.title(i) : `${this.suite(i)}::${this.title(i)}`; }
  verdict(i) { return VERDICTS[this.columns.verdict[i]]; }
  why(i) { return this.columns.why[i]; }
  change(i) { return CHANGES[this.columns.change[i]] ?? ""; }
  // Where the scenario with this id stands; -1 where there is none.
  find(id) {
    if (!this.places) {
      this.places = new Map();
      for (let i = 0; i < this.size; i++) this.places.set(this.id(i), i);
    }
    return this.places.get(id) ?? -1;
  }
  // What run.json says of a scenario.
  async record(i) {
    const [each] = this.columns.parts;
    return (await part(`data-scenarios-${Math.floor(i / each)}`))?.[i % each] ?? null;
  }
  // Its lines in the suite.
  async excerpt(i) {
    const [, each] = this.columns.parts;
    const entry = this.columns.entry[i];
    return (await part(`data-excerpts-${Math.floor(entry / each)}`))?.[entry % each] ?? null;
  }
}
