"""Neighbours, analogies and odd ones out: exact, honest about ties, zeros and unknown labels."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.embedding import METRICS, Embedding, Neighbour
from core.errors import CoreError, DataError, ParameterError, UnknownLabel


def random_embedding(n: int = 300, d: int = 20, seed: int = 0) -> Embedding:
    vectors = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    return Embedding([f"w{row}" for row in range(n)], vectors)


def plain_scores(vectors: np.ndarray, query: np.ndarray, metric: str) -> np.ndarray:
    """The textbook formula in double precision, one line a metric."""
    x, q = vectors.astype(np.float64), query.astype(np.float64)
    if metric == "euclidean":
        return np.linalg.norm(x - q, axis=1)
    return x @ q if metric == "dot" else x @ q / np.linalg.norm(x, axis=1) / np.linalg.norm(q)


def labels_of(answer: list[Neighbour]) -> list[str]:
    return [item.label for item in answer]


# --- nearest ---------------------------------------------------------------------------------


@pytest.mark.parametrize("metric", METRICS)
def test_nearest_agrees_with_scoring_every_row(metric: str) -> None:
    embedding = random_embedding()
    scores = plain_scores(embedding.vectors, embedding.vector("w7"), metric)
    order = [row for row in np.argsort(scores if metric == "euclidean" else -scores) if row != 7][:25]
    answer = embedding.nearest("w7", k=25, metric=metric)
    assert [item.index for item in answer] == order
    assert [item.score for item in answer] == pytest.approx(scores[order], rel=1e-9)


@pytest.mark.parametrize("metric", METRICS)
def test_ranks_hold_where_float32_cannot_tell_rows_apart(metric: str) -> None:
    """Far from the origin a float32 product has no digits left for the differences between rows."""
    rng = np.random.default_rng(1)
    vectors = (5000 + rng.normal(size=(400, 8))).astype(np.float32)
    embedding = Embedding([str(row) for row in range(400)], vectors)
    scores = plain_scores(vectors, vectors[0], metric)
    order = [row for row in np.argsort(scores if metric == "euclidean" else -scores, kind="stable") if row != 0]
    assert [item.index for item in embedding.nearest("0", k=50, metric=metric)] == order[:50]


@given(
    arrays(np.float32, (6, 3), elements=st.floats(-(2.0**100), 2.0**100, width=32, allow_subnormal=False)),
    st.sampled_from(METRICS),
)
@settings(deadline=None, max_examples=150)
def test_any_finite_vectors_give_an_ordered_answer_or_a_sentence(vectors: np.ndarray, metric: str) -> None:
    embedding = Embedding(list("abcdef"), vectors)
    if metric == "cosine" and not vectors[0].any():
        with pytest.raises(DataError, match="zero vector"):
            embedding.nearest("a", metric=metric)
        return
    answer = embedding.nearest("a", metric=metric)
    scores = [item.score for item in answer]
    assert scores == sorted(scores, reverse=metric != "euclidean")
    assert np.isfinite(scores).all()
    left_out = 0 if metric != "cosine" else int((~vectors[1:].any(axis=1)).sum())
    assert len(answer) == 5 - left_out


def test_equal_rows_score_equally_and_keep_their_order() -> None:
    row = np.random.default_rng(2).normal(size=33)
    embedding = Embedding([str(i) for i in range(70)], np.tile(row, (70, 1)))
    answer = embedding.nearest("3", k=70)
    assert [item.index for item in answer] == [i for i in range(70) if i != 3]
    assert len({item.score for item in answer}) == 1


def test_a_vector_finds_its_own_row_and_a_label_does_not() -> None:
    embedding = random_embedding()
    assert embedding.nearest(embedding.vector("w5"), k=1)[0] == Neighbour("w5", pytest.approx(1.0), 5)
    assert "w5" not in labels_of(embedding.nearest("w5", k=len(embedding)))


def test_excluded_labels_are_left_out() -> None:
    embedding = random_embedding()
    first, second, third = labels_of(embedding.nearest("w0", k=3))
    assert labels_of(embedding.nearest("w0", k=1, exclude=[first, second])) == [third]
    with pytest.raises(UnknownLabel):
        embedding.nearest("w0", exclude=["nobody"])


def test_more_neighbours_than_rows_gives_all_the_others() -> None:
    embedding = random_embedding(n=5)
    assert sorted(labels_of(embedding.nearest("w0", k=99))) == ["w1", "w2", "w3", "w4"]
    assert Embedding(["only"], [[1.0]]).nearest("only") == []


def test_a_row_of_zeros_is_never_a_cosine_answer_but_has_a_distance() -> None:
    embedding = Embedding(["a", "b", "zero"], [[1, 0], [0, 1], [0, 0]])
    assert labels_of(embedding.nearest("a")) == ["b"]
    assert embedding.nearest("a", metric="euclidean")[0] == Neighbour("zero", 1.0, 2)
    assert labels_of(embedding.nearest("zero", metric="dot")) == ["a", "b"]


def test_vectors_are_never_normalised() -> None:
    vectors = np.array([[3.0, 4.0], [30.0, 40.0]], dtype=np.float32)
    embedding = Embedding(["short", "long"], vectors)
    embedding.nearest("short")
    assert np.array_equal(embedding.vector("long"), [30, 40])
    assert embedding.similarity("short", "long", "dot") == 250
    assert embedding.similarity("short", "long", "euclidean") == 45
    assert embedding.similarity("short", "long") == 1


# --- analogies -------------------------------------------------------------------------------


def gensim_vectors(embedding: Embedding):  # type: ignore[no-untyped-def]
    keyed = pytest.importorskip("gensim.models").KeyedVectors(embedding.dim)
    keyed.add_vectors(embedding.labels, np.array(embedding.vectors))
    return keyed


@pytest.mark.parametrize(
    ("positive", "negative"),
    [(["w1", "w2"], ["w3"]), (["w1"], []), (["w4", "w5", "w6"], []), ([], ["w9"]), (["w1"], ["w2", "w3"])],
)
def test_analogies_agree_with_gensim_most_similar(positive: list[str], negative: list[str]) -> None:
    embedding = random_embedding()
    theirs = gensim_vectors(embedding).most_similar(positive=positive, negative=negative, topn=20)
    ours = embedding.analogy(positive, negative, k=20)
    assert labels_of(ours) == [label for label, _ in theirs]
    assert [item.score for item in ours] == pytest.approx([score for _, score in theirs], abs=1e-5)


def test_nearest_agrees_with_gensim_for_a_vector() -> None:
    embedding = random_embedding()
    query = np.random.default_rng(9).normal(size=embedding.dim)
    theirs = gensim_vectors(embedding).similar_by_vector(query.astype(np.float32), topn=10)
    assert labels_of(embedding.nearest(query)) == [label for label, _ in theirs]


def test_the_odd_one_out_agrees_with_gensim() -> None:
    embedding = random_embedding()
    keyed = gensim_vectors(embedding)
    for start in range(0, 60, 5):
        asked = [f"w{row}" for row in range(start, start + 5)]
        assert embedding.odd_one_out(asked) == keyed.doesnt_match(asked)


def test_inputs_come_back_only_when_asked_for() -> None:
    embedding = Embedding(["king", "man", "woman", "queen"], [[1, 0.1], [0.9, 0], [0.9, 0.2], [1, 0.4]])
    assert labels_of(embedding.analogy(["king", "woman"], ["man"], k=9)) == ["queen"]
    honest = labels_of(embedding.analogy(["king", "woman"], ["man"], k=9, exclude_inputs=False))
    assert sorted(honest) == ["king", "man", "queen", "woman"]


def test_one_positive_is_the_same_question_as_nearest() -> None:
    embedding = random_embedding()
    for metric in METRICS:
        sums, words = embedding.analogy("w3", metric=metric), embedding.nearest("w3", metric=metric)
        assert labels_of(sums) == labels_of(words)
        assert [item.score for item in sums] == pytest.approx([item.score for item in words])


def test_distances_are_measured_from_the_sum_and_from_the_middle_of_two_positives() -> None:
    embedding = Embedding(["a", "b", "c"], [[4, 0], [1, 0], [0, 2]])
    assert np.allclose(embedding.combine(["a", "c"], ["b"], "euclidean"), [3, 2])
    assert np.allclose(embedding.combine(["a", "c"], [], "euclidean"), [2, 1])
    assert np.allclose(embedding.combine(["a", "c"], ["b"], "cosine"), [0, 1 / 3])


def test_inputs_that_cancel_out_are_refused() -> None:
    embedding = Embedding(["a", "minus a", "b"], [[1, 2], [-3, -6], [0, 1]])
    for question in ((["a"], ["a"]), (["a", "minus a"], [])):
        with pytest.raises(DataError, match="cancel out"):
            embedding.analogy(*question)
    with pytest.raises(DataError, match="cancel out"):
        Embedding(list("abcd"), [[1, 0], [-1, 0], [0, 1], [0, -2]]).odd_one_out("abcd")


def test_nothing_to_look_for_is_refused() -> None:
    with pytest.raises(DataError, match="at least one"):
        random_embedding().analogy([], [])


def test_the_odd_one_out_of_two_does_not_exist() -> None:
    with pytest.raises(DataError, match="at least 3"):
        random_embedding().odd_one_out(["w1", "w2", "w1"])


# --- what is refused -------------------------------------------------------------------------


def test_repeated_labels_are_named() -> None:
    with pytest.raises(DataError, match="cat stands in rows 2 and 4"):
        Embedding(["dog", "cat", "bird", "cat", "dog"], np.ones((5, 2)))


@pytest.mark.parametrize(
    ("labels", "vectors", "metadata", "says"),
    [
        (["a"], [[1], [2]], None, "1 labels but 2 vectors"),
        (["a", 5], [[1], [2]], None, "Label 2 is 5"),
        (["a", "b"], [[1], [2]], {"class": ["x"]}, "Column class has 1 values"),
        (["a", "b"], [[1], [float("nan")]], None, "Row 2"),
        ([], np.empty((0, 3)), None, "empty"),
        (["a"], ["x"], None, "numbers"),
    ],
)
def test_an_embedding_that_does_not_fit_together_is_refused(labels, vectors, metadata, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match=says):
        Embedding(labels, vectors, metadata)


@pytest.mark.parametrize("k", [0, -1, 2.5, "ten"])
def test_k_must_be_a_whole_number_of_at_least_one(k: object) -> None:
    with pytest.raises(ParameterError, match="at least 1"):
        random_embedding().nearest("w1", k=k)  # type: ignore[arg-type]


def test_an_unknown_metric_lists_the_known_ones() -> None:
    for ask in (random_embedding().nearest, random_embedding().analogy):
        with pytest.raises(ParameterError, match="cosine, euclidean, dot"):
            ask("w1", metric="manhattan")
    with pytest.raises(ParameterError, match="cosine, euclidean, dot"):
        random_embedding().similarity("w1", "w2", "manhattan")


@pytest.mark.parametrize("query", [[1, 2], np.ones((2, 20)), [float("nan")] * 20, [1e300] * 20, [object()] * 20])
def test_a_query_that_is_no_vector_of_this_space_is_refused(query: object) -> None:
    with pytest.raises(DataError, match="query"):
        random_embedding().nearest(query)  # type: ignore[arg-type]


def test_an_unknown_label_is_a_key_error_with_spellings() -> None:
    embedding = Embedding(["king", "queen"], [[1], [2]])
    with pytest.raises(KeyError, match="Nearest spellings: king") as caught:
        embedding.nearest("kingg")
    assert isinstance(caught.value, CoreError)
    for ask in (embedding.vector, embedding.index):
        with pytest.raises(UnknownLabel):
            ask("nobody")


# --- what it is ------------------------------------------------------------------------------


def test_labels_are_found_by_name() -> None:
    embedding = random_embedding(n=10)
    assert len(embedding) == 10
    assert embedding.index("w4") == 4
    assert "w4" in embedding
    assert "W4" not in embedding
    assert 4 not in embedding
    assert np.array_equal(embedding.vector("w4"), embedding.vectors[4])


def test_the_vectors_of_a_shared_embedding_cannot_be_written() -> None:
    embedding = random_embedding()
    with pytest.raises(ValueError, match="read-only"):
        embedding.vector("w1")[0] = 1
    mine = np.ones((1, 2), dtype=np.float32)
    Embedding(["a"], mine)
    mine[0, 0] = 2  # the caller's own array stays the caller's


def test_a_pickle_carries_no_caches_and_answers_the_same() -> None:
    embedding = random_embedding()
    embedding.metadata["class"] = ["x"] * 300
    embedding.history = {"loss": [0.7]}
    fresh = len(pickle.dumps(embedding))
    before = (embedding.nearest("w1"), embedding.fingerprint)
    assert len(pickle.dumps(embedding)) == fresh
    back = pickle.loads(pickle.dumps(embedding))
    assert (back.nearest("w1"), back.fingerprint) == before
    assert (back.metadata, back.history) == (embedding.metadata, embedding.history)
    assert not back.vectors.flags.writeable


def test_the_fingerprint_knows_labels_from_each_other() -> None:
    ones = np.ones((2, 1))
    assert Embedding(["ab", "c"], ones).fingerprint != Embedding(["a", "bc"], ones).fingerprint
    assert Embedding(["ab", "c"], ones).fingerprint == Embedding(["ab", "c"], ones).fingerprint
    assert Embedding(["ab", "c"], ones).fingerprint != Embedding(["ab", "c"], ones * 2).fingerprint


def test_rows_are_taken_with_their_metadata() -> None:
    embedding = Embedding(["a", "b", "c"], [[1], [2], [3]], {"class": ["x", "y", "z"]})
    part = embedding.take([2, 0])
    assert (part.labels, part.metadata, part.vectors.tolist()) == (["c", "a"], {"class": ["z", "x"]}, [[3], [1]])


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("scale", [1.0, 1e-20, 1e20])
@pytest.mark.parametrize("kind", ["random", "equal rows", "one long row", "a zero row"])
def test_one_reading_of_many_rows_misses_none(metric: str, scale: float, kind: str) -> None:
    """The short list found in float32 holds every answer of exact arithmetic, in the same order."""
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(9000, 6))
    if kind == "equal rows":
        vectors = vectors[rng.integers(0, 40, 9000)]
    if kind == "one long row":
        vectors[77] *= 1e5
    if kind == "a zero row":
        vectors[88] = 0
    vectors = (vectors * scale).astype(np.float32)
    embedding = Embedding([str(row) for row in range(9000)], vectors)
    exact = vectors.astype(np.float64)
    if metric == "cosine":
        lengths = np.linalg.norm(exact, axis=1)
        near = exact @ exact[5] / np.where(lengths > 0, lengths, np.inf) / lengths[5] - (lengths == 0) * 9
    else:
        near = exact @ exact[5] if metric == "dot" else -np.linalg.norm(exact - exact[5], axis=1)
    near[5] = -np.inf
    found = embedding.nearest("5", 2, metric)
    wanted = np.sort(near)[::-1][:2]
    np.testing.assert_allclose([near[one.index] for one in found], wanted, rtol=1e-12)
    assert found[0].index == int(np.argmax(near)) or kind == "equal rows"
