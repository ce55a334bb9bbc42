"""What all benchmarks share: made-up content, peers, a sandbox, measured runs, a table.

Time is wall time; memory is the peak resident size of the process, as the kernel counts it (wait4).
Every figure of a table comes from one run of one script, tool and peer in turn, so that ratios hold on a noisy
machine where absolute figures do not.
"""

import contextlib
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Outside of the clone: what git ignores there, tabship does not publish.
WORK = Path(os.environ.get("BENCH_DIR", Path(tempfile.gettempdir()) / "tabship-bench"))
SOURCE = ROOT / "examples/acme-src/workbooks/finance/Profitability.twbx/Profitability.twb"
MIB = 1 << 20


def tabship():
    """The binary that users get: built with the profile of releases, unless TABSHIP names one."""
    if given := os.environ.get("TABSHIP"):
        return given
    subprocess.run(["cargo", "build", "--profile", "dist", "--locked", "--quiet"], cwd=ROOT, check=True)
    return str(ROOT / "target/dist/tabship")


def peer(requirement, *more):
    """A package of PyPI in an environment of its own (two may want different versions of a third); the folder of its commands."""
    folder = WORK / "peers" / re.split(r"[=<>]", requirement)[0]
    if not (folder / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", requirement, *more], check=True)
    return folder / "bin"


def need(command, package):
    if not shutil.which(command):
        sys.exit(f"{command} is not here: apt-get install {package}")
    return command


class Run:
    def __init__(self, seconds, peak, output):
        self.seconds, self.peak, self.output = seconds, peak, output


def once(command, accept=(0,), **options):
    """Runs a command; its time, peak memory and standard output. Any other exit code ends the benchmark."""
    out = WORK / "output"
    forget_peak()
    with open(out, "wb") as stdout, open(WORK / "errors", "wb") as stderr:
        start = time.perf_counter()
        process = subprocess.Popen([str(c) for c in command], stdout=stdout, stderr=stderr, **options)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accept:
        sys.exit(f"{command}: exit code {process.returncode}\n{(WORK / 'errors').read_text(errors='replace')[-2000:]}")
    return Run(seconds, usage.ru_maxrss * 1024, out.read_text(errors="replace"))


def forget_peak():
    """On Linux a child's peak begins with its parent's: what this script once held would count as the tool's."""
    peak = Path("/proc/self/clear_refs")
    if peak.exists():
        peak.write_text("5")


def compare(tools, rounds=5, before=lambda name: None):
    """Runs each (name, command, options) in turn, `rounds` times; name -> (median seconds, peak bytes)."""
    times, peaks = {}, {}
    for _ in range(rounds):
        for name, command, options in tools:
            before(name)
            run = once(command, **options)
            times.setdefault(name, []).append(run.seconds)
            peaks[name] = max(peaks.get(name, 0), run.peak)
    return {name: (statistics.median(times[name]), peaks[name]) for name in times}


def touch(size):
    """Has `size` bytes of memory ready, for the tool that comes next.

    A virtual machine gives memory that nobody uses back to its host within seconds, and to have it again costs the first
    tool that asks for it up to a second for 200 MiB: that would measure the machine, and what ran before.
    """
    bytearray(b"x") * size


def table(title, results, first):
    """Prints medians, and each peer's time as a multiple of the first one's."""
    base = results[first][0]
    print(f"\n{title}\n")
    print("| tool | median | x tabship | peak |")
    print("|---|---:|---:|---:|")
    for name, (seconds, peak) in results.items():
        print(f"| {name} | {duration(seconds)} | {seconds / base:.2f} | {peak / MIB:.0f} MiB |")
    sys.stdout.flush()


def duration(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def workbook(size, name="bench"):
    """A workbook of at least `size` bytes: the example's, its sheets, windows and calculated fields repeated."""
    path = WORK / f"{name}-{size}.twb"
    if path.exists():
        return path
    text = SOURCE.read_bytes().decode()
    sheets = re.findall(r"<worksheet name='[^']*'.*?</worksheet>", text, re.S)
    windows = re.findall(r"<window class='worksheet'[^>]*>.*?</window>", text, re.S)
    fields = re.findall(r"<column [^>]*name='\[Calculation_\d+\]'[^>]*>\s*<calculation class='tableau'.*?</column>",
                        text.split("<worksheets>")[0], re.S)
    names = [re.match(r"<worksheet name='([^']*)'", sheet)[1] for sheet in sheets]
    step = sum(map(len, sheets + windows + fields))
    copies = range(1, 1 + max(0, -(-(size - len(text)) // step)))
    more = {
        "</worksheets>": "".join(renamed(b, names, n) for n in copies for b in sheets),
        "</windows>": "".join(renamed(b, names, n) for n in copies for b in windows),
    }
    for end, blocks in more.items():
        text = text.replace(end, blocks + end, 1)
    text = text.replace(fields[-1], fields[-1] + "".join(another(f, n) for n in copies for f in fields), 1)
    path.write_bytes(text.encode())
    return path


def another(field, number):
    field = re.sub(r"\[Calculation_(\d+)\]", rf"[Calculation_\g<1>{number:06}]", field, count=1)
    return re.sub(r"caption='([^']*)'", rf"caption='\1 {number}'", field, count=1)


def renamed(block, names, number):
    for name in names:
        block = block.replace(f"name='{name}'", f"name='{name} {number}'")
    return re.sub(r"<simple-id uuid='[^']*'", lambda _: f"<simple-id uuid='{{{str(uuid.uuid4()).upper()}}}'", block)


def package(size):
    """A .twbx of about `size` bytes: a real document, and an extract's place taken by random bytes."""
    path = WORK / f"bench-{size}.twbx"
    if not path.exists():
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(SOURCE, "Profitability.twb", zipfile.ZIP_DEFLATED)
            with archive.open(zipfile.ZipInfo("Data/Extracts/bench.hyper"), "w", force_zip64=True) as member:
                for _ in range(size // MIB):
                    member.write(os.urandom(MIB))
    return path


@contextlib.contextmanager
def sandbox(binary, *flags, data=None):
    """A sandbox, its address: with the state in the folder `data`, which stays, or with an empty one, which goes."""
    folder = data or WORK / "sandbox"
    if data is None:
        shutil.rmtree(folder, ignore_errors=True)
    process = subprocess.Popen([binary, "sandbox", "--listen", "127.0.0.1:0", "--data", folder, *flags],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=WORK)
    try:
        line = process.stdout.readline()
        yield re.search(r"http://[0-9.:]+", line)[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)


def repository(files, url, extra="", name="repository"):
    """A folder with a manifest that sends `files` to the sandbox at `url`; the folder."""
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "content").mkdir(parents=True)
    for name, source in files.items():
        os.link(source, folder / "content" / name)
    (folder / "tabship.yml").write_text(
        f'version: 1\ntargets:\n  dev:\n    server: "{url}"\n'
        "    auth: { token_name: sandbox, token_secret: { env: BENCH_TOKEN } }\n"
        f'content:\n  - {{ files: "content/*", project: Bench }}\nrules: {{ extends: none }}\n{extra}')
    return folder


ENVIRONMENT = {**os.environ, "BENCH_TOKEN": "sandbox-secret"}
WORK.mkdir(parents=True, exist_ok=True)
