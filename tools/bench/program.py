"""Run as a process of its own: the program of one stack under mocks, from start to end."""

import sys
from pathlib import Path

from tools.program import program_of, record

ROOT = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    stack = sys.argv[1]
    print(len(record(program_of(ROOT, stack), stack=stack).resources), "resources")
