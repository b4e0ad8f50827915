
// --- Prompts for agents ----------------------------------------------------------------------------------------------

const RESULT_MARKS = { delivered: "✓", fallback: "↪", ineligible: "–", rate_limited: "⏳", failed: "✗" };
const worded = (word) => String(word).replaceAll("_", " ");

// What was expected of a prompt: of it alone, or of all.
const expectedResult = (record, prompt) => {
  const all = (record.score?.checks ?? []).filter((check) => check.kind === "result");
  const check = all.find((one) => one.subject === `prompt ${prompt.number}`) ?? all.find((one) => !one.subject);
  if (!check) return null;
  return check.state === "held" ? prompt.result : check.expected ?? null;
};
const transcriptEnd = (prompt) => prompt.at_ms + prompt.took_ms + (prompt.transcript.took_ms ?? 0);

const promptTimeline = (assist) => {
  const list = assist.prompts;
  const end = Math.max(assist.ended_ms, ...list.map(transcriptEnd), 1);
  const box = h("div", { class: "scroll timeline", tabindex: "0", role: "group", "aria-label": "Timeline" });
  const draw = () => {
    const width = Math.max((box.clientWidth || 900) - parseFloat(getComputedStyle(box).paddingLeft || 0) * 2, 620);
    const [left, right, row] = [92, 20, 34];
    const bottom = 12 + list.length * row;
    const x = (ms) => left + (ms / end) * (width - left - right);
    const svg = s("svg", { width, height: bottom + 24, viewBox: `0 0 ${width} ${bottom + 24}`, role: "img",
      "aria-label": `${time(end)} of virtual time: ${things(list.length, "prompt")}, ${things(list.reduce((sum, one) => sum + (one.attempts ?? []).length, 0), "attempt")}` });
    for (let ms = 0; ms <= end; ms += tick(end)) {
      svg.append(s("path", { class: "grid", d: `M${x(ms)} 6V${bottom}` }), s("text", { class: "axis", x: x(ms), y: bottom + 16, "text-anchor": ms ? "middle" : "start" }, time(ms)));
    }
    const bar = (kind, from, to, y, high, title) =>
      svg.append(s("g", { class: `bar ${kind}` }, s("title", {}, title), s("rect", { x: x(from), y, width: Math.max(x(to) - x(from), 3), height: high, rx: 2 })));
    list.forEach((prompt, n) => {
      const y = 12 + n * row;
      svg.append(s("text", { class: "lane", x: 0, y: y + 16 }, `Prompt ${number(prompt.number)}`));
      const { at_ms: at, waited_ms: waited = 0 } = prompt;
      if (waited) bar("wait", at, at + waited, y + 6, 10, `waits ${time(waited)} for a token`);
      for (const one of prompt.attempts ?? []) {
        const from = at + one.at_ms;
        if (one.pause_ms) svg.append(s("path", { class: "pause", d: `M${x(from + one.took_ms)} ${y + 11}H${x(from + one.took_ms + one.pause_ms)}` }, s("title", {}, `pause of ${time(one.pause_ms)}`)));
        bar(`${one.fallback ? "fallback" : "attempt"}${one.error ? " broken" : ""}`, from, from + one.took_ms, one.fallback ? y + 13 : y, 12, `${one.fallback ? "fallback" : "attempt"}: ${one.status ?? "no answer"}${one.error ? `, ${one.error}` : ""}, at ${time(from)}`);
      }
      if (!(prompt.attempts ?? []).length) svg.append(s("text", { class: "sign", x: x(at), y: y + 16 }, s("title", {}, `${worded(prompt.result)} at ${time(at)}`), RESULT_MARKS[prompt.result] ?? "·"));
      if (prompt.transcript.took_ms) bar("transcript", at + prompt.took_ms, transcriptEnd(prompt), y + 26, 5, `transcript: ${prompt.transcript.state} after ${time(prompt.transcript.took_ms)}`);
    });
    box.replaceChildren(svg);
  };
  new ResizeObserver(() => { if (box.clientWidth && box.clientWidth !== box.drawn) { box.drawn = box.clientWidth; draw(); } }).observe(box);
  draw();
  const key = (kind, text) => h("li", {}, s("svg", { class: "key", width: 26, height: 14, "aria-hidden": "true" }, s("g", { class: `bar ${kind}` }, s("rect", { x: 1, y: 1, width: 24, height: 12, rx: 2 }))), text);
  return [h("ul", { class: "legend-drawing timeline" }, key("attempt", "attempt"), key("attempt broken", "attempt that went wrong (dashed)"), key("fallback", "fallback, in the row below"), key("wait", "waiting for a token (dotted)"), key("transcript", "looking for the transcript, at the bottom")), box];
};

const attemptRow = (prompt) => (one, n) => h("tr", {},
  h("td", {}, one.fallback ? "fallback" : `attempt ${n + 1}`),
  h("td", { class: "number" }, time(prompt.at_ms + one.at_ms)), h("td", { class: "number" }, time(one.took_ms)),
  h("td", {}, one.status ? h("code", {}, String(one.status)) : "no answer"),
  h("td", {}, one.error ? safe(one.error) : "✓ delivered", one.retry_after_ms ? `; Retry-After ${time(one.retry_after_ms)}` : ""),
  h("td", { class: "number" }, one.pause_ms === undefined ? NONE : time(one.pause_ms)));

const promptItem = (record, several) => (prompt) => {
  const expected = expectedResult(record, prompt);
  const wrong = expected !== null && expected !== prompt.result;
  const { transcript } = prompt;
  const list = prompt.attempts ?? [];
  const reached = prompt.result === "fallback" ? `the fallback ${prompt.fallback_id ?? ""}` : prompt.result === "delivered" ? `the prompt ${prompt.id}` : "nothing";
  const content = [
    facts([
      ["Result", h("strong", {}, `${RESULT_MARKS[prompt.result] ?? ""} ${worded(prompt.result)}`)],
      ["Expected", expected === null ? NONE : `${wrong ? "✗" : "✓"} ${worded(expected)}`],
      ["Came", time(prompt.at_ms)], ["Took", time(prompt.took_ms)],
      prompt.waited_ms && ["Waited for a token", time(prompt.waited_ms)],
      prompt.limited_by && ["Empty bucket", `the ${prompt.limited_by}'s`],
      prompt.retry_after_ms !== undefined && ["Told to come again after", time(prompt.retry_after_ms)],
      ["The agent got", safe(reached)], ["Agent", safe(prompt.agent)],
      ["Transcript", safe([transcript.state, transcript.id, transcript.questions && `asked ${things(transcript.questions, "time")}`, transcript.took_ms !== undefined && `after ${time(transcript.took_ms)}`, transcript.reason].filter(Boolean).join(", "))],
    ]),
    (prompt.reasons ?? []).length > 0 && h("ul", { class: "reasons" }, prompt.reasons.map((reason) => h("li", {}, safe(reason)))),
    list.length > 0 && table(`Attempts of prompt ${prompt.number}`, ["Sent", { text: "At", number: true }, { text: "Took", number: true }, "Status", "What came of it", { text: "Pause after", number: true }], list.map(attemptRow(prompt))),
  ];
  if (!several) return h("div", { class: "prompt" }, content);
  return h("details", { class: "prompt", open: wrong }, h("summary", {}, `Prompt ${number(prompt.number)}: ${RESULT_MARKS[prompt.result] ?? ""} ${worded(prompt.result)}${wrong ? `, expected ${worded(expected)}` : ""} at ${time(prompt.at_ms)}`), content);
};

const promptParts = (record) => {
  const { assist } = record;
  const total = assist.prompts.length + (assist.more ?? 0);
  const parts = [];
  if (total > 1) {
    const counts = Object.entries(assist.counts).filter(([, count]) => count);
    parts.push(section("counts", "All prompts", facts([...counts.map(([result, count]) => [`${RESULT_MARKS[result] ?? ""} ${worded(result)}`, number(count)]),
      ["Requests", number(assist.requests)], ["Longest wait for a token", time(assist.longest_wait_ms)], ["Longest way", time(assist.longest_ms)],
      ...Object.entries(assist.transcripts).map(([state, count]) => [`Transcripts: ${state}`, number(count)])]),
    assist.more ? h("p", { class: "note" }, `${number(assist.prompts.length)} of ${things(total, "prompt")} are kept and shown below: the first ones of each result.`) : null));
  }
  if (assist.prompts.length) {
    parts.push(section("timeline", "Timeline", promptTimeline(assist)),
      section("each", total > 1 ? "Each prompt" : "The prompt", assist.prompts.map(promptItem(record, total > 1))));
  }
  return parts;
};
