"""Groups of near rows: the tree against SciPy's, its cuts, and the names of the groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clusters import cluster_tree
from core.errors import DataError, ParameterError

quick = settings(max_examples=20, deadline=None)


def groups(rows: int, kinds: int = 4, columns: int = 6, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(kinds, columns))[np.arange(rows) % kinds] * 20 + rng.normal(size=(rows, columns))).astype(
        np.float32
    )


@given(st.integers(2, 120), st.integers(1, 6), st.integers(0, 999))
@quick
def test_the_tree_is_that_of_scipy(rows: int, columns: int, seed: int) -> None:
    from scipy.cluster.hierarchy import fcluster, linkage

    x = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)
    tree = cluster_tree(x, "euclidean")
    theirs = linkage(x.astype(np.float64), "ward")
    np.testing.assert_allclose(tree.heights, theirs[:, 2], rtol=1e-6)
    for count in {1, 2, (rows + 1) // 2, rows}:
        ours, other = tree.cut(count).of_row, fcluster(theirs, count, "maxclust")
        assert len(set(zip(ours.tolist(), other.tolist(), strict=True))) == count


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_groups_far_apart_are_found(metric: str) -> None:
    cut = cluster_tree(groups(60), metric).cut(4)
    assert cut.sizes.tolist() == [15] * 4
    assert cut.of_row[:4].tolist() == [0, 1, 2, 3]  # of groups as large the one that begins earlier is first
    np.testing.assert_array_equal(cut.of_row, np.arange(60) % 4)


def test_a_finer_cut_only_splits_groups() -> None:
    tree = cluster_tree(groups(80), "euclidean")
    before = tree.cut(1).of_row
    for count in range(2, tree.most + 1):
        after = tree.cut(count).of_row
        assert len(set(after.tolist())) == count
        assert len(set(zip(before.tolist(), after.tolist(), strict=True))) == count  # none has parts in two older ones
        before = after


def test_cosine_groups_directions() -> None:
    x = np.array([[1, 0], [100, 1], [0, 1], [2, 300]], np.float32)
    np.testing.assert_array_equal(cluster_tree(x, "cosine").cut(2).of_row, [0, 0, 1, 1])
    assert cluster_tree(x, "euclidean").cut(2).of_row.tolist() != [0, 0, 1, 1]


def test_groups_are_named_by_their_most_typical_members_and_by_class() -> None:
    x = np.array([[0, 0], [1, 0], [4, 0], [50, 50], [51, 50], [58, 50], [52, 50]], np.float32)
    labels = ["cat", "dog", "cow", "red", "blue", "gray", "pink"]
    named = (
        cluster_tree(x, "euclidean").cut(2).named(labels, ["animal", "animal", None, "colour", "colour", "animal", ""])
    )
    assert [group.size for group in named] == [4, 3]
    assert named[0].members == ("pink", "blue", "red")
    assert named[1].members[0] == "dog"
    assert [(group.kind, group.share) for group in named] == [("colour", 0.5), ("animal", 2 / 3)]
    assert cluster_tree(x, "euclidean").cut(2).named(labels)[0].kind is None


def test_the_same_vectors_give_the_same_tree_and_are_not_changed() -> None:
    x = groups(50)
    before = x.copy()
    first, second = cluster_tree(x), cluster_tree(x)
    np.testing.assert_array_equal(first.merges, second.merges)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("x", [np.ones((9, 3)), np.repeat(groups(5), 4, axis=0), groups(2), groups(20) * 1e30])
def test_odd_rows_have_a_tree_too(x: np.ndarray) -> None:
    tree = cluster_tree(x.astype(np.float32), "euclidean")
    assert np.isfinite(tree.heights).all()
    assert sorted(tree.merges.ravel().tolist()) == list(range(2 * len(x) - 2))
    assert tree.cut(len(x)).sizes.tolist() == [1] * len(x)


def test_many_rows_are_gathered_first_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.clusters.MOST_EXACT", 300)
    monkeypatch.setattr("core.clusters._GATHERED", 60)
    x = groups(400)
    tree = cluster_tree(x)
    assert str(tree.notes[0]).startswith("400 rows were first gathered into")
    assert tree.most <= 60
    np.testing.assert_array_equal(tree.cut(4).of_row, np.arange(400) % 4)
    np.testing.assert_array_equal(cluster_tree(x).merges, tree.merges)
    assert cluster_tree(x[:300]).notes == ()


@pytest.mark.parametrize("count", [0, 21, 2.5])
def test_a_cut_has_from_1_to_all_groups(count: object) -> None:
    with pytest.raises(ParameterError, match="count"):
        cluster_tree(groups(20)).cut(count)  # type: ignore[arg-type]


def test_what_has_no_groups_is_refused() -> None:
    with pytest.raises(DataError, match="at least 2 rows; there is 1"):
        cluster_tree(groups(1))
    with pytest.raises(DataError, match="Row 2 of vectors is all zeros"):
        cluster_tree(np.array([[1, 2], [0, 0]], np.float32))
    with pytest.raises(DataError, match="3 labels but 20 vectors"):
        cluster_tree(groups(20)).cut(2).named(["a", "b", "c"])
