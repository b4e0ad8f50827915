#!/usr/bin/env python3
"""Measures exports against a local receiver and prints each figure as a ratio of its budget.

Usage: benches/export.py [path of the callpath binary; default target/release/callpath]

Needs nothing but Python and Linux. The receiver has one half of the cores, callpath the other half. Every figure is the
median of three; what arrives is counted by the receiver. Exit code 1 if a budget is missed or a result is.

The kills at random points are a test: CALLPATH_KILLS=200 cargo test --test cli export_kills -- --nocapture
"""

import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import budgets

CORES = sorted(os.sched_getaffinity(0))
RECEIVER_CORES = set(CORES[: len(CORES) // 2] or CORES)
CALLPATH_CORES = set(CORES[len(CORES) // 2 :])
SCENARIOS = 20_000
CONFIG = """\
[export.one]
url = "{url}/results"
[export.many]
url = "{url}/results"
batch = 100
"""


class Receiver(asyncio.Protocol):
    """Takes everything; `GET /` tells how many results arrived and how many of them are different ones."""

    keys, count = set(), 0

    def connection_made(self, transport):
        self.transport, self.data = transport, b""

    def data_received(self, data):
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            head = self.data[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in head else 0
            if len(self.data) < end + 4 + length:
                return
            body, self.data = self.data[end + 4 : end + 4 + length], self.data[end + 4 + length :]
            if head.startswith(b"get"):
                text = json.dumps([Receiver.count, len(Receiver.keys)]).encode()
                Receiver.keys, Receiver.count = set(), 0
                self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(text), text))
                continue
            payloads = json.loads(body)
            for payload in payloads if isinstance(payloads, list) else [payloads]:
                Receiver.count += 1
                Receiver.keys.add(payload["auditCorrelation"])
            self.transport.write(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n")


async def receive():
    os.sched_setaffinity(0, RECEIVER_CORES)
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def arrived_at(port):
    """What arrived since the last question. The standard library's client is out of reach: a bench beside this is called http."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        answer = b""
        while b"]" not in answer:
            answer += connection.recv(4096)
    return json.loads(answer.split(b"\r\n\r\n")[1])


def measure(binary, root, port, arguments):
    """Median seconds of the whole process, and what arrived the last time: results, different ones."""
    walls, arrived = [], None
    for _ in range(3):
        arrived_at(port)
        start = time.perf_counter()
        done = subprocess.run(
            [binary, "run", "--quiet", "--color", "never", "--jobs", "2", *arguments],
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, CALLPATH_CORES),
        )
        walls.append(time.perf_counter() - start)
        if done.returncode != 0:
            sys.exit(done.stderr)
        arrived = arrived_at(port)
    return statistics.median(walls), arrived


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "target/release/callpath")
    base = tempfile.mkdtemp(prefix="callpath-export-")
    receiver = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--receive"], stdout=subprocess.PIPE, text=True)
    missed = False

    def row(what, measured, budget, unit, ratio):
        nonlocal missed
        missed |= ratio > 1
        print(f"{what:<62} {measured:>10.2f} {unit:<12} budget {budget:>9.2f}  ratio {ratio:.2f}", flush=True)

    try:
        port = int(receiver.stdout.readline())
        url = f"http://127.0.0.1:{port}"
        root = budgets.project(f"{base}/project", SCENARIOS // 1000, 1000)
        with open(f"{root}/callpath.toml", "w") as out:
            out.write(CONFIG.format(url=url))
        alone, _ = measure(binary, root, port, [])
        print(f"{SCENARIOS} scenarios without an export: {alone:.2f} s")
        for name in ["one", "many"]:
            wall, arrived = measure(binary, root, port, ["--export", name, "--export-timeout", "5m"])
            if arrived != [SCENARIOS, SCENARIOS]:
                sys.exit(f"of {SCENARIOS} results {arrived[1]} arrived, {arrived[0]} times in all")
            what = "a request each" if name == "one" else "batches of 100"
            rate = SCENARIOS / wall
            row(f"run and deliver, {what}, to the last result", rate, 2000, "scenarios/s", 2000 / rate)
        # Nothing listens there. The run's own time: the export is given up at once.
        with open(f"{root}/callpath.toml", "w") as out:
            out.write(CONFIG.format(url="http://127.0.0.1:9"))
        down, _ = measure(binary, root, port, ["--export", "one", "--export-timeout", "1ms"])
        row("run with the platform down, against no export", down / alone, 1.25, "x", down / alone / 1.25)
    finally:
        receiver.kill()
        shutil.rmtree(base)
    sys.exit(missed)


if __name__ == "__main__":
    asyncio.run(receive()) if "--receive" in sys.argv else main()
