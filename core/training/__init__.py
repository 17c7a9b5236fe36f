"""Learning an embedding from text: one objective a file, one loop for all of them.

`train` gives an `Embedding` whose `.history` holds the measures of every epoch and the frames of
the moving map. `OBJECTIVES` lists what can be trained; `suggested_epochs` is how long it takes.
`compare` trains them side by side. `preview` shows the windows of a text before any training; a `Judge` asks the R of a training afterwards.
"""

from core.training.comparison import Compared, Comparison, compare
from core.training.history import Frame, History
from core.training.judge import GradientStep, Judge, Ranking, Verdict
from core.training.loop import suggested_epochs, train, warm
from core.training.objective import OBJECTIVES
from core.training.previewing import Pair, Preview, preview

__all__ = [
    "OBJECTIVES", "Compared", "Comparison", "Frame", "GradientStep", "History", "Judge", "Pair", "Preview", "Ranking", "Verdict",
    "compare", "preview", "suggested_epochs", "train", "warm",
]  # fmt: skip
