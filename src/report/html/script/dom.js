
// --- Elements and words ----------------------------------------------------------------------------------------------
// Everything from the record becomes text of an element, never markup.

const SVG = "http://www.w3.org/2000/svg";
const fill = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
};
const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const $ = (selector, from = document) => from.querySelector(selector);

const NONE = "–";
const number = (value) => value.toLocaleString("en-US");
const things = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
// As in the static parts: a rounded number never hides the one that went wrong.
const percent = (value) => {
  if (value === null || value === undefined) return NONE;
  if (value < 100 && value >= 99.95) return "99.9%";
  if (value > 0 && value < 0.05) return "0.1%";
  return `${value.toFixed(1)}%`;
};
const ratio = (value) => percent(value === null || value === undefined ? null : value * 100);
// Virtual time.
const time = (ms) => {
  if (ms === null || ms === undefined) return NONE;
  if (ms < 60000) return `${(ms / 1000).toFixed(ms % 1000 === 0 ? 0 : ms % 100 === 0 ? 1 : 2)} s`;
  const seconds = Math.round((ms % 60000) / 1000);
  return seconds ? `${Math.floor(ms / 60000)} min ${seconds} s` : `${Math.floor(ms / 60000)} min`;
};
const wall = (us) => (us < 1e6 ? `${(us / 1e3).toFixed(us < 1e3 ? 2 : 1)} ms` : `${(us / 1e6).toFixed(2)} s`);

const badge = (verdict) =>
  h("span", { class: `verdict v-${verdict.word}` }, h("span", { class: "mark", "aria-hidden": "true" }, verdict.mark), verdict.word);
const scenarioHash = (id) => `#s=${encodeURIComponent(id)}`;

// Control characters and those that turn the direction of writing are shown, not obeyed.
const safe = (text) =>
  String(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (c) => (c === "\u007f" ? "\u2421" : String.fromCharCode(0x2400 + c.charCodeAt(0))))
    .replace(/[\u0080-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
const show = (value) => (typeof value === "string" ? safe(value) : JSON.stringify(value));

// A word for a shell.
const shell = (word) => (/^[\w\-./:=@%+,]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

const copyButton = (text, what) => {
  const button = h("button", { type: "button", class: "copy" }, "Copy");
  button.setAttribute("aria-label", `Copy ${what}`);
  button.addEventListener("click", async () => {
    let copied = false;
    try {
      await navigator.clipboard.writeText(text);
      copied = true;
    } catch {
      // A file that was opened from a disk may not use the clipboard by itself in every browser.
      const area = h("textarea", { class: "sr", "aria-hidden": "true" });
      area.value = text;
      button.after(area);
      area.select();
      copied = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = copied ? "Copied" : "Select and copy it by hand";
    say(copied ? "Copied" : "It could not be copied");
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  return button;
};

// What a screen reader is told.
const live = h("div", { class: "sr", role: "status", "aria-live": "polite", id: "live" });
const say = (text) => { live.textContent = text; };

const scrolling = (label, ...children) => h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label }, children);
const table = (label, heads, rows) =>
  scrolling(label, h("table", {},
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col", class: head.number ? "number" : null }, head.text ?? head)))),
    h("tbody", {}, rows)));
