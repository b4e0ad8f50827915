#!/usr/bin/env python3
"""Measures `callpath run --target` against the limits of its own server and against hurl, and prints the ratios.

Usage: benches/http.py [--no-hurl] [path of the callpath binary; default target/release/callpath]

Needs Python, Linux, wrk and, for the peer, hurl: taken from the PATH, else installed once by `cargo install` into
~/.cache/callpath-bench (its build needs libxml2-dev, libclang-dev and pkg-config). The server has one half of the cores, whatever calls it
the other half, so that no client takes the server's time. The ratios mean something on a quiet machine only. Exit code
1 if a budget is missed.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import budgets

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORES = set(CORES[: len(CORES) // 2] or CORES)
CLIENT_CORES = set(CORES[len(CORES) // 2 :])
CACHE = os.path.expanduser("~/.cache/callpath-bench")
FAULTS = """\
seed: 4
faults:
  - { on: submit, probability: 0.10, fault: status, status: 429 }
  - { on: submit, probability: 0.05, fault: status, status: 503 }
  - { on: status, probability: 0.10, fault: status, status: 429 }
  - { on: status, probability: 0.05, fault: status, status: 503 }
"""
CONFIG = """\
[target.local]
base-url = "{url}"
client-id = "bench"
client-secret = "bench"
simulation-options = true
"""
WRK = """\
local n, id = 0, "none"
local headers = {{ ["content-type"] = "application/json", ["authorization"] = "Bearer {token}" }}
function request()
  n = n + 1
  if n % 2 == 1 then return wrk.format("POST", "/api/v2/flow/simulator", headers, [[{body}]]) end
  return wrk.format("GET", "/api/v2/flow/simulator/" .. id, headers)
end
function response(status, _, body)
  if status == 201 then id = string.match(body, '"simulationId":"([^"]+)"') end
end
"""
HURL = """\
POST {url}/api/v2/flow/simulator
Authorization: Bearer {token}
{body}
HTTP 201
[Captures]
id: jsonpath "$.simulationId"

GET {url}/api/v2/flow/simulator/{{{{id}}}}
Authorization: Bearer {token}
[Options]
retry: 1000
retry-interval: {interval}ms
HTTP 200
[Asserts]
jsonpath "$.status" == "completed"
jsonpath "$.simulationTrace.outcome" == "completed"
jsonpath "$.executionPath" count == 10
{path}jsonpath "$.executionPath[2].decision" == "1"
jsonpath "$.executionPath[3].decision" == "ok"
jsonpath "$.variables.pin" == "{pin:04}"
"""
PATH = "welcome tier_check main_menu ask_pin find_balance rich say more thanks done".split()


def body(number):
    """The submission that callpath makes of scenario `number` of the budgets' suite."""
    return json.dumps(
        {
            "flowId": "bench",
            "dtmfSequence": ["1", f"{number % 10000:04}", "2"],
            "variableStateMatrix": {"tier": "gold"},
            "mediaAssetReferences": [],
            "simulationOptions": {"stubs": {"balance": [{"outcome": "success", "outputs": {"balance": 120.5}}]}},
        }
    )


@contextlib.contextmanager
def server(binary, root, *options):
    """A server for the flow of a project; its address."""
    command = [binary, "serve", "--flows", f"{root}/suites/flows", "--port", "0", "--grace", "1s", *options]
    pinned = {"preexec_fn": lambda: os.sched_setaffinity(0, SERVER_CORES)}
    child = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **pinned)
    try:
        found = re.search(r"http://\S+", child.stdout.readline())
        if not found:
            sys.exit(f"{' '.join(command)} did not print its address")
        with open(f"{root}/callpath.toml", "w") as out:
            out.write(CONFIG.format(url=found.group()))
        yield found.group()
    finally:
        child.terminate()
        child.wait()


def token(url):
    command = ["curl", "-sf", "--noproxy", "*", "-u", "bench:bench", "-d", "grant_type=client_credentials", f"{url}/oauth/token"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["access_token"]


def wrk(url, base):
    """Requests a second, POST and GET in turns on 64 connections."""
    script = f"{base}/wrk.lua"
    with open(script, "w") as out:
        out.write(WRK.format(token=token(url), body=body(1)))
    command = ["wrk", "-t2", "-c64", "-d4s", "-s", script, url]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", printed).group(1))


def run(binary, root, jobs, runs):
    """Median whole wall seconds, CPU seconds, makespan (the run's own duration), peak MB; all must pass."""
    command = [binary, "run", "--quiet", "--color", "never", "--target", "local", "--jobs", str(jobs)]
    spans, walls, cpus, peaks = [], [], [], []
    for _ in range(runs):
        wall, cpu, peak = budgets.measure(command, root, 1)
        with open(f"{root}/callpath-report/run.json") as report:
            record = json.load(report)
        if record["totals"]["passed"] != record["totals"]["scenarios"]:
            sys.exit(f"not all passed: {record['totals']}")
        spans.append(record["wall"]["duration_us"] / 1e6)
        walls.append(wall)
        cpus.append(cpu)
        peaks.append(peak)
    return statistics.median(walls), statistics.median(cpus), statistics.median(spans), max(peaks)


def find_hurl():
    """The peer's binary; it is installed where it is missing."""
    own = f"{CACHE}/bin/hurl"
    found = shutil.which("hurl") or (own if os.path.exists(own) else None)
    if not found:
        subprocess.run(["cargo", "install", "hurl@8.0.1", "--locked", "--quiet", "--root", CACHE], check=True)
        found = own
    return found


def hurl(binary, url, base, jobs, count, interval):
    """Wall and CPU seconds of hurl on the same scenarios."""
    folder = f"{base}/hurl"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    bearer = token(url)
    path = "".join(f'jsonpath "$.executionPath[{i}].nodeId" == "{node}"\n' for i, node in enumerate(PATH))
    files = []
    for number in range(count):
        files.append(f"{folder}/{number:05}.hurl")
        with open(files[-1], "w") as out:
            text = HURL.format(url=url, token=bearer, body=body(number), interval=interval, pin=number % 10000, path=path)
            out.write(text)
    wall, cpu, _ = budgets.measure([binary, "--test", "--jobs", str(jobs), "--noproxy", "*", *files], base, 1)
    return wall, cpu


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", nargs="?", default="target/release/callpath")
    arguments.add_argument("--no-hurl", action="store_true", help="leave the peer out")
    arguments = arguments.parse_args()
    binary = os.path.abspath(arguments.binary)
    peer = None if arguments.no_hurl else find_hurl()
    # Every child but the servers inherits it.
    os.sched_setaffinity(0, CLIENT_CORES)
    rows = []

    def row(what, measured, budget, unit, at_least=False):
        kept = measured >= budget if at_least else measured <= budget
        rows.append(kept)
        sign = ">=" if at_least else "<="
        print(f"{what:<62} {measured:>10.3f} {unit:<4} {sign} {budget:>9.3f}  {'kept' if kept else 'MISSED'}", flush=True)

    def told(what, measured, unit):
        print(f"{what:<62} {measured:>10.3f} {unit}", flush=True)

    base = tempfile.mkdtemp(prefix="callpath-http-")
    try:
        five = budgets.project(f"{base}/five", 1, 5000)
        with server(binary, five) as url:
            limit = wrk(url, base) / 2
            told("the limit: wrk, POST and GET, 64 connections", limit, "scenarios/s")
            wall, cpu, span, _ = run(binary, five, 64, 5)
            told("5,000 scenarios, 64 in flight, whole process", wall, "s")
            row("scenarios/s while running, as a part of the limit", 5000 / span / limit, 0.5, "x", at_least=True)
            row("CPU of the client per scenario", cpu / 5000 * 1000, 0.2, "ms")
            if peer:
                peer_wall, peer_cpu = hurl(peer, url, base, 64, 5000, 10)
                told("hurl --test --jobs 64 on the same scenarios", peer_wall, "s")
                told("CPU of hurl per scenario", peer_cpu / 5000 * 1000, "ms")
                row("callpath against hurl, whole processes", peer_wall / wall, 8, "x", at_least=True)
        thousand = budgets.project(f"{base}/thousand", 1, 1000)
        for at_once in (16, 64):
            ideal = 1000 * 0.05 / at_once
            with server(binary, thousand, "--processing", "50ms") as url:
                _, _, span, _ = run(binary, thousand, at_once, 5)
                row(f"1,000 scenarios of 50 ms, {at_once} in flight, against N*d/c", span / ideal, 1.05, "x")
                if peer:
                    peer_wall, _ = hurl(peer, url, base, at_once, 1000, 10)
                    told(f"the same by hurl, polling every 10 ms, {at_once} jobs", peer_wall / ideal, "x")
            with open(f"{base}/faults.yaml", "w") as out:
                out.write(FAULTS)
            with server(binary, thousand, "--processing", "50ms", "--faults", f"{base}/faults.yaml") as url:
                _, _, span, _ = run(binary, thousand, at_once, 5)
                row(f"the same with 10 % 429 and 5 % 503, {at_once} in flight", span / ideal, 1.5, "x")
        many = budgets.project(f"{base}/many", 20, 5000)
        with server(binary, many) as url:
            wall, cpu, span, peak = run(binary, many, 64, 1)
            told("100,000 scenarios over HTTP, 64 in flight", 100_000 / span, "scenarios/s")
            row("the same, peak memory of the client", peak, 400, "MB")
    finally:
        shutil.rmtree(base)
    sys.exit(not all(rows))


if __name__ == "__main__":
    main()
