// report.html in a real browser.

import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { callpath, copy, folder, json, many, opened, ran, repository, start, stop } from "./browser.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pages = {};

before(async () => {
  await start();
  for (const [name, suites] of Object.entries({ passing: "suites", failing: "tests/fixtures/failing", invalid: "tests/fixtures/invalid", prompts: "tests/fixtures/assist/failing" })) pages[name] = join(ran(suites), "report.html");
  // A run compared with one before it, with gates and retries.
  const root = folder();
  copy(join(repository, "suites"), join(root, "suites"));
  copy(join(repository, "tests/fixtures/failing"), join(root, "suites/failing"));
  callpath(root, "run", "--quiet", "--report-dir", "base");
  const cards = join(root, "suites/bank/cards.yaml");
  writeFileSync(cards, readFileSync(cards, "utf8").replaceAll("outcome: transferred", "outcome: completed"));
  callpath(root, "run", "--quiet", "--baseline", "base/run.json", "--gate", "accuracy>=99.9%", "--gate", "coverage.nodes>=50%", "--retries", "1");
  pages.compared = join(root, "callpath-report/report.html");
});
after(stop);

const scenario = (file, wanted) => {
  const found = json(join(file, "../run.json")).scenarios.find(wanted);
  assert.ok(found, "there is no such scenario");
  return `#s=${encodeURIComponent(found.id)}`;
};
const wrongPath = (one) => one.score?.path?.alignment?.length > 0;
const text = (page, selector) => page.locator(selector).first().innerText();

describe("a page by itself", () => {
  for (const name of ["passing", "failing", "invalid", "compared"]) {
    test(`${name}: says nothing on the console and asks for nothing`, async () => {
      const { page, said, asked, close } = await opened(pages[name]);
      for (const hash of ["#flows", "#list", "#list?q=a&sort=verdict", "#overview", "#s=nothing"]) {
        await page.evaluate((hash) => { location.hash = hash; }, hash);
        await page.waitForTimeout(80);
      }
      assert.deepEqual([said, asked], [[], []]);
      await close();
    });
  }

  test("the policy forbids connections, foreign scripts and handlers in attributes", async () => {
    const { page, close } = await opened(pages.failing);
    const blocked = await page.evaluate(async () => {
      const violated = new Promise((resolve) => document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective), { once: true }));
      const refused = await fetch("http://127.0.0.1:9/").then(() => false, () => true);
      const directive = await violated;
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.ran = true'><div id=styled style='color: red'></div>");
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { refused, directive, ran: window.ran ?? false, styled: document.getElementById("styled").style.color };
    });
    assert.deepEqual(blocked, { refused: true, directive: "connect-src", ran: false, styled: "" });
    await close();
  });

  test("the overview, the flows' tables and what failed are there without JavaScript", async () => {
    const { page, close } = await opened(pages.failing, { javaScriptEnabled: false });
    assert.match(await text(page, "h1"), /Not ready to release/);
    const all = await page.locator("main").innerText();
    for (const part of ["16 of 17 scenarios failed", "Joint accuracy", "What did not pass", "Wrong turns", "Coverage", "Slowest scenarios", "This run", "division-by-zero.yaml:7", "need JavaScript"]) assert.ok(all.includes(part), part);
    await close();
  });
});

describe("what the suite says of a scenario", () => {
  test("its description and properties are rows of text", async () => {
    const { page, said, close } = await opened(pages.passing, { hash: scenario(pages.passing, (one) => one.properties?.requirement === "HM-CARD-1") });
    const rows = await page.locator(".about > div").allInnerTexts();
    assert.deepEqual(rows.map((row) => row.split("\n")[0]), ["Description", "owner", "requirement"]);
    assert.match(rows[1], /card desk$/);
    await page.goto(page.url().replace(/#.*/, scenario(pages.passing, (one) => !one.description && !one.properties)));
    await page.locator("#scenario-title").waitFor();
    assert.equal(await page.locator(".about").count(), 0);
    assert.deepEqual(said, []);
    await close();
  });
});

describe("finding scenarios", () => {
  test("search, filters and order, each with an address of its own", async () => {
    const { page, said, close } = await opened(pages.compared);
    await page.keyboard.press("/");
    await page.waitForFunction(() => document.activeElement?.name === "q");
    await page.keyboard.type("CARD desk busy");
    await page.waitForFunction(() => document.getElementById("sum").textContent.startsWith("2 of "));
    assert.match(page.url(), /#list\?q=CARD\+desk\+busy$/);
    await page.locator(".item a").first().waitFor();
    assert.equal(await page.locator(".item a").count(), 2);
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.locator("button[data-verdict=error]").click();
    assert.match(await text(page, "#sum"), /^1 of /);
    assert.match(await text(page, ".item"), /nobody says what the stock is/);
    assert.equal(await page.locator("button[data-verdict=error]").getAttribute("aria-pressed"), "true");
    await page.locator("select[name=change]").selectOption("newly broken");
    assert.match(await text(page, "#sum"), /^0 of /);
    assert.ok(await page.getByText("No scenario fits these filters.").isVisible());
    await page.goto(page.url().replace(/#.*/, "#list?tag=cards&flow=harbor-bank&sort=duration"));
    const times = await page.locator(".item .number:last-child").allInnerTexts();
    const seconds = times.map((time) => { const [, minutes = 0, rest = 0] = time.match(/(?:(\d+) min)? ?(?:([\d.]+) s)?$/); return minutes * 60 + Number(rest); });
    assert.ok(seconds.length > 5 && seconds.every((time, n) => n === 0 || time <= seconds[n - 1]), times.join());
    assert.deepEqual(said, []);
    await close();
  });

  test("the keyboard goes through the list, into a scenario and back", async () => {
    const { page, said, close } = await opened(pages.failing, { hash: "#list" });
    const focused = () => page.evaluate(() => document.activeElement.dataset?.place);
    for (const [key, place] of [["j", "0"], ["j", "1"], ["ArrowDown", "2"], ["k", "1"]]) {
      await page.keyboard.press(key);
      assert.equal(await focused(), place, key);
    }
    const name = await text(page, ".item a[data-place='1'] .title");
    await page.keyboard.press("Enter");
    await page.waitForFunction((name) => document.querySelector("#scenario h1")?.textContent === name, name);
    assert.equal(await page.evaluate(() => document.activeElement.id), "scenario-title");
    assert.match(await text(page, ".where"), /^2 of 17$/);
    await page.keyboard.press("j");
    await page.waitForFunction(() => document.querySelector(".where")?.textContent === "3 of 17");
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.activeElement.dataset?.place === "2");
    await page.keyboard.press("?");
    assert.ok(await page.getByRole("dialog", { name: "Keys" }).isVisible());
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("dialog[open]").count(), 0);
    assert.match(page.url(), /#list$/);
    assert.deepEqual(said, []);
    await close();
  });

  test("only the rows in sight exist, wherever the reader scrolls to", async () => {
    const { page, close } = await opened(pages.passing, { hash: "#list" });
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight / 2));
    await page.waitForTimeout(150);
    const count = await page.locator(".item").count();
    assert.ok(count > 5 && count < 60, `${count} rows`);
    const seen = await page.evaluate(() => { const at = document.elementFromPoint(600, 400).closest("a.row"); return at && Number(at.dataset.place); });
    assert.ok(seen > 200 && seen < 400, `row ${seen}`);
    await close();
  });
});

describe("a scenario", () => {
  test("shows expected beside taken, in the table, on the drawing and on the timeline", async () => {
    const { page, said, asked, close } = await opened(pages.failing, { hash: scenario(pages.failing, (one) => one.id.endsWith("the stock is asked twice and the caller ends at the counter")) });
    const rows = await page.locator(".path-table tbody tr").evaluateAll((rows) => rows.map((row) => [...row.cells].slice(0, 5).map((cell) => cell.textContent.trim()).join(" | ")));
    assert.equal(rows.join("\n"), [
      "=as expected | welcome | 1 | welcome play | next",
      "=as expected | menu | 2 | menu menu | no_input",
      "−expected, not walked | black |  |  | ",
      "+walked, not expected |  | 3 | menu menu | 2",
      "+walked, not expected |  | 4 | green set | next",
      "=as expected | number | 5 | number collect | ok",
      "=as expected | stock | 6 | stock lookup | not_found",
      "−expected, not walked | thanks |  |  | ",
      "−expected, not walked | goodbye |  |  | ",
      "+walked, not expected |  | 7 | again loop | repeat",
      "+walked, not expected |  | 8 | stock lookup | failure",
      "+walked, not expected |  | 9 | counter queue | answered",
    ].join("\n"));
    await page.locator("#scenario svg.tracing .node.taken").first().waitFor();
    const marked = (name) => page.locator(`#scenario .pane .node.${name}`).evaluateAll((nodes) => nodes.map((node) => node.dataset.node).sort());
    assert.deepEqual(await marked("taken"), ["again", "counter", "green", "menu", "number", "stock", "welcome"]);
    assert.deepEqual(await marked("expected"), ["black", "goodbye", "thanks"]);
    assert.deepEqual(await page.locator(".pane .node[data-node=menu] .steps text").allTextContents(), ["2 3"]);
    assert.ok(await page.locator(".pane .way.taken").count() > 4);
    assert.equal(await page.locator(".timeline svg").getAttribute("aria-label"), "42.85 s of virtual time: 9 nodes, 5 prompts, 2 inputs");
    const all = await page.locator("#scenario").innerText();
    for (const part of ["the path is not as expected", "wrong-path.yaml:8:13", "Welcome to the Kettle.", "leaf: green", "not_found", "dtmf: [silence, \"2\", \"3#\"]", "callpath run tests/fixtures/failing/wrong-path.yaml --filter "]) assert.ok(all.includes(part), part);
    assert.deepEqual([said, asked], [[], []]);
    await close();
  });

  test("the command that it gives runs this scenario alone", async () => {
    const { page, close } = await opened(pages.passing, { hash: scenario(pages.passing, (one) => one.cell) });
    const command = await text(page, ".rerun .command");
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain).slice(1);
    assert.match(callpath(repository, ...words, "--quiet", "--report-dir", folder()), /^1 scenario: 1 passed/);
    await close();
  });

  test("a wrong decision stands at its step, and one never reached below", async () => {
    const { page, close } = await opened(pages.failing, { hash: scenario(pages.failing, (one) => one.id.endsWith("a caller asks for green tea and is expected to get black")) });
    assert.match(await text(page, ".path-table tr.p-wrong"), /should go\s+1.*menu.*2/s);
    const other = scenario(pages.failing, (one) => one.score?.decisions?.not_reached > 0);
    await page.evaluate((hash) => { location.hash = hash; }, other);
    await page.locator(".unreached li").first().waitFor();
    await close();
  });

  test("every scenario of every run can be shown", async () => {
    for (const name of ["failing", "compared"]) {
      const { page, said, close } = await opened(pages[name]);
      const all = json(join(pages[name], "../run.json")).scenarios;
      const chosen = all.filter((one, n) => n % 17 === 0 || one.verdict !== "passed");
      for (const one of chosen) {
        await page.evaluate((id) => { location.hash = `#s=${encodeURIComponent(id)}`; }, one.id);
        await page.waitForFunction((name) => document.querySelector("#scenario h1")?.textContent === name, one.name);
      }
      assert.deepEqual(said, [], `${chosen.length} scenarios`);
      await close();
    }
  });

  test("a name that is markup is a text", async () => {
    const root = folder();
    const evil = "</script><img src=x onerror=alert(1)><b>bold";
    copy(join(repository, "tests/fixtures/failing/flows/tea-shop.yaml"), join(root, "flow.yaml"));
    writeFileSync(join(root, "suite.yaml"), `suite: '${evil}'\nflow: flow.yaml\ntags: ['${"x"}']\nscenarios:\n  - name: '${evil}'\n    dtmf: ["0"]\n    variables: { leaf: '${evil}' }\n    expect: { outcome: completed }\n`);
    callpath(root, "run", "--quiet", "suite.yaml");
    const { page, said, close } = await opened(join(root, "callpath-report/report.html"));
    assert.equal(await page.locator("main img, main b").count(), 0);
    await page.keyboard.press("s");
    await page.locator(".item a").click();
    assert.equal(await text(page, "#scenario h1"), evil);
    assert.equal(await page.locator("main img, main b").count(), 0);
    assert.ok((await page.locator("#scenario").innerText()).includes(`name: '${evil}'`));
    assert.deepEqual(said, []);
    await close();
  });
});

describe("prompts for agents", () => {
  test("a failed prompt shows result, expectation and every attempt", async () => {
    const { page, said, asked, close } = await opened(pages.prompts, { hash: scenario(pages.prompts, (one) => one.id.endsWith("a service that is down is expected to be up")) });
    const shown = await page.locator("#scenario").innerText();
    for (const part of ["✗ failed", "✗ delivered", "the fallback failed too", "the number of attempts", "results.yaml:14:83", "callpath run tests/fixtures/assist/failing/results.yaml --filter "]) assert.ok(shown.includes(part), part);
    assert.equal(await page.locator(".prompt tbody tr").count(), 4);
    assert.equal(await page.locator("svg[role=img] .bar.broken").count(), 4);
    assert.equal(await page.locator("svg[role=img] .bar.fallback").count(), 1);
    assert.ok(!shown.includes("Flow"));
    assert.deepEqual([said, asked], [[], []]);
    await close();
  });

  test("a burst says how many are kept, and the list tells prompts from calls", async () => {
    const { page, said, close } = await opened(pages.passing, { hash: scenario(pages.passing, (one) => one.assist?.more > 0) });
    assert.match(await text(page, "#scenario .note"), /of [\d,]+ prompts are kept/);
    await page.goto(page.url().replace(/#.*/, "#list?kind=prompts"));
    const count = json(join(pages.passing, "../run.json")).scenarios.filter((one) => one.assist).length;
    await page.waitForFunction((count) => document.getElementById("sum").textContent.startsWith(`${count} of `), count);
    assert.equal(await text(page, ".item .flow-name"), "prompts");
    assert.ok(!(await page.locator("select[name=flow] option").allInnerTexts()).includes(""));
    assert.deepEqual(said, []);
    await close();
  });
});

describe("flows", () => {
  test("are drawn when they come into sight, and can be made smaller", async () => {
    const { page, said, close } = await opened(pages.passing, { hash: "#flow=harbor-bank" });
    const svg = page.locator("article[data-flow=harbor-bank] .pane > svg");
    await svg.waitFor();
    const width = async () => Number(await svg.getAttribute("width"));
    const [natural, nodes] = [await width(), await svg.locator(".node").count()];
    assert.ok(nodes > 50 && natural > 1000, `${nodes} nodes, ${natural} px`);
    await page.locator("article[data-flow=harbor-bank]").getByRole("button", { name: "Smaller" }).click();
    assert.ok(Math.abs(await width() - natural / 1.25) < 1);
    assert.ok(await page.locator("article[data-flow=harbor-bank] .mark-never").count() > 0);
    assert.deepEqual(said, []);
    await close();
  });
});

describe("for everybody", () => {
  const views = () => ({ overview: [pages.compared, ""], rejected: [pages.invalid, ""], prompt: [pages.prompts, scenario(pages.prompts, (one) => one.assist)], burst: [pages.passing, scenario(pages.passing, (one) => one.assist?.more > 0)], flows: [pages.compared, "#flows"], list: [pages.compared, "#list?sort=verdict"], scenario: [pages.failing, scenario(pages.failing, wrongPath)], passed: [pages.passing, scenario(pages.passing, (one) => one.trace?.lookups?.length && one.cell)] });
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 360]) {
      test(`axe finds nothing: ${colorScheme}, ${width} px`, async () => {
        for (const [name, [file, hash]] of Object.entries(views())) {
          const { page, close } = await opened(file, { hash, width, colorScheme });
          await page.waitForTimeout(200);
          await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
          await page.waitForTimeout(200);
          // Evaluated by the browser's tools, which stand outside of the page's policy.
          await page.evaluate(AXE);
          const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
          assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(" / ")}`), [], name);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wide <= 0, `${name} is ${wide} px wider than the screen`);
          await close();
        }
      });
    }
  }

  test("the reader's choice of light or dark wins over the system's", async () => {
    const { page, close } = await opened(pages.passing, { colorScheme: "light" });
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.keyboard.press("t");
    await page.keyboard.press("t");
    assert.notEqual(await paper(), light);
    await close();
  });

  test("prints its overview, without buttons", async () => {
    const { page, close } = await opened(pages.compared);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
    assert.equal(await page.locator("button:visible").count(), 0);
    assert.ok((await page.pdf({ format: "A4" })).length > 20000);
    await close();
  });
});

describe("size and speed", () => {
  // Generous, because other work may go on beside the tests; the numbers are printed.
  const SLOW = 4;

  test("1,000 scenarios are within 1.5 MB", () => {
    const size = statSync(join(many(1000), "report.html")).size;
    const examples = statSync(pages.passing).size;
    console.log(`report.html: ${size} bytes for 1,000 scenarios, ${examples} bytes for the example suites`);
    // The examples are 608 scenarios of seven flows.
    assert.ok(size < 1.5e6 && (examples / 608) * 1000 < 1.5e6);
  });

  test("20,000 scenarios are there within a second", async () => {
    const file = join(many(20000), "report.html");
    const { page, said, close } = await opened(file);
    const timing = await page.evaluate(() => ({ paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0, loaded: performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd }));
    const measured = async (action) => {
      const begin = performance.now();
      await action();
      return Math.round(performance.now() - begin);
    };
    const list = await measured(async () => { await page.keyboard.press("s"); await page.locator(".item a").first().waitFor(); });
    const search = await measured(async () => { await page.locator("input[name=q]").fill("caller 9999 "); await page.waitForFunction(() => document.getElementById("sum").textContent.startsWith("2 of 20,000")); });
    const show = await measured(async () => { await page.locator(".item a").first().click(); await page.locator("#scenario .pane > svg.tracing").waitFor(); });
    console.log(`20,000 scenarios, ${statSync(file).size} bytes: first view ${Math.round(timing.paint)} ms, ready ${Math.round(timing.loaded)} ms, list ${list} ms, search ${search} ms, scenario ${show} ms`);
    assert.ok(timing.paint > 0 && timing.paint < 1000 * SLOW, `${timing.paint} ms`);
    assert.ok(timing.loaded < 1000 * SLOW && list < 1000 * SLOW && search < 1000 * SLOW && show < 1000 * SLOW);
    assert.deepEqual(said, []);
    await close();
  });
});
