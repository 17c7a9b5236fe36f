"""Windows beside their broken twins before any training, and what a training is then given."""

from __future__ import annotations

import pytest

from core.errors import DataError, ParameterError
from core.jobs import tasks
from core.training import History, Preview, preview, train
from core.training.previewing import GAP
from tests.core.training_texts import small_text, zipf_text

TEXT = small_text()
ATTESTED = {tuple(sentence[at : at + 5]) for sentence in TEXT for at in range(len(sentence) - 4)}


def test_a_twin_differs_from_its_window_in_the_one_word_that_is_named() -> None:
    shown = preview(TEXT, count=40)
    assert len(shown.pairs) == 40
    for pair in shown.pairs:
        assert pair.words in ATTESTED
        assert [place for place in range(5) if pair.words[place] != pair.broken[place]] == [pair.slot]
        assert pair.broken[pair.slot] == pair.swap
        assert pair.attested == (pair.broken in ATTESTED)


def test_slots_are_shown_in_equal_shares_or_all_at_the_one_chosen() -> None:
    slots = [pair.slot for pair in preview(TEXT, count=20).pairs]
    assert sorted(slots) == sorted([0, 1, 2, 3, 4] * 4)
    assert {pair.slot for pair in preview(TEXT, slot="middle").pairs} == {2}
    assert {pair.slot for pair in preview(TEXT, slot="last", window=7).pairs} == {6}


def test_a_window_is_shown_with_the_words_around_it_in_its_sentence() -> None:
    sentences = {tuple(sentence) for sentence in TEXT}
    for pair in preview(TEXT, window=7).pairs:
        seen = (*pair.before, *pair.words, *pair.after)
        assert any(seen == sentence[at : at + len(seen)] for sentence in sentences for at in range(len(sentence)))
    rare = preview([[*"abcdeX"], [*"abcdea"], [*"bcdeab"]], min_count=2, held_out=0.0).pairs
    assert any(pair.after == (GAP,) for pair in rare)


@pytest.mark.parametrize("settings", [{}, {"power": 0.0, "seed": 3}, {"window": 7, "slot": "last", "held_out": 0.3}])
def test_the_numbers_are_those_of_the_training(settings: dict[str, object]) -> None:
    shown, history = preview(TEXT, **settings), train(TEXT, dim=4, epochs=6, **settings).history
    assert isinstance(history, History)
    assert (shown.windows, shown.held_out_windows) == (history.windows, history.held_out_windows)
    assert shown.frequency_auc == history.frequency_auc
    assert shown.attested_share == pytest.approx(history.attested_share, abs=0.01)
    assert shown.words == sum(map(len, TEXT))
    assert shown.vocabulary == len({word for sentence in TEXT for word in sentence})
    assert shown.sentences == len(TEXT)


def test_uniform_draws_give_broken_windows_away_by_their_rare_words() -> None:
    text = zipf_text(60_000, 2_000)
    shares = [preview(text, held_out=0.3, power=power).frequency_auc for power in (0.0, 0.75, 1.0)]
    assert shares[0] > 0.65 > 0.6 > shares[1] > 0.53 > shares[2]
    assert shares[2] == pytest.approx(0.5, abs=0.03)
    assert preview(text, held_out=0.3, sampler="uniform").frequency_auc == shares[0]


def test_with_nothing_held_out_the_shortcut_is_measured_on_the_training_windows() -> None:
    shown = preview(zipf_text(60_000, 2_000), held_out=0.0, power=0.0)
    assert (shown.held_out_windows, shown.repeated) == (0, 0)
    assert shown.frequency_auc > 0.65


def test_windows_kept_out_that_the_training_part_has_too_are_counted_apart() -> None:
    shown = preview([*TEXT, *TEXT], held_out=0.4)
    kept_out = shown.held_out_windows + shown.repeated
    assert shown.repeated > 0
    assert kept_out + shown.windows == 2 * sum(len(sentence) - 4 for sentence in TEXT)


def test_the_same_seed_shows_the_same_windows() -> None:
    assert preview(TEXT, seed=5) == preview(TEXT, seed=5) != preview(TEXT, seed=6)


def test_a_text_with_fewer_windows_than_wanted_shows_what_there_is() -> None:
    assert len(preview([[*"abcdef"]], held_out=0.0, count=12).pairs) == 2


@pytest.mark.parametrize(
    ("text", "settings", "said"),
    [
        (TEXT, {"count": 0}, "count must be"),
        (TEXT, {"window": 1}, "window must be"),
        (TEXT, {"wndow": 5}, "wndow must be one of"),
        ([["a", "b"]], {}, "shorter window"),
        ([["a", "a", "a", "a", "a"]], {}, "only one distinct word"),
        ([[*"abcdef"]], {}, "Only one sentence"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_mend(text, settings, said) -> None:
    with pytest.raises((ParameterError, DataError), match=said):
        preview(text, **settings)


def test_a_job_previews_a_built_in_corpus_a_text_or_sentences() -> None:
    shown = tasks.preview(lambda step: None, {"corpus": "small-world-zh"}, window=3, count=5)
    assert isinstance(shown, Preview)
    assert len(shown.pairs) == 5
    assert len(shown.pairs[0].words) == 3
    text = "The cat sat on the mat today. The dog lay on the rug at home."
    assert tasks.preview(lambda step: None, {"text": text}, held_out=0.0).vocabulary == 11
    assert tasks.preview(lambda step: None, TEXT).windows == preview(TEXT).windows
