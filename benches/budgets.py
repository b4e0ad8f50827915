#!/usr/bin/env python3
"""Measures whole processes against callpath's budgets and prints each figure as a ratio of its budget.

Usage: benches/budgets.py [path of the callpath binary; default target/release/callpath]

Needs nothing but Python and Linux. Each figure is the median of several runs; peak memory is the operating system's
(ru_maxrss of the one child). A ratio of at most 1.00 keeps the budget. Exit code 1 if one is missed.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

FLOW = """\
flow: bench
start: welcome
variables: { tier: silver, balance: 0, pin: "" }
nodes:
  welcome: { type: play, prompts: ["Welcome to the bank."], next: tier_check }
  tier_check: { type: decision, if: "tier == 'gold'", on: { "true": main_menu, "false": main_menu } }
  main_menu:
    type: menu
    prompts: ["For your balance press 1. For cards press 2."]
    choices: { "1": ask_pin, "2": cards }
    on: { max_attempts: agents }
  ask_pin:
    type: collect
    prompts: ["Please enter your PIN."]
    variable: pin
    min: 4
    max: 4
    on: { ok: find_balance, max_attempts: agents }
  find_balance:
    type: lookup
    service: balance
    inputs: { pin: pin }
    outputs: { balance: balance }
    on: { success: rich, not_found: agents, failure: agents, timeout: agents }
  rich: { type: decision, if: "balance > 100 and tier in ['gold', 'silver']", on: { "true": say, "false": say } }
  say: { type: play, prompts: ["Your balance is ${balance} dollars."], next: more }
  more:
    type: menu
    prompts: ["To hear it again press 1. To end press 2."]
    choices: { "1": say, "2": thanks }
    on: { max_attempts: thanks }
  thanks: { type: play, prompts: ["Thank you for calling."], next: done }
  cards: { type: play, prompts: ["Cards."], next: agents }
  agents: { type: queue, queue: agents }
  done: { type: end }
"""

SUITE_HEAD = """\
suite: bench {number}
flow: {flow}
tags: [bench]
defaults:
  variables: {{ tier: gold }}
  stubs: {{ balance: {{ success: {{ balance: 120.5 }} }} }}
scenarios:
"""

SCENARIO = """\
  - name: caller {number} hears the balance
    tags: [t{tag}]
    dtmf: ["1", "{pin:04}", "2"]
    expect:
      outcome: completed
      ends_at: done
      path: [welcome, tier_check, main_menu, ask_pin, find_balance, rich, say, more, thanks, done]
      decisions: {{ main_menu: "1", ask_pin: ok }}
      variables: {{ pin: "{pin:04}" }}
"""


def suite(number, scenarios, flow="flows/bench.yaml"):
    """The parts of a suite's text; a large one is never in memory as a whole (see measure)."""
    yield SUITE_HEAD.format(number=number, flow=flow)
    for i in range(number * scenarios, (number + 1) * scenarios):
        yield SCENARIO.format(number=i, tag=i % 10, pin=i % 10000)


def project(root, files, scenarios):
    """A project of so many suite files with so many scenarios each."""
    os.makedirs(f"{root}/suites/flows")
    with open(f"{root}/suites/flows/bench.yaml", "w") as out:
        out.write(FLOW)
    for number in range(files):
        with open(f"{root}/suites/s{number:05}.yaml", "w") as out:
            out.writelines(suite(number, scenarios))
    return root


def measure(command, cwd, runs):
    """Median wall seconds, CPU seconds and the greatest peak memory in MB.

    A child's ru_maxrss begins with the most that this process has ever held: nothing large may be in memory here.
    """
    walls, cpus, peak = [], [], 0.0
    for _ in range(runs):
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        errors = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        walls.append(time.perf_counter() - start)
        cpus.append(usage.ru_utime + usage.ru_stime)
        peak = max(peak, usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"{' '.join(command)}: {errors.decode(errors='replace')}")
    return statistics.median(walls), statistics.median(cpus), peak


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "target/release/callpath")
    rows = []

    def row(what, measured, budget, unit):
        rows.append((what, measured, budget, unit))
        print(f"{what:<58} {measured:>10.3f} {unit:<3} budget {budget:>8.3f}  ratio {measured / budget:.2f}", flush=True)

    base = tempfile.mkdtemp(prefix="callpath-budgets-")
    try:
        one = project(f"{base}/one", 1, 1)
        run = [binary, "run", "--color", "never", "--quiet"]
        wall, one_cpu, _ = measure(run, one, 21)
        row("start-up, one scenario, whole process", wall * 1000, 30, "ms")

        wall, _, _ = measure([binary, "validate"], project(f"{base}/file", 1, 5000), 7)
        row("read and expand 5,000 scenarios, one file", wall, 0.25, "s")
        wall, _, _ = measure([binary, "validate"], project(f"{base}/files", 5000, 1), 7)
        row("read and expand 5,000 scenarios, 5,000 files", wall, 0.6, "s")

        _, thousand_cpu, _ = measure(run, project(f"{base}/thousand", 1, 1000), 7)
        wall, cpu, peak = measure(run + ["--jobs", "4"], project(f"{base}/hundred", 100, 1000), 3)
        row("100,000 scenarios end to end, all default reports", wall, 4, "s")
        row("the same, peak memory", peak, 400, "MB")
        hundred = f"{base}/hundred"
        os.rename(f"{hundred}/callpath-report", f"{base}/before")
        # A longer prompt: every call has other times, and goes the same way.
        with open(f"{hundred}/suites/flows/bench.yaml", "w") as out:
            out.write(FLOW.replace("Welcome to the bank.", "Welcome to the bank of the whole town."))
        measure(run + ["--jobs", "4"], hundred, 1)
        compare = [binary, "compare", f"{base}/before/run.json", f"{hundred}/callpath-report/run.json"]
        wall, compare_cpu, peak = measure(compare + ["--fail-on", "never"], hundred, 7)
        row("compare two runs of 100,000 scenarios", wall, 1, "s")
        row("the same, CPU", compare_cpu, 2, "s")
        row("the same, peak memory", peak, 100, "MB")
        each_small = (thousand_cpu - one_cpu) / 999
        each_large = (cpu - one_cpu) / 99_999
        row("CPU of one of 100,000 against one of 1,000 scenarios", each_large / each_small, 1.2, "x")
    finally:
        shutil.rmtree(base)
    sys.exit(any(measured > budget for _, measured, budget, _ in rows))


if __name__ == "__main__":
    main()
