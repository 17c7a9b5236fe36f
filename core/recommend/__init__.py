"""Recommending by tags: exactly, through posting lists, and by the angle between tag vectors.

`Catalogue` answers one reader; the measures compare lists of many readers; `simulate` lets lists, clicks and
retraining act on each other.
"""

from core.recommend.catalogue import Catalogue, Match, Reason
from core.recommend.comparison import Comparison, compare
from core.recommend.items import ItemTable, articles, films, translated, walks
from core.recommend.loop import POLICIES, LoopParams, LoopResult, simulate
from core.recommend.measures import (
    between_readers,
    coverage,
    gini,
    head_of,
    intra_list_diversity,
    novelty,
    overlap,
    tail_share,
)
from core.recommend.readers import Readers, make_readers, popular, random_lists
from core.recommend.reading import ItemColumns, columns_of, read_items
from core.recommend.tag_vectors import edited, train_tags

__all__ = [
    "POLICIES",
    "Catalogue",
    "Comparison",
    "ItemColumns",
    "ItemTable",
    "LoopParams",
    "LoopResult",
    "Match",
    "Readers",
    "Reason",
    "articles",
    "between_readers",
    "columns_of",
    "compare",
    "coverage",
    "edited",
    "films",
    "gini",
    "head_of",
    "intra_list_diversity",
    "make_readers",
    "novelty",
    "overlap",
    "popular",
    "random_lists",
    "read_items",
    "simulate",
    "tail_share",
    "train_tags",
    "translated",
    "walks",
]
