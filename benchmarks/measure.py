"""Time, memory and objective of peers on one instance: interleaved, in one process; memory in its own."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import NamedTuple

import numpy as np

from benchmarks.inputs import worth
from benchmarks.instances import Instance, make
from benchmarks.peers import PEERS, Peer
from optimizer import Problem, solve, verify

TILE = 256
PATIENCE_S = 60.0
REST_S = 0.15
WARM_UP = Instance("warm-up", 5, 20, areas=2)
"""What a peer loads on its first call is not part of its time."""


class Result(NamedTuple):
    """What was seen of one peer on one instance."""

    instance: str
    cases: int
    practitioners: int
    peer: str
    exact: bool
    seconds: float
    times_ours: float
    times_limit: float
    peak_mb: float
    objective: int
    share_of_best: float


class Sight(NamedTuple):
    """One run of a peer in this process."""

    seconds: float
    peak_mb: float
    objective: int


def look(peer: Peer, problem: Problem) -> Sight:
    """Run a peer once, and count what its plan is worth."""
    _forget_peak()
    before, start = _memory_mb("VmRSS"), perf_counter()
    plan = peer.match(problem)
    seconds = perf_counter() - start
    return Sight(seconds, _memory_mb("VmHWM") - before, worth(problem, plan))


def limit_s(problem: Problem) -> float:
    """Return the time of one pass of the tile product over all pairs, the least any exact method reads."""
    wide = np.ascontiguousarray(problem.practitioner_terms.T)
    room = np.empty((TILE, problem.m), np.float32)
    start = perf_counter()
    for top in range(0, problem.n, TILE):
        tile = problem.case_terms[top : top + TILE]
        np.matmul(tile, wide, out=room[: len(tile)])
    seconds = perf_counter() - start
    # Threads of a matrix product spin for a while after it, and would take a core from whoever comes next.
    sleep(REST_S)
    return seconds


def compare(instance: Instance, *, repeats: int) -> list[Result]:
    """Run every peer that the instance is not too large for, turn by turn, and report medians."""
    problem = make(instance)
    peers = [peer for peer in PEERS if peer.fits(problem)]
    for peer in peers:
        peer.match(make(WARM_UP))
    limits: list[float] = []
    seen: dict[str, list[Sight]] = {peer.name: [] for peer in peers}
    for turn in range(repeats):
        limits.append(limit_s(problem))
        for peer in peers:
            if not turn or seen[peer.name][0].seconds <= PATIENCE_S / repeats:
                seen[peer.name].append(look(peer, problem))
    times = {name: [sight.seconds for sight in sights] for name, sights in seen.items()}
    objectives = {name: sights[-1].objective for name, sights in seen.items()}
    _require_exact(instance, peers, objectives)
    # What takes minutes is not run twice: arrays of that size leave nothing behind in the process.
    peaks = {
        peer.name: peak_mb(instance, peer) if times[peer.name][0] <= PATIENCE_S else seen[peer.name][0].peak_mb
        for peer in peers
    }
    own, least, best = median(times["ours"]), median(limits), objectives["ours"]
    return [
        Result(
            instance=instance.title,
            cases=instance.cases,
            practitioners=instance.practitioners,
            peer=peer.name,
            exact=peer.exact,
            seconds=median(times[peer.name]),
            times_ours=median(times[peer.name]) / own,
            times_limit=median(times[peer.name]) / least,
            peak_mb=peaks[peer.name],
            objective=objectives[peer.name],
            share_of_best=_share(objectives[peer.name], best, problem),
        )
        for peer in peers
    ]


def proof_share(instance: Instance, *, repeats: int) -> tuple[float, float]:
    """Return the time of the certificate check, in seconds and in passes of the tile product."""
    problem = make(instance)
    solution = solve(problem)
    checks, limits = [], []
    for _ in range(repeats):
        limits.append(limit_s(problem))
        start = perf_counter()
        verify(problem, solution)
        checks.append(perf_counter() - start)
    return median(checks), median(checks) / median(limits)


def peak_mb(instance: Instance, peer: Peer) -> float:
    """Return the most memory a peer adds to a process that already holds the instance."""
    order = [
        sys.executable,
        "-m",
        "benchmarks.measure",
        json.dumps(instance.__dict__),
        peer.name,
    ]
    wording = subprocess.run(order, check=True, capture_output=True, text=True)
    return float(wording.stdout)


def _require_exact(instance: Instance, peers: list[Peer], objectives: dict[str, int]) -> None:
    for peer in peers:
        off = objectives[peer.name] - objectives["ours"]
        if off > 0 or (peer.exact and off):
            raise AssertionError(f"{instance.title}: {peer.name} differs from ours by {off}")


def _share(objective: int, best: int, problem: Problem) -> float:
    nothing = -int((problem.demand * problem.open_price).sum())
    return (objective - nothing) / max(1, best - nothing)


def _memory_mb(field: str) -> float:
    # The kernel's own figures of this very program; getrusage would also remember the process that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith(field)).split()[1]) / 1024


def _forget_peak() -> None:
    # What building the instance took is not the peer's: the kernel starts counting anew.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


if __name__ == "__main__":
    subject = make(Instance(**json.loads(sys.argv[1])))
    rival = next(peer for peer in PEERS if peer.name == sys.argv[2])
    rival.match(make(WARM_UP))
    _forget_peak()
    before = _memory_mb("VmRSS")
    rival.match(subject)
    sys.stdout.write(f"{_memory_mb('VmHWM') - before:.1f}")
