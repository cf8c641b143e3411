"""Worker processes that get ready, start together, and say when they were done and what they handed over."""

import multiprocessing
import time
from array import array
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

PATIENCE_SECONDS = 120  # to get ready


@dataclass
class Lap:
    """One worker's run, by a clock that all processes share, with its own processor time.

    `sent` are the numbers of the notices that it handed over, in any order.
    """

    worker: int
    started: float = 0
    ended: float = 0
    cpu_seconds: float = 0
    sent: "array[int]" = field(default_factory=lambda: array("q"))

    def begin(self) -> None:
        """Everybody is ready."""
        self.started, self._cpu_before = time.monotonic(), time.process_time()

    def note_settled(self) -> None:
        """Something was settled just now; the last time counts."""
        self.ended, self.cpu_seconds = time.monotonic(), time.process_time() - self._cpu_before


Ready = Callable[[], None]  # waits for the common start
Work = Callable[[Lap, Ready], None]  # gets ready, waits, drains the queue and notes it on the lap


@dataclass(frozen=True)
class Race:
    """The workers' laps together. `cpu_seconds` is without what the database's server and a provider used."""

    seconds: float
    cpu_seconds: float
    sent: Counter[int]

    def amiss(self, queued: Collection[int]) -> str:
        """What the provider did not get, or got twice, in words."""
        lost = sum(number not in self.sent for number in queued)
        strange = sum(number not in queued for number in self.sent)
        repeated = sum(count > 1 for count in self.sent.values())
        found = {"never sent": lost, "sent more than once": repeated, "sent that nobody queued": strange}
        return ", ".join(f"{count} {name}" for name, count in found.items() if count)


def run(work: Work, workers: int) -> Race:
    """From the common start to the last notice settled."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(workers)
    pipes = [context.Pipe(duplex=False) for _ in range(workers)]
    processes = [
        context.Process(target=_run_one, args=(work, Lap(worker), barrier, pipe), daemon=True)
        for worker, (_, pipe) in enumerate(pipes)
    ]
    for process, (_, pipe) in zip(processes, pipes, strict=True):
        process.start()
        pipe.close()
    laps = [_receive(pipe) for pipe, _ in pipes]
    for process in processes:
        process.join()
    seconds = max(lap.ended for lap in laps) - min(lap.started for lap in laps)
    return Race(seconds, sum(lap.cpu_seconds for lap in laps), Counter(number for lap in laps for number in lap.sent))


def _receive(pipe: Connection) -> Lap:
    try:
        lap = pipe.recv()
    except EOFError:
        raise SystemExit("a worker died; what it printed says why") from None
    assert isinstance(lap, Lap)
    return lap


def _run_one(work: Work, lap: Lap, barrier: Barrier, pipe: Connection) -> None:
    def ready() -> None:
        barrier.wait(PATIENCE_SECONDS)
        lap.begin()

    try:
        work(lap, ready)
    except BaseException:
        barrier.abort()  # nobody need wait for this one
        raise
    pipe.send(lap)
