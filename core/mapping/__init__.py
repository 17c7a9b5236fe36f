"""What a map from X to Y keeps: is it injective, does it keep order, distances, neighbourhoods?

`check_map` answers for any inputs and outputs. `DOMAINS` and `MAPS` are the examples a page offers;
`formula` reads a typed one.
"""

from core.mapping.checking import MapReport, check_map, reread
from core.mapping.domains import DOMAINS, Domain, grid, integers, tree, words
from core.mapping.formula import Formula, parse
from core.mapping.maps import MAPS, apply_map
from core.mapping.pairs import pairs, read_pairs

__all__ = [
    "DOMAINS",
    "MAPS",
    "Domain",
    "Formula",
    "MapReport",
    "apply_map",
    "check_map",
    "grid",
    "integers",
    "pairs",
    "parse",
    "read_pairs",
    "reread",
    "tree",
    "words",
]
