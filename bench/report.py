"""Tables and a plot of what was measured, written between a program's marks in docs/performance.md."""

import os
import platform
import re
import subprocess
from pathlib import Path

from rows import ROWS

GROUPS = [
    ("Latency", ["ping_p50", "ping_p99", "new_p50", "new_p99", "echo_p50", "echo_p99"]),
    ("Many at a time, and bulk", ["rate", "storm", "down", "raw", "up"]),
    ("Processor time of the relay, and its memory",
     ["down_cpu", "raw_cpu", "up_cpu", "idle", "idle_1000", "idle_many"]),
]
DOCKER = ("The docker client and a real engine", ["save", "load", "build", "exec_p50", "run"])

PANELS = [("down", "bulk down, chunked"), ("up", "bulk up, chunked"),
          ("rate", "requests/s, 64 connections"), ("ping_p50", "_ping p50, kept connection")]


def machine():
    processor = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                      if line.startswith("model name")), platform.machine())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    debian = Path("/etc/debian_version").read_text().strip()
    compiler = subprocess.run(["c++", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return (f"{os.cpu_count()} processors ({processor}), {memory:.0f} GB, Linux {platform.release()}, "
            f"Debian {debian}, {compiler}.")


def cell(comparison, relay, key):
    value = comparison.median(relay.name, key)
    if value is None:
        return ""
    row = ROWS[key]
    text = f"{value:,.{row.digits}f}"
    base = comparison.median("direct TCP", key)
    if base and relay.name != "direct TCP":
        text += f" ({value / base:.2f})"
    return text


def table(comparison, keys):
    keys = [key for key in keys if any(comparison.median(r.name, key) is not None for r in comparison.order)]
    if not keys:
        return []
    lines = ["| | " + " | ".join(f"{ROWS[key].title} [{ROWS[key].unit}]" for key in keys) + " |",
             "| --- |" + " ---: |" * len(keys)]
    for relay in comparison.order:
        cells = [cell(comparison, relay, key) for key in keys]
        if any(cells):
            lines.append(f"| {relay.name} | " + " | ".join(cells) + " |")
    return lines


def markdown(comparison, rounds):
    lines = [machine(), "",
             (f"Medians of {rounds} rounds, all relays in each round" if rounds > 1 else "One round")
             + "; in brackets the ratio to direct TCP. "
             "“tuned”: 256 KiB buffers, one thread.", "", "![](performance.svg)", ""]
    for title, keys in [*GROUPS, DOCKER]:
        rows = table(comparison, keys)
        if rows:
            lines += [f"### {title}", "", *rows, ""]
    return lines[:-1]


def bar(x, y, width, label, text, ours):
    color = "#0b7285" if ours else "#adb5bd"
    return (f'<text x="{x - 6}" y="{y + 11}" text-anchor="end">{label}</text>'
            f'<rect x="{x}" y="{y}" width="{width:.1f}" height="14" fill="{color}"/>'
            f'<text x="{x + width + 5:.1f}" y="{y + 11}">{text}</text>')


def svg(comparison):
    parts, top = [], 10
    for key, title in PANELS:
        row = ROWS[key]
        found = [(r.name, comparison.median(r.name, key)) for r in comparison.order]
        found = [(name, value) for name, value in found if value]
        if not found:
            continue
        most = max(value for _, value in found)
        better = "more" if row.more_is_better else "less"
        parts.append(f'<text x="10" y="{top + 12}" font-weight="bold">{title} [{row.unit}], {better} is better</text>')
        top += 22
        for name, value in sorted(found, key=lambda each: each[1], reverse=row.more_is_better):
            parts.append(bar(140, top, 420 * value / most, name, f"{value:,.{row.digits}f}",
                             name.startswith("gangway")))
            top += 18
        top += 14
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="680" height="{top}" font-family="sans-serif" '
            f'font-size="12"><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n')


def put(page, program, lines):
    begin, end = f"<!-- {program} writes from here -->", "<!-- to here -->"
    text = page.read_text()
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(text):
        raise RuntimeError(f"{page} has lost the marks between which the tables of {program} go")
    page.write_text(pattern.sub(lambda _: "\n".join([begin, "", *lines, "", end]), text))


def write(comparison, rounds, docs):
    put(docs / "performance.md", "bench/run", markdown(comparison, rounds))
    (docs / "performance.svg").write_text(svg(comparison))
