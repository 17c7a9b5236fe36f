"""Learning an embedding from text: one objective a file, one loop for all of them.

`train` gives an `Embedding` whose `.history` holds the measures of every epoch and the frames of
the moving map. `OBJECTIVES` lists what can be trained; `suggested_epochs` is how long it takes.
"""

from core.training.history import Frame, History
from core.training.loop import suggested_epochs, train, warm
from core.training.objective import OBJECTIVES

__all__ = ["OBJECTIVES", "Frame", "History", "suggested_epochs", "train", "warm"]
