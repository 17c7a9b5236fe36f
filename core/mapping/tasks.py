"""What the map checker does in a worker."""

from __future__ import annotations

from core.errors import CoreError
from core.jobs.tasks import task
from core.mapping.domains import Domain
from core.mapping.pairs import read_pairs
from core.progress import OnStep

READ = "read_pairs"


@task(READ)
def read(report: OnStep, data: bytes, filename: str) -> Domain | CoreError:
    """The pairs in a file's bytes; what holds none is answered with the reason, to be told as often as is needed."""
    try:
        return read_pairs(data, filename)
    except CoreError as error:
        return error
