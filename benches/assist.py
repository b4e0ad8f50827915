#!/usr/bin/env python3
"""Measures `POST /simulate-prompt` against the same server's health endpoint and prints the ratios.

Usage: benches/assist.py [--seconds N] [path of the callpath binary; default target/release/callpath]

Needs Python, Linux and wrk. The server has one half of the cores, wrk the other half. The bucket is opened wide, so that every
prompt is delivered: checked, counted, sent to the stand-in of the prompt service (which is asked directly, without a socket),
recorded, and joined with its transcript. The last line sends the prompts to another process over sockets instead; it
has no budget. The ratios mean something on a quiet machine only. Exit code 1 if a budget is missed.
"""

import argparse
import contextlib
import os
import re
import statistics
import subprocess
import sys
import tempfile

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORES = set(CORES[: len(CORES) // 2] or CORES)
CLIENT_CORES = set(CORES[len(CORES) // 2 :])
CONNECTIONS = 64
# At half the load: so many connections, each with pauses between its requests.
PACED = 256
WIDE = ["--prompt-burst", "1000000", "--prompt-rate", "1000000"]
FLOW = """\
flow: bench
start: bye
nodes:
  bye: { type: end, prompts: ["Goodbye."] }
"""
PROMPT = """\
wrk.method = "POST"
wrk.path = "/simulate-prompt"
wrk.headers["content-type"] = "application/json"
wrk.body = [[{"interactionId":"int_98765432","agentId":"agt_12345678","content":"Customer has exceeded return window. Suggest loyalty credit instead.","priority":"HIGH","sentiment":0.45}]]
local failed = 0
function response(status) if status ~= 200 then failed = failed + 1 end end
"""
PAUSE = """\
function delay() return math.random(0, {most}) end
"""


@contextlib.contextmanager
def serving(binary, folder, *arguments, cores=SERVER_CORES):
    server = subprocess.Popen(
        [binary, "serve", "--port", "0", "--flows", os.path.join(folder, "flow.yaml"), *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, cores),
    )
    try:
        yield server.stdout.readline().split()[-1]
    finally:
        server.terminate()
        server.wait()


def wrk(url, seconds, connections, script=None):
    """Requests a second, the 99th percentile in ms, and answers that were no success."""
    command = ["wrk", f"-t{len(CLIENT_CORES)}", f"-c{connections}", f"-d{seconds}s", "--latency"]
    command += ["-s", script] if script else []
    run = subprocess.run(
        [*command, url],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, CLIENT_CORES),
    )
    rate = float(re.search(r"Requests/sec:\s*([\d.]+)", run.stdout)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", run.stdout).groups()
    p99 = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", run.stdout)
    return rate, p99, int(errors[1]) if errors else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", nargs="?", default="target/release/callpath")
    parser.add_argument("--seconds", type=int, default=5)
    arguments = parser.parse_args()
    binary, seconds = os.path.abspath(arguments.binary), arguments.seconds
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: os.path.join(folder, name) for name in ["flow.yaml", "prompt.lua", "paced.lua", "callpath.toml"]}
        for name, text in [("flow.yaml", FLOW), ("prompt.lua", PROMPT)]:
            with open(paths[name], "w") as file:
                file.write(text)
        with serving(binary, folder, *WIDE) as url:
            wrk(url + "/health", 1, CONNECTIONS)
            wrk(url, 1, CONNECTIONS, paths["prompt.lua"])
            # In turns, so that a noisy neighbour meets both.
            rounds = [
                (wrk(url + "/health", seconds, CONNECTIONS), wrk(url, seconds, CONNECTIONS, paths["prompt.lua"]))
                for _ in range(3)
            ]
            health = statistics.median(health[0] for health, _ in rounds)
            prompts = statistics.median(prompts[0] for _, prompts in rounds)
            ratio = statistics.median(prompts[0] / health[0] for health, prompts in rounds)
            refused = sum(prompts[2] for _, prompts in rounds)
            with open(paths["paced.lua"], "w") as file:
                file.write(PROMPT + PAUSE.format(most=round(2 * 1000 * PACED / (prompts / 2))))
            paced = [wrk(url, seconds, PACED, paths["paced.lua"]) for _ in range(3)]
            pace, p99 = (statistics.median(column) for column in list(zip(*paced))[:2])
            refused += sum(errors for _, _, errors in paced)
        half = len(SERVER_CORES) // 2
        cores = sorted(SERVER_CORES)
        with serving(binary, folder, cores=set(cores[half:])) as upstream:
            with open(paths["callpath.toml"], "w") as file:
                file.write(f'[target.up]\nbase-url = "{upstream}"\nclient-id = "a"\nclient-secret = "b"\n')
            own = set(cores[:half] or cores)
            with serving(binary, folder, *WIDE, "--assist-target", "up", cores=own) as url:
                wrk(url, 1, CONNECTIONS, paths["prompt.lua"])
                sockets = wrk(url, seconds, CONNECTIONS, paths["prompt.lua"])[0]
    rows = [
        ("health", f"{health:,.0f} requests/s", "", ""),
        ("prompts", f"{prompts:,.0f} requests/s", f"{ratio:.2f} x health", ">= 0.50"),
        (f"prompts at {pace:,.0f} requests/s", f"p99 {p99:.2f} ms", "", "<= 10 ms"),
        ("not delivered", f"{refused}", "", "0"),
        ("prompts over sockets", f"{sockets:,.0f} requests/s", f"{sockets / prompts:.2f} x prompts", ""),
    ]
    for name, figure, share, budget in rows:
        print(f"{name:32} {figure:>22} {share:>18} {budget:>10}")
    sys.exit(0 if ratio >= 0.5 and p99 <= 10 and refused == 0 else 1)


if __name__ == "__main__":
    main()
