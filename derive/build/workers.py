"""Jobs over several processes, one answer for each: a process that dies costs its own job and no other.

Workers begin as fresh interpreters, so nothing heavy need be imported here before them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Callable, Iterator, Sequence

_PATIENCE = 5.0


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    job: int


def in_processes(function: str, jobs: Sequence[Any], count: int) -> Iterator[tuple[int, Any]]:
    """(number of the job, outcome) as they finish; `function` is "module:name". None: its process died."""
    waiting = list(range(len(jobs)))[::-1]
    workers: list[_Worker] = []
    try:
        while waiting or workers:
            while waiting and len(workers) < count:
                workers.append(_started(function, jobs, waiting.pop()))
            for ready in wait([worker.pipe for worker in workers]):
                worker = next(w for w in workers if w.pipe is ready)
                number = worker.job
                try:
                    outcome = worker.pipe.recv()
                except (EOFError, ConnectionError):
                    workers.remove(worker)
                    worker.process.join(_PATIENCE)
                    yield number, None
                    continue
                if waiting:
                    worker.job = waiting.pop()
                    _give(worker, jobs)
                else:
                    workers.remove(worker)
                    worker.pipe.close()
                    worker.process.join(_PATIENCE)
                yield number, outcome
    finally:
        for worker in workers:
            worker.process.terminate()
        for worker in workers:
            worker.process.join(_PATIENCE)
            if worker.process.is_alive():
                worker.process.kill()


def _started(function: str, jobs: Sequence[Any], number: int) -> _Worker:
    """A new process at its first job. Ctrl-C is for this process alone, which then ends the others."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(function, theirs), daemon=True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    theirs.close()
    worker = _Worker(process, ours, number)
    _give(worker, jobs)
    return worker


def _give(worker: _Worker, jobs: Sequence[Any]) -> None:
    try:
        worker.pipe.send(jobs[worker.job])
    except ConnectionError:
        pass  # it died: so says the end of its pipe


def _serve(function: str, pipe: Connection) -> None:
    """The loop of a worker. SIGTERM unwinds, so that pdflatex is ended and temporary folders go."""
    signal.signal(signal.SIGTERM, _leave)
    module, _, name = function.partition(":")
    work: Callable[[Any], Any] = getattr(import_module(module), name)
    try:
        while True:
            pipe.send(work(pipe.recv()))
    except (EOFError, ConnectionError):
        return


def _leave(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


@contextmanager
def ending_gently() -> Iterator[None]:
    """While this lasts SIGTERM ends the process like Ctrl-C does: what was begun is cleaned up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def cores() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
