"""One benchmark module in a process of its own: each row becomes a line of JSON on standard output."""

from __future__ import annotations

import importlib
import json
import os
import sys
from dataclasses import asdict

from core.errors import MissingPart
from tests.benchmarks._row import CannotRun


def main(name: str) -> None:
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is not a row
    try:
        for row in importlib.import_module(f"tests.benchmarks.{name}").rows():
            print(json.dumps({"row": asdict(row)}, default=float), file=answer, flush=True)
    except (CannotRun, MissingPart) as missing:
        print(json.dumps({"cannot": str(missing)}), file=answer, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
