
// --- Flows -----------------------------------------------------------------------------------------------------------

const legend = () => {
  const key = (name, text) => h("li", {}, s("svg", { class: "picture key", width: 34, height: 18, "aria-hidden": "true" }, s("g", { class: `node ${name}` }, s("rect", { class: "box", x: 1.5, y: 1.5, width: 31, height: 15, rx: 4 }))), text);
  return h("ul", { class: "legend-drawing", "aria-label": "What the drawing shows" },
    key("heat-1", "few calls"), key("heat-5", "many calls"), key("mark-never", "not covered"), key("mark-failed-only", "only by calls that failed"), key("mark-unreachable", "cannot be reached"));
};

// Puts the drawing into a flow's section when it comes into sight.
const drawFlows = () => {
  const draw = async (article) => {
    const place = $(".drawing-place", article);
    if (place.firstChild || place.drawing) return;
    place.drawing = true;
    const drawn = await flowPart(article.dataset.flow, article.dataset.version);
    if (!drawn?.svg) return;
    const { box, svg, pane, fit } = drawingBox(drawn.svg, `Drawing of the flow ${article.dataset.flow}`, true);
    place.append(legend(), box, drawn.note ? h("p", { class: "note" }, drawn.note) : "");
    // Shrunk to its box only as far as it can still be read.
    if (pane.clientWidth * 2 > svg.viewBox.baseVal.width) fit();
    // The start is the first node of every drawing.
    bringIn($("[data-node]", svg), svg, pane);
  };
  const seen = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => { seen.unobserve(entry.target); draw(entry.target); }), { rootMargin: "400px" });
  document.querySelectorAll("article.flow").forEach((article) => seen.observe(article));
};
