"""A kernel killed while answers are given: the file opens, and at most the answer in flight is missing."""

import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from decision_kit import Decision, knowledge

NEEDS = list(knowledge.load().requirements)

ANSWERING = """
import itertools, os
from pathlib import Path
from decision_kit.widgets.decide import desk

mine = desk({folder!r})
questions = mine.questions
needs = list(mine.knowledge.requirements)
last = max((int(answer.note) for answer in mine.decision.answers), default=-1)
print(os.getpid(), last, flush=True)
for number in itertools.count(last + 1):
    mine.answer(needs[number % len(needs)], level=(number + number // len(needs)) % 5, note=str(number))
    print(number, flush=True)
"""
"""What runs in the kernel: each answer says in its note the how manyth it is."""


def after(number: int) -> dict[str, tuple[int, str]]:
    """Say what a decision holds after the answer of this number."""
    given = range(max(0, number - len(NEEDS) + 1), number + 1)
    return {NEEDS[n % len(NEEDS)]: ((n + n // len(NEEDS)) % 5, str(n)) for n in given}


@contextmanager
def kernel() -> Iterator[BlockingKernelClient]:
    """Start a kernel as Jupyter does."""
    manager, client = start_new_kernel()
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


def printed(client: BlockingKernelClient) -> Iterator[str]:
    """Give the lines that the kernel prints."""
    while True:
        message = client.get_iopub_msg(timeout=60)
        assert message["msg_type"] != "error", message["content"]["evalue"]
        if message["msg_type"] == "stream":
            yield from message["content"]["text"].split("\n")[:-1]


def kill_at_random_moments(folder: Path, times: int, seed: int) -> None:
    """Give answers in one kernel after another, and kill each by its own id at a random moment."""
    chance = random.Random(seed)  # noqa: S311 - the same moments in every run, as far as there are such
    file = folder / "decisions" / "untitled.decision.json"
    kept = -1
    for _ in range(times):
        with kernel() as client:
            client.execute(ANSWERING.format(folder=str(folder)))
            lines = printed(client)
            process, begun_with = map(int, next(lines).split())
            assert begun_with == kept
            for _ in range(chance.randint(0, 6)):
                kept = int(next(lines))
            threading.Event().wait(chance.uniform(0, 0.05))  # the random moment within an answer
            os.kill(process, signal.SIGKILL)
        if kept < 0 and not file.exists():
            continue  # killed within the first answer
        decision = Decision.open(file)
        numbers = [int(answer.note) for answer in decision.answers]
        assert max(numbers) >= kept
        kept = max(numbers)
        assert {answer.requirement: (answer.level, answer.note) for answer in decision.answers} == after(kept)
        assert list(file.parent.glob("*.json")) == [file]


def test_after_each_of_20_kills_the_next_kernel_goes_on_with_every_answer_that_was_given(tmp_path: Path):
    kill_at_random_moments(tmp_path, times=20, seed=8)
