
// --- The list --------------------------------------------------------------------------------------------------------
// Only the rows in sight (and a few around them) exist, each a link at its place in a column as high as all rows.

const AROUND = 8;
const SORTS = {
  order: ["as in the suites", (index) => (a, b) => a - b],
  verdict: ["worst first", (index) => (a, b) => index.verdict(a).rank - index.verdict(b).rank || a - b],
  name: ["by name", (index) => (a, b) => index.title(a).localeCompare(index.title(b)) || a - b],
  accuracy: ["least accurate first", (index) => rising(index.columns.accuracy)],
  efficiency: ["least efficient first", (index) => rising(index.columns.efficiency)],
  duration: ["longest call first", (index) => (a, b) => (index.columns.virtual_ms[b] ?? -1) - (index.columns.virtual_ms[a] ?? -1) || a - b],
};
// What was not measured comes last.
const rising = (column) => (a, b) => (column[a] ?? Infinity) - (column[b] ?? Infinity) || a - b;

class List {
  constructor(index, view) {
    this.index = index;
    this.view = view;
    this.rows = [];
    this.shown = new Map();
    this.filter = {};
    this.current = -1;
    this.words = null;
    this.build();
    const render = () => { if (!this.queued) { this.queued = requestAnimationFrame(() => { this.queued = 0; this.render(); }); } };
    addEventListener("scroll", render, { passive: true });
    addEventListener("resize", () => { this.shown.forEach((row) => row.remove()); this.shown.clear(); render(); });
    // On paper there is no scrolling.
    addEventListener("beforeprint", () => this.render(true));
    addEventListener("afterprint", () => this.render());
  }

  build() {
    const { index } = this;
    const { columns } = index;
    const select = (name, label, options) => {
      const field = h("select", { name, onchange: () => this.change(name, field.value) }, options.map(([value, text]) => h("option", { value }, text)));
      return h("label", { class: "field" }, h("span", {}, label), field);
    };
    const all = (list) => [["", "all"], ...[...list].sort((a, b) => a.localeCompare(b)).map((name) => [name, name])];
    this.search = h("input", { type: "search", name: "q", placeholder: "Name, reason or tag", autocomplete: "off", spellcheck: "false",
      oninput: () => this.change("q", this.search.value) });
    this.verdicts = h("div", { class: "chips", role: "group", "aria-label": "Verdicts" });
    const counts = {};
    for (const letter of columns.verdict) counts[letter] = (counts[letter] ?? 0) + 1;
    for (const [letter, verdict] of Object.entries(VERDICTS)) {
      if (!counts[letter]) continue;
      const chip = h("button", { type: "button", class: `chip v-${verdict.word}`, "data-verdict": verdict.word, "aria-pressed": "false",
        onclick: () => this.toggle(verdict.word) },
        h("span", { class: "mark", "aria-hidden": "true" }, verdict.mark), verdict.word, " ", h("span", { class: "count" }, number(counts[letter])));
      this.verdicts.append(chip);
    }
    const fields = [
      columns.tags.length > 0 && select("tag", "Tag", all(columns.tags)),
      columns.flows.includes("") && columns.flows.length > 1 && select("kind", "Kind", [["", "all"], ["calls", "calls"], ["prompts", "prompts"]]),
      columns.flows.filter(Boolean).length > 1 && select("flow", "Flow", all(columns.flows.filter(Boolean))),
      columns.suites.length > 1 && select("suite", "Suite", all(columns.suites)),
      columns.change && select("change", "Change", all(new Set([...columns.change].filter((c) => c !== "-").map((c) => CHANGES[c])))),
      select("sort", "Order", Object.entries(SORTS).map(([key, [text]]) => [key === "order" ? "" : key, text])),
    ];
    this.sum = h("p", { class: "sum", id: "sum" });
    this.reset = h("button", { type: "button", class: "quiet", onclick: () => { location.hash = "#list"; } }, "Clear filters");
    const form = h("form", { class: "filters", role: "search", "aria-label": "Scenarios", onsubmit: (event) => event.preventDefault() },
      h("label", { class: "field grow" }, h("span", {}, "Search ", h("kbd", {}, "/")), this.search), fields, this.verdicts);
    const heads = ["Verdict", "Scenario", "Flow", "Accuracy", "Efficiency", "Call"];
    this.head = h("div", { class: "row head", "aria-hidden": "true" }, heads.map((head, n) => h("span", { class: n > 2 ? "number" : null }, head)));
    this.body = h("ul", { class: "rows", "aria-label": "Scenarios" });
    this.empty = h("div", { class: "empty", hidden: true }, h("p", {}, "No scenario fits these filters."));
    $(".needs-script", this.view)?.remove();
    this.view.append(form, h("div", { class: "sumline" }, this.sum, this.reset), this.head, this.body, this.empty);
  }

  // The filter as the address has it, and back.
  apply(parameters) {
    this.filter = Object.fromEntries(parameters);
    for (const field of this.view.querySelectorAll("input, select")) {
      const value = this.filter[field.name] ?? "";
      if (field.value !== value) field.value = value;
    }
    const chosen = this.chosen();
    for (const chip of this.verdicts.children) chip.setAttribute("aria-pressed", String(chosen.has(chip.dataset.verdict)));
    this.select();
  }
  address() {
    const set = Object.entries(this.filter).filter(([, value]) => value);
    return set.length ? `#list?${new URLSearchParams(set)}` : "#list";
  }
  change(name, value) {
    this.filter[name] = value;
    history.replaceState(null, "", this.address());
    this.apply(new Map(Object.entries(this.filter).filter(([, value]) => value)));
  }
  chosen() { return new Set((this.filter.verdict ?? "").split(",").filter(Boolean)); }
  toggle(word) {
    const chosen = this.chosen();
    if (!chosen.delete(word)) chosen.add(word);
    this.change("verdict", [...chosen].join(","));
  }

  // What is searched: id, reason and tags of each scenario in small letters, made once.
  haystack() {
    if (!this.words) {
      this.words = new Array(this.index.size);
      for (let i = 0; i < this.index.size; i++) {
        this.words[i] = `${this.index.id(i)} ${this.index.why(i)} ${this.index.tags(i).join(" ")}`.toLowerCase();
      }
    }
    return this.words;
  }

  select() {
    const { index, filter } = this;
    const { columns } = index;
    const place = (list, name) => (filter[name] ? list.indexOf(filter[name]) : null);
    const [tag, flow, suite] = [place(columns.tags, "tag"), place(columns.flows, "flow"), place(columns.suites, "suite")];
    const tagged = tag === null ? null : columns.tag_sets.map((set) => set.includes(tag));
    const chosen = this.chosen();
    const sought = (filter.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const words = sought.length ? this.haystack() : null;
    this.rows = [];
    for (let i = 0; i < index.size; i++) {
      if (chosen.size && !chosen.has(index.verdict(i).word)) continue;
      if (flow !== null && columns.flow[i] !== flow) continue;
      if (filter.kind && (index.flow(i) === "") !== (filter.kind === "prompts")) continue;
      if (suite !== null && columns.suite[i] !== suite) continue;
      if (tagged && !tagged[columns.tag_set[i]]) continue;
      if (filter.change && index.change(i) !== filter.change) continue;
      if (words && !sought.every((word) => words[i].includes(word))) continue;
      this.rows.push(i);
    }
    const sort = SORTS[filter.sort];
    if (sort) this.rows.sort(sort[1](index));
    const filtered = Object.entries(filter).some(([name, value]) => value && name !== "sort");
    this.sum.textContent = filtered ? `${number(this.rows.length)} of ${things(index.size, "scenario")}` : things(index.size, "scenario");
    this.reset.hidden = !filtered;
    this.empty.hidden = this.rows.length > 0;
    this.head.hidden = this.rows.length === 0;
    this.shown.forEach((row) => row.remove());
    this.shown.clear();
    this.render();
    clearTimeout(this.saying);
    if (filtered) this.saying = setTimeout(() => say(this.sum.textContent), 600);
  }

  height() { return parseFloat(getComputedStyle(this.body).getPropertyValue("--row")) || 60; }

  render(paper = false) {
    if (this.view.hidden) return;
    const height = this.height();
    this.body.style.height = `${this.rows.length * height}px`;
    const top = this.body.getBoundingClientRect().top;
    let first = Math.max(0, Math.floor(-top / height) - AROUND);
    let last = Math.min(this.rows.length, Math.ceil((innerHeight - top) / height) + AROUND);
    if (paper) [first, last] = [0, Math.min(this.rows.length, 1000)];
    for (const [place, row] of this.shown) {
      if ((place < first || place >= last) && !row.contains(document.activeElement)) {
        row.remove();
        this.shown.delete(place);
      }
    }
    const fresh = document.createDocumentFragment();
    for (let place = first; place < last; place++) {
      if (this.shown.has(place)) continue;
      const row = this.row(this.rows[place], place);
      row.style.transform = `translateY(${place * height}px)`;
      this.shown.set(place, row);
      fresh.append(row);
    }
    this.body.append(fresh);
  }

  row(i, place) {
    const { index } = this;
    const { columns } = index;
    const why = index.why(i);
    const change = index.change(i);
    return h("li", { class: "item", "aria-setsize": this.rows.length, "aria-posinset": place + 1 },
      h("a", { class: "row", href: scenarioHash(index.id(i)), "data-place": place },
        badge(index.verdict(i)),
        h("span", { class: "name" },
          h("span", { class: "title" }, safe(index.title(i))),
          h("span", { class: why ? "under why" : "under" }, change && h("span", { class: "tag" }, change), why ? safe(why) : index.suite(i))),
        h("span", { class: "flow-name" }, index.flow(i) || "prompts"),
        this.cell("accuracy", percent(columns.accuracy[i])),
        this.cell("efficiency", percent(columns.efficiency[i])),
        this.cell("call", time(columns.virtual_ms[i]))));
  }
  cell(label, text) { return h("span", { class: "number" }, h("span", { class: "sr" }, `${label} `), text); }

  // Moves the focus by so many rows, and makes the row it comes to.
  move(by) {
    const at = document.activeElement?.dataset?.place;
    const now = at === undefined ? this.rows.indexOf(this.current) : Number(at);
    this.focus(Math.min(Math.max(now < 0 ? (by > 0 ? 0 : this.rows.length - 1) : now + by, 0), this.rows.length - 1));
  }
  focus(place) {
    if (place < 0) return;
    this.current = this.rows[place];
    const height = this.height();
    const top = this.body.getBoundingClientRect().top + place * height;
    const bar = $(".top").offsetHeight + this.head.offsetHeight + 8;
    if (top < bar) scrollBy(0, top - bar);
    else if (top + height > innerHeight - 8) scrollBy(0, top + height - innerHeight + 8);
    this.render();
    $("a", this.shown.get(place))?.focus({ preventScroll: true });
  }
  // The scenarios before and after one, in the order of the list.
  around(i) {
    const place = this.rows.indexOf(i);
    return place < 0 ? [i - 1, i + 1 < this.index.size ? i + 1 : -1, null] : [this.rows[place - 1] ?? -1, this.rows[place + 1] ?? -1, place];
  }
}
