
// --- Where the reader is ---------------------------------------------------------------------------------------------
// The address after # says it: #overview, #flows, #flow=ID, #list?verdict=failed&q=…, #s=ID. So every view has a link.

const views = Object.fromEntries(["overview", "flows", "list", "scenario"].map((name) => [name, document.getElementById(name)]));
const title = document.title;
let index = null;
let list = null;
let run = null;
let view = "overview";
// The scenario shown.
let current = -1;

const showView = (name) => {
  view = name;
  for (const [key, element] of Object.entries(views)) element.hidden = key !== name;
  const tab = name === "scenario" ? "list" : name;
  for (const link of document.querySelectorAll(".tabs a")) {
    if (link.dataset.view === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
};

const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };

const go = async (first = false) => {
  const address = location.hash.slice(1);
  const before = view;
  if (address.startsWith("s=")) {
    const id = decoded(address.slice(2));
    const i = index.find(id);
    showView("scenario");
    if (i < 0) {
      views.scenario.replaceChildren(h("h1", { id: "scenario-title", tabindex: "-1" }, "No such scenario"), h("p", { class: "empty" }, "This run has no scenario ", h("code", {}, safe(id)), "."), h("p", {}, h("a", { href: "#list" }, "All scenarios")));
      current = -1;
      document.title = `No such scenario · ${title}`;
    } else {
      current = i;
      list.current = i;
      const wanted = i;
      const heading = await scenarioView(views.scenario, index, i, run, list);
      if (current !== wanted || view !== "scenario") return;
      document.title = `${index.verdict(i).word}: ${index.title(i)} · callpath`;
      scrollTo(0, 0);
      if (!first) heading.focus({ preventScroll: true });
    }
  } else if (address.startsWith("list")) {
    showView("list");
    document.title = `Scenarios · ${title}`;
    list.apply(new URLSearchParams(address.slice(5)));
    if (before === "scenario" && list.rows.includes(current)) list.focus(list.rows.indexOf(current));
    else if (!first) scrollTo(0, 0);
  } else if (address.startsWith("flow")) {
    showView("flows");
    document.title = `Flows · ${title}`;
    drawFlows();
    const wanted = address.startsWith("flow=") ? decoded(address.slice(5)) : null;
    const article = wanted && [...document.querySelectorAll("article.flow")].find((one) => one.dataset.flow === wanted);
    if (article) article.scrollIntoView();
    else if (!first) scrollTo(0, 0);
  } else if (address === "" || address === "overview" || first) {
    showView("overview");
    document.title = title;
    if (!first) scrollTo(0, 0);
  }
};

// --- Light and dark --------------------------------------------------------------------------------------------------

const THEMES = ["auto", "light", "dark"];
const theme = document.getElementById("theme");
const setTheme = (name) => {
  if (name === "auto") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset.theme = name;
  theme.replaceChildren(h("span", { class: "label" }, "Theme: "), name);
};
// A file that was opened from a disk may be denied a memory of its own.
const remembered = () => { try { return localStorage.getItem("callpath-theme"); } catch { return null; } };
const remember = (name) => { try { localStorage.setItem("callpath-theme", name); } catch { /* it is only a comfort */ } };

// --- Keys ------------------------------------------------------------------------------------------------------------

const KEYS = [["/", "search the scenarios"], ["j or ↓", "next scenario"], ["k or ↑", "previous scenario"], ["Enter", "open the scenario"], ["Escape", "back, or leave the search"], ["o, f, s", "overview, flows, scenarios"], ["t", "light or dark"], ["+ − 0", "size of the drawing that has the focus"], ["?", "this list"]];
const helpDialog = h("dialog", { "aria-labelledby": "keys-title", class: "keys-dialog" }, h("h2", { id: "keys-title" }, "Keys"),
  h("dl", {}, KEYS.map(([key, text]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)))), h("form", { method: "dialog" }, h("button", {}, "Close")));

const nextTheme = () => {
  const name = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme ?? "auto") + 1) % THEMES.length];
  setTheme(name);
  remember(name);
  say(`Theme: ${name}`);
};

const keyed = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || helpDialog.open) return;
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    if (typing) event.target.blur();
    else if (view === "scenario") location.hash = list.address();
    else if (view === "list" && list.address() !== "#list") location.hash = "#list";
    return;
  }
  if (typing) {
    if (event.target === list.search && (event.key === "ArrowDown" || event.key === "Enter") && list.rows.length) { event.preventDefault(); list.focus(0); }
    return;
  }
  const move = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (move && view === "list") { event.preventDefault(); list.move(move); return; }
  if (move && view === "scenario" && event.key.length === 1) {
    const [before, after] = list.around(current);
    const to = move > 0 ? after : before;
    if (to >= 0) location.hash = scenarioHash(index.id(to));
    return;
  }
  const action = {
    "/": () => { if (view !== "list") { location.hash = list.address(); } setTimeout(() => { list.search.focus(); list.search.select(); }); },
    "?": () => helpDialog.showModal(),
    o: () => { location.hash = "#overview"; },
    f: () => { location.hash = "#flows"; },
    s: () => { location.hash = list.address(); },
    t: nextTheme,
  }[event.key];
  if (action) { event.preventDefault(); action(); }
};

// --- Start -----------------------------------------------------------------------------------------------------------

document.body.append(live, helpDialog);
document.querySelectorAll(".needs-js").forEach((button) => { button.hidden = false; });
setTheme(THEMES.includes(remembered()) ? remembered() : "auto");
theme.addEventListener("click", nextTheme);
document.getElementById("help").addEventListener("click", () => helpDialog.showModal());
showView("overview");
for (const block of document.querySelectorAll("code.command")) block.after(copyButton(block.textContent, "the command"));
const [columns, ran] = await Promise.all([open("data-index"), open("data-run")]);
index = new Index(columns);
run = ran;
list = new List(index, views.list);
list.apply(new Map());
addEventListener("hashchange", () => go());
addEventListener("keydown", keyed);
await go(true);
document.documentElement.dataset.ready = "";
