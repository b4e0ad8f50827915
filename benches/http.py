#!/usr/bin/env python3
"""Measures `callpath run --target` against the limits of its own server and against hurl, and prints the ratios.

Usage: benches/http.py [--no-hurl] [--only PART] [path of the callpath binary; default target/release/callpath]

Needs Python, Linux, wrk and, for the peer, hurl: taken from the PATH, else installed once by `cargo install` into
~/.cache/callpath-bench (its build needs libxml2-dev, libclang-dev and pkg-config). The server has one half of the cores, whatever calls it
the other half, so that no client takes the server's time. callpath is measured with the preferences of RFC 7240 (the result
in the answer to the submission, which waits for it), which its server knows, and without (`prefer = false`): two requests a
scenario and polling, as with a server that does not know them. The budgets are about the first, which is what a user gets; of
the second it is said whether it would keep them. hurl is measured in both ways too. The limit is that of two requests, which
is what the contract needs without preferences. The ratios mean something on a quiet machine only. Exit code 1 if a budget is
missed.
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
prefer = {prefer}
"""
WRK = """\
local n, id = 0, "none"
local headers = {{ ["content-type"] = "application/json", ["authorization"] = "Bearer {token}", ["prefer"] = {prefer} }}
function request()
  n = n + 1
  if n % {requests} == {first} then return wrk.format("POST", "/api/v2/flow/simulator", headers, [[{body}]]) end
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
{asserts}"""
HURL_PREFER = """\
POST {url}/api/v2/flow/simulator
Authorization: Bearer {token}
Prefer: return=representation
{body}
HTTP 201
{asserts}"""
HURL_ASSERTS = """\
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
        prefer(root, found.group(), True)
        yield found.group()
    finally:
        child.terminate()
        child.wait()


def prefer(root, url, wanted):
    """Writes the configuration of a project for the server at `url`, with the preferences or without."""
    with open(f"{root}/callpath.toml", "w") as out:
        out.write(CONFIG.format(url=url, prefer=str(wanted).lower()))


def token(url):
    command = ["curl", "-sf", "--noproxy", "*", "-u", "bench:bench", "-d", "grant_type=client_credentials", f"{url}/oauth/token"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["access_token"]


def wrk(url, base, preferring):
    """Requests a second on 64 connections: POST and GET in turns, or POST alone, answered with the result."""
    script = f"{base}/wrk.lua"
    parts = {"requests": 1, "first": 0, "prefer": '"return=representation"'} if preferring else {"requests": 2, "first": 1, "prefer": "nil"}
    with open(script, "w") as out:
        out.write(WRK.format(token=token(url), body=body(1), **parts))
    command = ["wrk", "-t2", "-c64", "-d4s", "-s", script, url]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", printed).group(1))


def summary(path):
    """The totals of a run record and the run's duration in microseconds.

    A process of its own reads it: a child's ru_maxrss begins with the most that its parent has held, so that a record of
    200,000 scenarios in this process would be counted as memory of every program it measures from then on.
    """
    program = "import json, sys; r = json.load(open(sys.argv[1])); print(json.dumps([r['totals'], r['wall']['duration_us']]))"
    return json.loads(subprocess.run([sys.executable, "-c", program, path], check=True, stdout=subprocess.PIPE).stdout)


def run(binary, root, jobs, runs):
    """Median whole wall seconds, CPU seconds, makespan (the run's own duration), peak MB; all must pass."""
    command = [binary, "run", "--quiet", "--color", "never", "--target", "local", "--jobs", str(jobs)]
    spans, walls, cpus, peaks = [], [], [], []
    for _ in range(runs):
        wall, cpu, peak = budgets.measure(command, root, 1)
        totals, duration_us = summary(f"{root}/callpath-report/run.json")
        if totals["passed"] != totals["scenarios"]:
            sys.exit(f"not all passed: {totals}")
        spans.append(duration_us / 1e6)
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


def hurl(binary, url, base, jobs, count, interval, preferring=False):
    """Wall and CPU seconds of hurl on the same scenarios; with one request each where it prefers the result at once."""
    folder = f"{base}/hurl"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    bearer = token(url)
    path = "".join(f'jsonpath "$.executionPath[{i}].nodeId" == "{node}"\n' for i, node in enumerate(PATH))
    files = []
    for number in range(count):
        files.append(f"{folder}/{number:05}.hurl")
        with open(files[-1], "w") as out:
            asserts = HURL_ASSERTS.format(pin=number % 10000, path=path)
            form = HURL_PREFER if preferring else HURL
            out.write(form.format(url=url, token=bearer, body=body(number), interval=interval, asserts=asserts))
    wall, cpu, _ = budgets.measure([binary, "--test", "--jobs", str(jobs), "--noproxy", "*", *files], base, 1)
    return wall, cpu


def throughput(binary, peer, base, row, told):
    """No processing time: what the client and the wire can do."""
    five = budgets.project(f"{base}/five", 1, 5000)
    with server(binary, five) as url:
        told("5,000 scenarios, read and checked only", budgets.measure([binary, "validate"], five, 5)[0], "s")
        # The limit comes last: it leaves some 100,000 simulations in the server.
        runs = {}
        for preferring in (True, False):
            prefer(five, url, preferring)
            runs[preferring] = run(binary, five, 64, 5)
        peers = {preferring: hurl(peer, url, base, 64, 5000, 10, preferring) for preferring in (True, False) if peer}
        # What the contract needs: a submission and a question for its result.
        limit = wrk(url, base, False) / 2
        told("the limit: wrk on 64 connections, two requests a scenario", limit, "scenarios/s")
        for preferring, words in ((True, "1 request"), (False, "2 requests")):
            wall, cpu, span, _ = runs[preferring]
            told(f"{words} a scenario: 5,000, 64 in flight, whole process", wall, "s")
            row("  scenarios/s while running, as a part of the limit", 5000 / span / limit, 0.5, "x", at_least=True, counts=preferring)
            if preferring:
                told("  as a part of what wrk reaches with one request", 5000 / span / wrk(url, base, True), "x")
            row("  CPU of the client per scenario", cpu / 5000 * 1000, 0.2, "ms", counts=preferring)
            if peer:
                peer_wall, peer_cpu = peers[preferring]
                told("  hurl --test --jobs 64 on the same scenarios", peer_wall, "s")
                told("  CPU of hurl per scenario", peer_cpu / 5000 * 1000, "ms")
                told("  callpath against hurl, as many requests each", peer_wall / wall, "x")
        if peer:
            row("callpath against hurl, 1 request against 2", peers[False][0] / runs[True][0], 8, "x", at_least=True)


def makespan(binary, peer, base, row, told):
    """With processing time: whether the client asks when an answer is due."""
    thousand = budgets.project(f"{base}/thousand", 1, 1000)
    for at_once in (16, 64):
        ideal = 1000 * 0.05 / at_once
        with server(binary, thousand, "--processing", "50ms") as url:
            for preferring, words in ((True, "waiting"), (False, "polling")):
                prefer(thousand, url, preferring)
                _, _, span, _ = run(binary, thousand, at_once, 5)
                row(f"1,000 scenarios of 50 ms, {at_once} in flight, {words}, against N*d/c", span / ideal, 1.05, "x", counts=preferring)
            if peer:
                peer_wall, _ = hurl(peer, url, base, at_once, 1000, 10)
                told(f"the same by hurl, polling every 10 ms, {at_once} jobs", peer_wall / ideal, "x")
        with open(f"{base}/faults.yaml", "w") as out:
            out.write(FAULTS)
        with server(binary, thousand, "--processing", "50ms", "--faults", f"{base}/faults.yaml") as url:
            for preferring, words in ((True, "waiting"), (False, "polling")):
                prefer(thousand, url, preferring)
                _, _, span, _ = run(binary, thousand, at_once, 5)
                row(f"the same with 10 % 429 and 5 % 503, {at_once} in flight, {words}", span / ideal, 1.5, "x", counts=preferring)


def memory(binary, base, row, told):
    """What a scenario costs: first those that are only read, of which a check keeps little, then those that run.

    The larger runs read files again, in the room of scenarios that have run by then."""
    peaks = {}
    for files in (20, 40, 60):
        many = budgets.project(f"{base}/many{files}", files, 5000)
        count = f"{files * 5},000 scenarios"
        read = budgets.measure([binary, "validate"], many, 1)[2]
        told(f"{count}, read and checked only, peak memory", read, "MB")
        with server(binary, many):
            _, _, span, peaks[files] = run(binary, many, 64, 1)
        told(f"{count} over HTTP, 64 in flight", files * 5000 / span, "scenarios/s")
        told("  peak memory of the client", peaks[files], "MB")
        shutil.rmtree(many)
    row("100,000 scenarios over HTTP, peak memory of the client", peaks[20], 400, "MB")
    for files in (40, 60):
        each = (peaks[files] - peaks[20]) * 1024 / (files * 5000 - 100_000)
        told(f"each above 100,000, of {files * 5},000: name, tags and place", each, "KB")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", nargs="?", default="target/release/callpath")
    arguments.add_argument("--no-hurl", action="store_true", help="leave the peer out")
    arguments.add_argument("--only", choices=["throughput", "makespan", "memory"], help="measure this part alone")
    arguments = arguments.parse_args()
    wanted = lambda part: arguments.only in (None, part)
    binary = os.path.abspath(arguments.binary)
    peer = None if arguments.no_hurl else find_hurl()
    # Every child but the servers inherits it.
    os.sched_setaffinity(0, CLIENT_CORES)
    rows = []

    def row(what, measured, budget, unit, at_least=False, counts=True):
        kept = measured >= budget if at_least else measured <= budget
        rows.append(kept or not counts)
        verdict = {True: "kept", False: "MISSED"}[kept] if counts else f"(would be {'kept' if kept else 'missed'})"
        sign = ">=" if at_least else "<="
        print(f"{what:<62} {measured:>10.3f} {unit:<4} {sign} {budget:>9.3f}  {verdict}", flush=True)

    def told(what, measured, unit):
        print(f"{what:<62} {measured:>10.3f} {unit}", flush=True)

    base = tempfile.mkdtemp(prefix="callpath-http-")
    try:
        if wanted("throughput"):
            throughput(binary, peer, base, row, told)
        if wanted("makespan"):
            makespan(binary, peer, base, row, told)
        if wanted("memory"):
            memory(binary, base, row, told)
    finally:
        shutil.rmtree(base)
    sys.exit(not all(rows))


if __name__ == "__main__":
    main()
