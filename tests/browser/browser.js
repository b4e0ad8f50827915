// What every test here needs: a run's page, opened in the packaged Chromium with the network watched.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

export const repository = resolve(fileURLToPath(new URL("../..", import.meta.url)));
const program = resolve(repository, process.env.CALLPATH_BIN ?? "target/release/callpath");
// As Debian packages it, or as build machines have it.
const executablePath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));

// Folders are removed when the tests end, however they end.
const folders = [];
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));
process.on("exit", () => folders.forEach((one) => rmSync(one, { recursive: true, force: true })));
export const folder = () => {
  const made = mkdtempSync(join(tmpdir(), "callpath-page-"));
  folders.push(made);
  return made;
};

// Runs callpath in a folder; what it ends with matters to other tests, not to these.
export const callpath = (cwd, ...args) => {
  try {
    return execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 });
  } catch (error) {
    if (error.status === null || error.status === undefined) throw error;
    return error.stdout;
  }
};

// The report folder of a run of these suites of the repository.
export const ran = (...suites) => {
  const reports = folder();
  callpath(repository, "run", "--quiet", "--report-dir", reports, ...suites);
  return reports;
};

// A run of this many scenarios, as matrices make them.
export const many = (count) => {
  const root = folder();
  mkdirSync(join(root, "suites"));
  writeFileSync(join(root, "suites", "flow.yaml"), readFileSync(join(repository, "tests/fixtures/failing/flows/tea-shop.yaml")));
  const suite = (n, own) => `suite: part ${n}
flow: flow.yaml
tags: [part-${n}]
scenarios:
  - name: "caller \${caller} asks for \${leaf} and is helped"
    matrix: { caller: [${own.join(", ")}], leaf: ["1", "2"] }
    stubs: { stock: success }
    dtmf: ["\${leaf}", "12#"]
    expect: { decisions: { menu: "\${leaf}" }, outcome: completed }
`;
  const each = 250;
  for (let n = 0; n * each * 2 < count; n++) {
    const own = Array.from({ length: Math.min(each, count / 2 - n * each) }, (_, k) => n * each + k + 1);
    writeFileSync(join(root, "suites", `part-${n}.yaml`), suite(n, own));
  }
  callpath(root, "run", "--quiet");
  return join(root, "callpath-report");
};

let browser;
export const start = async () => {
  browser = await chromium.launch({
    executablePath,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
};
export const stop = () => browser.close();

// Opens a page and keeps what it complains of and asks for. `said` and `asked` must stay empty.
export const opened = async (file, { hash = "", width = 1280, height = 800, ...options } = {}) => {
  const context = await browser.newContext({ viewport: { width, height }, ...options });
  const page = await context.newPage();
  const [said, asked] = [[], []];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  page.on("request", (request) => { if (!request.url().startsWith("file:")) asked.push(request.url()); });
  await page.goto(pathToFileURL(file) + hash);
  if (options.javaScriptEnabled !== false) await page.waitForSelector("html[data-ready]");
  return { page, context, said, asked, close: () => context.close() };
};

export const copy = (from, to) => cpSync(from, to, { recursive: true });
export const json = (file) => JSON.parse(readFileSync(file, "utf8"));
