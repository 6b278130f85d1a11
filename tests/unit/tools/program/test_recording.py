"""Recording a program leaves its process as it was."""

import signal
import subprocess
import sys

from tests.checkout import ROOT
from tests.recording import record
from tools.program import program_of

RECORD = """
import pulumi_random as random
from tools.program import record

record(lambda: [random.RandomPassword(f"password-{index}", length=8) for index in range(4)] and {})
"""


def test_the_program_of_a_stack_leaves_the_interrupt_handler_as_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    record(program_of(ROOT, "minimal"), stack="minimal")
    assert signal.getsignal(signal.SIGINT) is before


def test_no_event_loop_is_open_when_the_process_ends() -> None:
    command = [sys.executable, "-W", "always::ResourceWarning", "-c", RECORD]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "event loop" not in done.stderr and "Exception ignored" not in done.stderr, done.stderr
