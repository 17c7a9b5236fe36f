"""R asked after its training: verdicts, all words ranked in one slot, and the rows that one step moves."""

from __future__ import annotations

import numpy as np
import pytest

from core.embedding import Embedding
from core.errors import DataError, ParameterError, UnknownLabel
from core.training import Judge, preview, train
from tests.core.training_texts import CLASSES, small_text

TEXT = small_text()
WINDOW = ["we", "cook", "bread", "with", "fine"]


@pytest.fixture(scope="module", params=["logistic", "hinge"])
def trained(request: pytest.FixtureRequest) -> Embedding:
    return train(TEXT, dim=16, epochs=12, loss=request.param)


def test_valid_windows_score_above_their_broken_twins(trained: Embedding) -> None:
    judge = Judge(trained)
    pairs = [pair for pair in preview(TEXT, count=200, seed=1).pairs if not pair.attested]
    right = [judge.score(pair.words) > judge.score(pair.broken) for pair in pairs]
    assert np.mean(right) > 0.9


def test_the_verdict_is_a_probability_where_the_loss_gives_one() -> None:
    judge = Judge(train(TEXT, dim=16, epochs=12))
    valid, broken = judge.verdict(WINDOW), judge.verdict(["we", "cook", "bread", "with", "the"])
    assert valid.probability == pytest.approx(1 / (1 + np.exp(-valid.score)))
    assert valid.probability > 0.8 > 0.2 > broken.probability
    assert valid.score > 0 > broken.score
    assert Judge(train(TEXT, dim=4, epochs=1, loss="hinge")).verdict(WINDOW).probability is None


def test_the_ranking_of_a_slot_is_that_of_the_windows_scored_one_by_one(trained: Embedding) -> None:
    judge = Judge(trained)
    ranking = judge.rank(WINDOW, 2)
    assert sorted(ranking.labels) == sorted(trained.labels)
    assert [trained.labels[row] for row in ranking.rows] == ranking.labels
    one_by_one = [judge.score(["we", "cook", word, "with", "fine"]) for word in ranking.labels]
    assert ranking.scores == pytest.approx(one_by_one, abs=1e-4)
    assert (np.diff(ranking.scores) <= 0).all()
    assert ranking.rank(ranking.labels[3]) == 4
    assert set(ranking.labels[:5]) <= {*CLASSES["food"]}
    assert judge.rank(["we", "cook", "hammer", "with", "fine"], 2).labels == ranking.labels


@pytest.mark.parametrize("ranking", [False, True])
def test_a_step_moves_the_six_rows_as_a_plain_torch_step_does_and_no_other(ranking: bool) -> None:
    import torch

    embedding = train(TEXT, dim=8, epochs=3, loss="hinge" if ranking else "logistic")
    step = Judge(embedding).step(WINDOW, 2, "hammer", rate=0.5)
    assert step.labels == [*WINDOW, "hammer"]
    assert step.rows.tolist() == [embedding.index(label) for label in step.labels]

    table = torch.nn.Embedding.from_pretrained(torch.tensor(embedding.vectors), freeze=False)
    weights = {name: torch.tensor(array) for name, array in embedding.history.weights.items()}

    def loss() -> torch.Tensor:
        rows = torch.tensor(
            [[embedding.index(word) for word in words] for words in (WINDOW, ["we", "cook", "hammer", "with", "fine"])]
        )
        valid, broken = (
            torch.relu(table(rows).flatten(1) @ weights["R"] + weights["bias"]) @ weights["out"] + weights["offset"]
        )
        if ranking:
            return torch.relu(1 - valid + broken)
        return (torch.nn.functional.softplus(-valid) + torch.nn.functional.softplus(broken)) / 2

    before = loss()
    before.backward()
    torch.optim.SGD(table.parameters(), lr=0.5).step()
    moved = table.weight.detach().numpy() - embedding.vectors
    assert step.loss == pytest.approx(before.item(), abs=1e-5)
    assert step.loss_after == pytest.approx(loss().item(), abs=1e-5)
    assert step.changes == pytest.approx(moved[step.rows], abs=1e-6)
    assert step.lengths == pytest.approx(np.linalg.norm(moved[step.rows], axis=1), abs=1e-6)
    assert not np.delete(moved, step.rows, axis=0).any()


def test_a_step_leaves_the_embedding_as_it_was_and_helps(trained: Embedding) -> None:
    before = trained.vectors.copy()
    swap = Judge(trained).rank(WINDOW, 4).labels[1]  # R hardly tells this one
    step = Judge(trained).step(WINDOW, 4, swap if swap != WINDOW[4] else "dark", rate=0.05)
    assert (trained.vectors == before).all()
    assert step.loss_after < step.loss


def test_a_word_that_stands_twice_in_the_window_is_one_row() -> None:
    embedding = train([[*"abcab"], [*"bacba"], [*"cabca"]], dim=4, epochs=1, held_out=0.0)
    assert Judge(embedding).step([*"abcab"], 2, "a").labels == [*"abc"]


def test_what_r_cannot_be_asked_is_refused_with_the_mend(trained: Embedding) -> None:
    judge = Judge(trained)
    with pytest.raises(DataError, match="windows of 5 words; these are 2"):
        judge.score(["we", "cook"])
    with pytest.raises(UnknownLabel, match="bread"):
        judge.score(["we", "cook", "braed", "with", "fine"])
    with pytest.raises(ParameterError, match="0 to 4"):
        judge.rank(WINDOW, 5)
    with pytest.raises(DataError, match="already stands"):
        judge.step(WINDOW, 2, "bread")
    with pytest.raises(ParameterError, match="rate must be above 0"):
        judge.step(WINDOW, 2, "rice", rate=float("nan"))
    for other in (train(TEXT, "skip-gram", dim=4, epochs=1), Embedding(["a", "b"], np.eye(2))):
        with pytest.raises(DataError, match="five-gram"):
            Judge(other)
