
// --- Drawings --------------------------------------------------------------------------------------------------------
// The drawings were laid out when the page was written. They scroll in a box and are made larger and smaller by buttons.

const flowNumbers = new Map();
for (const article of document.querySelectorAll("article.flow")) {
  const { flow, version, number } = article.dataset;
  flowNumbers.set(`${flow}\n${version}`, Number(number));
  if (!flowNumbers.has(flow)) flowNumbers.set(flow, Number(number));
}
const flowPart = async (flow, version) => {
  const known = flowNumbers.get(`${flow}\n${version}`) ?? flowNumbers.get(flow);
  return known === undefined ? null : part(`data-flow-${known}`);
};

const LEAST = 0.25;
const MOST = 2.5;

// The box around a drawing with its buttons.
const drawingBox = (svgText, label, ids) => {
  const holder = document.createElement("template");
  // Written by callpath, every text in it escaped; and the page's policy lets nothing in it run.
  holder.innerHTML = svgText;
  const svg = holder.content.firstElementChild;
  if (!ids) svg.querySelectorAll("[id]").forEach((one) => one.removeAttribute("id"));
  const natural = svg.viewBox.baseVal;
  const pane = h("div", { class: "pane", tabindex: "0", role: "group", "aria-label": label }, svg);
  let zoom = 1;
  const shown = h("output", { class: "zoom" }, "100%");
  const set = (wanted) => {
    zoom = Math.min(Math.max(wanted, LEAST), MOST);
    const [middleX, middleY] = [(pane.scrollLeft + pane.clientWidth / 2) / (svg.width.baseVal.value || 1), (pane.scrollTop + pane.clientHeight / 2) / (svg.height.baseVal.value || 1)];
    svg.setAttribute("width", natural.width * zoom);
    svg.setAttribute("height", natural.height * zoom);
    pane.scrollTo(middleX * natural.width * zoom - pane.clientWidth / 2, middleY * natural.height * zoom - pane.clientHeight / 2);
    shown.textContent = `${Math.round(zoom * 100)}%`;
  };
  const fit = () => set(Math.min((pane.clientWidth - 4) / natural.width, 1));
  const button = (text, name, action) => h("button", { type: "button", "aria-label": name, title: name, onclick: action }, text);
  const tools = h("div", { class: "zooms" }, button("−", "Smaller", () => set(zoom / 1.25)), shown, button("+", "Larger", () => set(zoom * 1.25)), button("Fit", "Fit the width", fit), button("100%", "Natural size", () => set(1)));
  pane.addEventListener("keydown", (event) => {
    const action = { "+": () => set(zoom * 1.25), "-": () => set(zoom / 1.25), 0: fit }[event.key];
    if (action) { event.preventDefault(); action(); }
  });
  return { box: h("div", { class: "drawing" }, tools, pane), svg, pane, fit };
};

// Scrolls a drawing so that a node stands half way down; a call begins at the left.
const bringIn = (node, svg, pane) => {
  if (!node) return;
  requestAnimationFrame(() => pane.scrollTo(0, Math.max(0, node.getBoundingClientRect().top - svg.getBoundingClientRect().top - pane.clientHeight / 2)));
};

// What belongs to a flow of the nodes of a call: those of its own flow stand as they are, others as `flow/node`.
const within = (name, flow, own) => {
  const cut = name.lastIndexOf("/");
  if (cut < 0) return own === flow ? name : null;
  return name.slice(0, cut) === flow ? name.slice(cut + 1) : null;
};

// Marks the path taken by class and by numbers, and what was expected instead by class (a dashed outline).
const trace = (svg, drawn, record, path, flow) => {
  const nodes = new Map();
  svg.querySelectorAll("[data-node]").forEach((node) => nodes.set(node.dataset.node, node));
  const ways = new Map();
  svg.querySelectorAll("[data-from]").forEach((way) => ways.set(`${way.dataset.from}\n${way.dataset.to}`, way));
  const mark = (from, to, name) => ways.get(`${from}\n${to}`)?.classList.add(name);
  const here = (name) => within(name, flow, record.flow);
  let before = null;
  const numbers = new Map();
  record.trace.steps.forEach((step, at) => {
    const node = here(step.node);
    if (node === null) return;
    nodes.get(node)?.classList.add("taken");
    if (before !== null) mark(before, node, "taken");
    before = node;
    numbers.set(node, [...(numbers.get(node) ?? []), at + 1]);
  });
  const expect = (node, from) => {
    const drawnNode = nodes.get(node);
    if (drawnNode && !drawnNode.classList.contains("taken")) drawnNode.classList.add("expected");
    if (from !== null && from !== undefined) mark(from, node, "expected");
  };
  let last = null;
  for (const row of path.rows) {
    const wanted = row.expected && !pattern(row.expected) && row.kind !== "same" ? here(row.expected) : null;
    if (wanted) expect(wanted, last);
    last = wanted ?? (row.step ? here(row.step.node) : last);
  }
  for (const { decision, step } of path.rows) {
    if (!decision || decision.state === "held" || !step) continue;
    const from = here(step.node);
    const to = from === null ? null : drawn.ways[from]?.[decision.expected];
    if (to) expect(to, from);
  }
  for (const [node, at] of numbers) {
    const text = at.length > 3 ? `${at.slice(0, 2).join(" ")} … ${at[at.length - 1]}` : at.join(" ");
    const width = text.length * 6.5 + 10;
    nodes.get(node)?.append(s("g", { class: "steps", transform: "translate(-6 -10)" }, s("rect", { width, height: 16, rx: 8 }), s("text", { x: width / 2, y: 12, "text-anchor": "middle" }, text)));
  }
  svg.classList.add("tracing");
  return nodes.get(here(record.trace.steps[0]?.node ?? ""));
};
