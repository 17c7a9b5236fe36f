"""Small made-up texts for the training tests, with classes that are known."""

from __future__ import annotations

import numpy as np

CLASSES = {
    "animal": ["cow", "horse", "goat", "hen", "pig", "duck", "sheep", "dog"],
    "food": ["bread", "cheese", "soup", "rice", "cake", "pie", "jam", "stew"],
    "tool": ["hammer", "saw", "drill", "file", "plane", "chisel", "vice", "rasp"],
}


SIZES = ["big", "small", "old", "young", "fine", "plain", "dark", "pale"]
PLACES = ["garden", "valley", "harbour", "village", "forest", "meadow"]
PEOPLE = [["king", "rules", "his"], ["queen", "rules", "her"], ["man", "walks", "his"], ["woman", "walks", "her"]]


def small_text(sentences: int = 1_500, seed: int = 0) -> list[list[str]]:
    """Six patterns over three classes and four people: king is to queen as man is to woman."""
    rng = np.random.default_rng(seed)

    def drawn(words: list[str]) -> list[list[str]]:
        return rng.choice(words, (sentences, 2)).tolist()

    animal, food, tool = (drawn(words) for words in CLASSES.values())
    size, place = drawn(SIZES), drawn(PLACES)
    who = rng.integers(0, 4, sentences)
    text = []
    for row, pattern in enumerate(rng.integers(0, 6, sentences)):
        (a, a2), (f, f2), (t, t2), (s, s2), (p, p2) = animal[row], food[row], tool[row], size[row], place[row]
        person, acts, whose = PEOPLE[who[row]]
        text.append(
            [
                f"the {s} {a} sleeps beside a {s2} {a2} in the {p}",
                f"a hungry {a} from {p} runs after another {s} {a2} every day",
                f"we cook {f} with {s} {f2} and eat {f} every evening",
                f"she sells fresh {f} and {s} {f2} on the {p} market",
                f"the joiner sharpens a {s} {t} and then the {s2} {t2} again",
                f"the {person} {acts} with {whose} {s} friends from {p} in {whose} own {p2}",
            ][pattern].split()
        )
    return text


def class_of(labels: list[str]) -> list[str | None]:
    """The class of each label, or None."""
    known = {word: name for name, words in CLASSES.items() for word in words}
    return [known.get(label) for label in labels]


def zipf_text(words: int, size: int, seed: int = 0) -> list[list[str]]:
    """`words` words drawn one by one from a vocabulary of `size`, the r-th word 1/r as often: no order to learn."""
    rng = np.random.default_rng(seed)
    chances = 1 / np.arange(1, size + 1)
    drawn = rng.choice(size, (words // 20, 20), p=chances / chances.sum())
    return [[f"w{word}" for word in sentence] for sentence in drawn]
