"""Exact and fuzzy search of a catalogue, MMR, made-up readers, trained and edited tags."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.embedding import Embedding
from core.encoders import encode
from core.errors import DataError, ParameterError
from core.recommend import (
    Catalogue,
    Readers,
    articles,
    compare,
    edited,
    make_readers,
    popular,
    random_lists,
    train_tags,
)
from core.recommend.tag_vectors import counted

ITEMS = ["a", "b", "c", "d", "e"]
TAGS = [["science"], ["technology"], ["science", "cooking"], [], ["odd"]]
VECTORS = {"science": [1.0, 0.0], "technology": [0.8, 0.6], "cooking": [0.0, 1.0]}


@pytest.fixture(scope="module")
def catalogues() -> dict[str, Catalogue]:
    made = {}
    for language in ("en", "zh"):
        table = articles(language)
        made[language] = Catalogue(table.items, table.tags, encode([*counted(table.tags)]))
    return made


def small() -> Catalogue:
    return Catalogue(ITEMS, TAGS, VECTORS)


def test_exact_finds_what_carries_a_liked_tag_and_names_it() -> None:
    found = small().exact(["science", "cooking"], 5)
    assert [(one.item, one.score) for one in found] == [("c", 1.0), ("a", 0.5)]
    assert found[0].reason.tags == ("science", "cooking")
    assert "science" in found[1].reason


def test_exact_never_finds_the_near_word_and_fuzzy_does_with_its_angle() -> None:
    assert "b" not in [one.item for one in small().exact(["science"], 5)]
    found = {one.item: one for one in small().fuzzy(["science"], 5)}
    assert found["b"].reason.tags == ("technology",)
    assert found["b"].reason.like == "science"
    assert found["b"].reason.angle == pytest.approx(36.8699, abs=1e-3)
    assert found["b"].score == pytest.approx(0.8)


@pytest.mark.parametrize(("language", "like", "near"), [("en", "science", "technology"), ("zh", "科学", "科技")])
def test_the_story_of_the_seed_holds_in_both_languages(
    catalogues: dict[str, Catalogue], language: str, like: str, near: str
) -> None:
    catalogue = catalogues[language]
    exact, fuzzy = catalogue.exact(like, 16), catalogue.fuzzy(like, 16)
    assert all(like in catalogue.tags_of(one.index) for one in exact)
    only = [one for one in fuzzy if near in catalogue.tags_of(one.index) and like not in catalogue.tags_of(one.index)]
    assert only
    assert not {one.index for one in only} & {one.index for one in exact}


@pytest.mark.parametrize(("language", "like", "wrong"), [("en", "Python", "snakes"), ("zh", "苹果", "水果")])
def test_there_is_a_case_where_fuzzy_is_wrong(
    catalogues: dict[str, Catalogue], language: str, like: str, wrong: str
) -> None:
    """A name with two meanings: the second best of fuzzy is about the other one."""
    catalogue = catalogues[language]
    assert wrong in catalogue.tags_of(catalogue.fuzzy(like, 2)[1].index)


def test_what_many_tags_thin_is_found_by_exact_and_missed_by_fuzzy(catalogues: dict[str, Catalogue]) -> None:
    for language, like in (("en", "science"), ("zh", "科学")):
        exact, fuzzy = (getattr(catalogues[language], way)(like, 5) for way in ("exact", "fuzzy"))
        assert {one.index for one in exact} - {one.index for one in fuzzy}


@pytest.mark.parametrize("metric", ["cosine", "dot", "euclidean"])
@given(seed=st.integers(0, 40), k=st.integers(1, 30))
def test_fuzzy_equals_brute_force(metric: str, seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"t{at}" for at in range(9)]
    vectors = {name: rng.normal(size=5) for name in names}
    tags = [rng.choice(names, rng.integers(1, 5), replace=False).tolist() for _ in range(40)]
    catalogue = Catalogue([f"i{at}" for at in range(40)], tags, vectors)
    likes = rng.choice(names, 2, replace=False).tolist()
    units = {name: np.float32(vector / np.linalg.norm(vector)).astype(float) for name, vector in vectors.items()}
    goal = np.float32(np.mean([units[like] for like in likes], axis=0)).astype(float)
    means = [np.mean([units[tag] for tag in own], axis=0) for own in tags]
    scores = {
        "cosine": [mean @ goal / np.linalg.norm(mean) / np.linalg.norm(goal) for mean in means],
        "dot": [mean @ goal for mean in means],
        "euclidean": [np.linalg.norm(mean - goal) for mean in means],
    }[metric]
    found = catalogue.fuzzy(likes, k, metric=metric)
    best = sorted(scores, reverse=metric != "euclidean")[:k]
    assert [one.score for one in found] == pytest.approx(best, abs=1e-5)
    assert [scores[one.index] for one in found] == pytest.approx(best, abs=1e-5)


@given(st.integers(0, 40), st.integers(1, 12))
def test_exact_equals_looking_at_every_item(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"t{at}" for at in range(6)]
    tags = [rng.choice(names, rng.integers(0, 4), replace=False).tolist() for _ in range(25)]
    catalogue = Catalogue([f"i{at}" for at in range(25)], tags, {})
    likes = rng.choice(names, 3, replace=False).tolist()
    shares = [(len(set(own) & set(likes)), len(own), at) for at, own in enumerate(tags) if set(own) & set(likes)]
    best = sorted(shares, key=lambda one: (-one[0], one[1], one[2]))[:k]
    assert [one.index for one in catalogue.exact(likes, k)] == [at for _, _, at in best]


def test_seen_items_are_left_out_of_both_lists() -> None:
    catalogue = small()
    assert [one.item for one in catalogue.exact("science", 5, exclude=[0])] == ["c"]
    assert "a" not in [one.item for one in catalogue.fuzzy("science", 5, exclude=[0])]


def test_the_popularity_penalty_moves_the_popular_down() -> None:
    catalogue, counts = small(), np.array([1000, 1, 0, 0, 0])
    assert catalogue.fuzzy("science", 1)[0].item == "a"
    assert catalogue.fuzzy("science", 1, popularity=counts, penalty=1.0)[0].item != "a"
    assert catalogue.exact("science", 1, popularity=counts, penalty=1.0)[0].item == "c"
    assert catalogue.fuzzy("science", 1, popularity=counts, penalty=1.0, metric="euclidean")[0].item != "a"


def test_mmr_without_diversity_is_the_plain_list(catalogues: dict[str, Catalogue]) -> None:
    catalogue = catalogues["en"]
    plain = [one.index for one in catalogue.fuzzy("science", 10)]
    assert catalogue.rank_fuzzy(["science"], 10, wish(diversity=1e-12)).rows.tolist() == plain


def test_mmr_at_its_other_end_takes_what_is_least_like_the_chosen(catalogues: dict[str, Catalogue]) -> None:
    """After the first, relevance counts for nothing: each next one has the lowest highest cosine to those before it."""
    catalogue = catalogues["en"]
    pool = catalogue.rank_fuzzy(["science"], 200, wish()).rows
    units = dict(zip(pool.tolist(), catalogue.unit_vectors(pool), strict=True))
    chosen = [one.index for one in catalogue.fuzzy("science", 6, diversity=1.0)]
    assert chosen[0] == pool[0]
    for at in range(1, 6):
        before = np.array([units[row] for row in chosen[:at]])
        worst = {row: float((before @ unit).max()) for row, unit in units.items() if row not in chosen[:at]}
        assert worst[chosen[at]] == pytest.approx(min(worst.values()), abs=1e-9)


def test_the_trade_off_gives_up_relevance_for_diversity(catalogues: dict[str, Catalogue]) -> None:
    curve = catalogues["en"].tradeoff("science", 8)
    assert [setting for setting, _, _ in curve] == pytest.approx(np.linspace(0, 1, 21))
    (_, relevance, apart), (_, less, more) = curve[0], curve[-1]
    assert less < relevance
    assert more > apart  # type: ignore[operator]


def test_items_without_tags_and_tags_without_vectors_are_listed() -> None:
    catalogue = small()
    assert catalogue.untagged == ["d"]
    assert catalogue.without_vector == ["odd"]
    assert catalogue.unreachable == ["d", "e"]
    assert [one.item for one in catalogue.exact("odd", 3)] == ["e"]
    assert {one.item for one in catalogue.fuzzy("science", 9)} == {"a", "b", "c"}


def test_a_tag_that_nobody_carries_finds_nothing_exactly_and_its_neighbours_by_angle() -> None:
    catalogue = small().knowing({"physics": [0.9, 0.1]})
    assert catalogue.exact("physics", 3) == []
    assert catalogue.fuzzy("physics", 1)[0].item == "a"
    with pytest.raises(DataError, match="No vector is known for physics"):
        small().fuzzy("physics", 1)


@pytest.mark.parametrize(
    ("items", "tags", "vectors", "sentence"),
    [
        (["a", "b", "a"], [[], [], []], {}, "The item a stands in rows 1 and 3"),
        (["a"], [], {}, "1 items but 0 lists"),
        ([], [], {}, "empty"),
        (["a"], [["x"]], {"x": [0.0, 0.0]}, "tag x is all zeros"),
        (["a"], [["x"]], {"x": [1.0], "y": [1.0, 2.0]}, "tag y must be 1 finite"),
        (["a"], [["x"]], {"x": [np.nan]}, "finite"),
    ],
)
def test_a_bad_catalogue_is_refused_in_a_sentence(
    items: Sequence[str], tags: Sequence[Sequence[str]], vectors: dict[str, list[float]], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        Catalogue(items, tags, vectors)


def test_settings_outside_their_range_are_refused() -> None:
    for bad in ({"diversity": 2}, {"penalty": -1}, {"metric": "manhattan"}):
        with pytest.raises(ParameterError):
            small().fuzzy("science", 3, **bad)
    with pytest.raises(ParameterError):
        small().exact("science", 0)
    with pytest.raises(DataError, match="popularity counts"):
        small().exact("science", 3, popularity=[1, 2], penalty=1.0)


def test_likes_that_cancel_out_leave_no_direction() -> None:
    catalogue = Catalogue(["a", "b"], [["x"], ["y"]], {"x": [1.0, 0.0], "y": [-1.0, 0.0]})
    with pytest.raises(DataError, match="cancel"):
        catalogue.fuzzy(["x", "y"], 1)


def test_tags_that_share_items_get_near_vectors_and_loners_get_none() -> None:
    rng = np.random.default_rng(0)
    groups = [[f"g{group}-{at}" for at in range(4)] for group in range(3)]
    tags = [rng.choice(groups[row % 3], 3, replace=False).tolist() for row in range(150)] + [["loner"]]
    trained = train_tags(tags, dim=8, seed=1)
    assert "loner" not in trained
    assert trained.similarity("g0-0", "g0-1") > trained.similarity("g0-0", "g1-1") + 0.3
    with pytest.raises(DataError, match="two tags"):
        train_tags([["a"], ["b"]])


def test_an_edit_turns_one_tag_towards_another() -> None:
    vectors = Embedding(["a", "b"], [[2.0, 0.0], [0.0, 1.0]])
    assert edited(vectors, [("a", "b", 1.0)]).similarity("a", "b") == pytest.approx(1)
    assert edited(vectors, [("a", "b", 0.5)]).similarity("a", "b") == pytest.approx(0.5**0.5)
    assert vectors.similarity("a", "b") == 0
    with pytest.raises(ParameterError):
        edited(vectors, [("a", "b", 2.0)])
    with pytest.raises(DataError, match="opposite"):
        edited(Embedding(["a", "b"], [[1.0], [-1.0]]), [("a", "b", 0.5)])


def test_made_up_readers_come_from_their_seed_and_have_read_what_they_like(catalogues: dict[str, Catalogue]) -> None:
    catalogue = catalogues["en"]
    one, again, other = (make_readers(catalogue, 30, seed) for seed in (1, 1, 2))
    assert (one.likes, one.seen) == (again.likes, again.seen)
    assert one.likes != other.likes
    assert int(one.counts.sum()) == sum(map(len, one.seen))
    for likes, seen in zip(one.likes, one.seen, strict=True):
        assert all(set(likes) & set(catalogue.tags_of(row)) for row in seen)


def test_baselines_leave_out_what_was_read() -> None:
    assert popular(np.array([5, 9, 1]), 2, [[], [1]]) == [[1, 0], [0, 2]]
    for rows, out in zip(random_lists(6, 3, [[0], [5, 4]], seed=3), ([0], [5, 4]), strict=True):
        assert len(set(rows)) == 3
        assert not set(rows) & set(out)


def test_the_comparison_stands_beside_popularity_and_chance(catalogues: dict[str, Catalogue]) -> None:
    catalogue = catalogues["zh"]
    found = compare(catalogue, make_readers(catalogue, 40, 0), 5)
    assert set(found.figures) == {"exact", "fuzzy", "popular", "random"}
    assert found.figures["exact"]["overlap"] == 1
    assert found.figures["popular"]["tail"] == 0
    assert found.figures["random"]["gini"] < found.figures["popular"]["gini"]  # type: ignore[operator]
    assert sum(found.shown["random"]) == 40 * 5
    never, rest = found.figures["random"]["never"], found.figures["random"]["novelty_read"]
    assert (found.figures["random"]["novelty"] == np.inf) == bool(never)
    assert rest is not None
    assert np.isfinite(rest)


def test_the_same_readers_twice_are_compared_alike(catalogues: dict[str, Catalogue]) -> None:
    """Chance draws anew for each reader, so only its own lists may differ."""
    catalogue = catalogues["en"]
    once = make_readers(catalogue, 25, 3)
    twice = Readers(once.likes * 2, once.seen * 2, once.counts * 2)
    one, two = compare(catalogue, once, 6), compare(catalogue, twice, 6)
    assert two.readers == 2 * one.readers
    for strategy in ("exact", "fuzzy", "popular"):
        assert two.figures[strategy] == pytest.approx(one.figures[strategy])
    assert two.head == one.head


def wish(**given: object):  # type: ignore[no-untyped-def]
    from core.recommend.catalogue import Wish

    return Wish(**given)  # type: ignore[arg-type]
