
// --- The timeline ----------------------------------------------------------------------------------------------------
// Nodes, prompts and input along the call's virtual time. When within a node a key came is not recorded, so the input spans
// the node that used it.

const tick = (span) => [100, 250, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000, 300000, 600000, 1800000, 3600000].find((step) => span / step <= 10) ?? span;

const timeline = (record) => {
  const { steps, duration_ms: duration } = record.trace;
  const end = Math.max(duration, ...steps.slice(-1).map((step) => step.at_ms + step.duration_ms), 1);
  const lasting = steps.map((step, n) => ({ ...step, n })).filter((step) => step.duration_ms > 0);
  const inputs = steps.filter((step) => step.input).length;
  const heard = steps.reduce((sum, step) => sum + (step.prompts ?? []).length, 0);
  const box = h("div", { class: "scroll timeline", tabindex: "0", role: "group", "aria-label": "Timeline" });
  const draw = () => {
    const width = Math.max((box.clientWidth || 900) - parseFloat(getComputedStyle(box).paddingLeft || 0) * 2, 620, Math.min(lasting.length * 26, 6000));
    const [left, right] = [64, 12];
    const x = (ms) => left + (ms / end) * (width - left - right);
    const lanes = [["Nodes", 26], ["Prompts", 62], ["Input", 98]];
    const svg = s("svg", { width, height: 150, viewBox: `0 0 ${width} 150`, role: "img",
      "aria-label": `${time(duration)} of virtual time: ${things(steps.length, "node")}, ${things(heard, "prompt")}, ${things(inputs, "input")}` });
    const step = tick(end);
    for (let ms = 0; ms <= end; ms += step) {
      svg.append(s("path", { class: "grid", d: `M${x(ms)} 16V128` }), s("text", { class: "axis", x: x(ms), y: 144, "text-anchor": ms ? "middle" : "start" }, time(ms)));
    }
    for (const [name, y] of lanes) svg.append(s("text", { class: "lane", x: 0, y: y + 16 }, name));
    const bar = (kind, from, to, y, text, title) => {
      const [a, b] = [x(from), Math.max(x(to), x(from) + 3)];
      const room = Math.floor((b - a - 8) / 6.6);
      const label = text.length <= room ? text : room >= 3 ? `${text.slice(0, room - 1)}…` : "";
      svg.append(s("g", { class: `bar ${kind}` }, s("title", {}, title), s("rect", { x: a, y, width: b - a, height: 24, rx: 3 }), label && s("text", { x: a + 5, y: y + 16 }, label)));
    };
    for (const one of lasting) {
      const until = one.at_ms + one.duration_ms;
      bar(`node${one.n % 2 ? " odd" : ""}`, one.at_ms, until, 26, one.node, `${one.node}${one.outcome ? `: ${one.outcome}` : ""}, ${time(one.at_ms)} to ${time(until)}`);
      let at = one.at_ms;
      for (const prompt of one.prompts ?? []) {
        if (prompt.heard_ms > 0) bar(prompt.interrupted ? "prompt cut" : "prompt", at, at + prompt.heard_ms, 62, prompt.text, `${prompt.text} (${time(prompt.heard_ms)}${prompt.interrupted ? ", interrupted" : ""})`);
        at += prompt.heard_ms;
      }
    }
    for (const one of steps.filter((one) => one.input)) {
      bar("input", one.at_ms, one.at_ms + one.duration_ms, 98, one.input, `${one.input} at ${one.node}`);
    }
    box.replaceChildren(svg);
  };
  // Drawn when it has a place, and again when that changes.
  new ResizeObserver(() => { if (box.clientWidth && box.clientWidth !== box.drawn) { box.drawn = box.clientWidth; draw(); } }).observe(box);
  draw();
  return box;
};
