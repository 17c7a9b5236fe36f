"""The feedback loop: repeatable, cancelled when asked, and true to its assumptions at both ends."""

from __future__ import annotations

import numpy as np
import pytest

from core.encoders import encode
from core.errors import JobCancelled, ParameterError
from core.progress import Step
from core.recommend import POLICIES, Catalogue, LoopParams, LoopResult, articles, films, simulate
from core.recommend.loop import MEASURES
from core.recommend.tag_vectors import counted

SMALL = LoopParams(readers=30, rounds=6, seeds=2)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    table = articles("en")
    return Catalogue(table.items, table.tags, encode([*counted(table.tags)]))


def test_every_policy_has_every_measure_of_every_round_and_seed(catalogue: Catalogue) -> None:
    result = simulate(catalogue, SMALL)
    for policy in POLICIES:
        for name in MEASURES:
            assert result.curves[policy][name].shape == (2, 6)
            assert np.isfinite(result.curves[policy][name]).all()
        assert (np.diff(result.curves[policy]["coverage"], axis=1) >= 0).all()


def test_the_same_seed_gives_the_same_curves(catalogue: Catalogue) -> None:
    one, again, other = (simulate(catalogue, SMALL, seed) for seed in (3, 3, 4))
    assert (one.curves["fuzzy"]["within"] == again.curves["fuzzy"]["within"]).all()
    assert (one.curves["fuzzy"]["within"] != other.curves["fuzzy"]["within"]).any()


def test_readers_who_keep_to_their_tags_click_what_exact_shows_first_and_less_of_fuzzy(catalogue: Catalogue) -> None:
    """At openness 0 only liked tags are clicked, and the first exact lists hold nothing else."""
    result = simulate(catalogue, LoopParams(readers=100, rounds=1, seeds=2, openness=0.0))
    assert result.curves["exact"]["clicks"].mean() > result.curves["fuzzy"]["clicks"].mean()


def test_exact_lists_of_the_first_round_carry_liked_tags_only(catalogue: Catalogue) -> None:
    from core.recommend.loop import _Run, _World

    world = _World(catalogue, SMALL, 0)
    lists = _Run(world, "exact", 0)._recommend()
    for liked, rows in zip(world.liked, lists, strict=True):
        assert all((world.carries[row] * liked).any() for row in rows if row >= 0)


@pytest.mark.parametrize(
    ("steps", "shape"), [(1, (1, 1)), (4, (1, 4)), (6, (1, 6)), (9, (1, 6)), (12, (2, 6)), (99, (5, 6))]
)
def test_told_to_stop_it_ends_at_once_with_whole_seeds_or_the_rounds_of_the_first(catalogue: Catalogue, steps: int, shape: tuple[int, int]) -> None:  # fmt: skip
    seen: list[Step] = []

    def stop_late(step: Step) -> bool:
        seen.append(step)
        return len(seen) >= steps

    result = simulate(catalogue, LoopParams(readers=20, rounds=6, seeds=5), on_step=stop_late)
    assert result.curves["mixed"]["within"].shape == shape == (result.seeds, result.rounds)
    assert len(seen) <= steps + 6
    assert (seen[0].unit, seen[0].done, seen[0].total) == ("round", 1, 5 * 6)


def test_a_change_counts_only_beyond_twice_the_spread() -> None:
    def result(values: list[list[float]]) -> LoopResult:
        curves = {policy: {name: np.array(values) for name in MEASURES} for policy in POLICIES}
        return LoopResult(curves, LoopParams(), 1, 1, 0.0)

    assert result([[0.1, 0.5], [0.1, 0.5]]).change("exact", "within") == 1
    assert result([[0.5, 0.1], [0.5, 0.1]]).change("exact", "within") == -1
    assert result([[0.1, 0.1], [0.1, 0.5]]).change("exact", "within") == 0
    assert result([[0.1, 0.5]]).change("exact", "within") is None
    assert result([[0.1], [0.1]]).change("exact", "within") is None


def test_both_directions_are_found_by_the_same_rules() -> None:
    """Neither is claimed: in the small catalogue exact lists widen, in the large one they narrow."""
    widths = []
    for table in (articles("en"), films()):
        made = Catalogue(table.items, table.tags, encode([*counted(table.tags)]))
        widths.append(simulate(made, LoopParams(readers=60, rounds=8, seeds=2)).change("exact", "within"))
    assert widths == [1, -1]


def test_a_cancel_passes_through(catalogue: Catalogue) -> None:
    def cancel(step: Step) -> bool:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        simulate(catalogue, SMALL, on_step=cancel)


@pytest.mark.parametrize("bad", [{"readers": 1}, {"rounds": 0}, {"openness": 1.5}, {"k": 1}, {"readers": 400, "rounds": 400}, {"drift": float("nan")}])  # fmt: skip
def test_settings_outside_their_range_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ParameterError):
        LoopParams(**bad)  # type: ignore[arg-type]
