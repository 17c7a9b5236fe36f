"""Home: its miniatures draw real values."""

from __future__ import annotations

import pytest

from core.encoders import encode
from dashboard import home_scenes


@pytest.mark.parametrize("language", home_scenes.READERS)
def test_the_angles_of_the_two_readers_are_those_of_the_encoder(language: str) -> None:
    reader, articles = home_scenes.READERS[language]
    embedding = encode([reader, *(tag for tag, _ in articles)])
    for tag, cosine in articles:
        assert embedding.similarity(reader, tag) == pytest.approx(cosine, abs=0.005)


@pytest.mark.parametrize("language", home_scenes.READERS)
def test_every_miniature_has_something_to_draw(language: str) -> None:
    scenes = home_scenes.scenes(language)
    assert len(scenes["neighbours"]) == len(scenes["table"]["labels"]) == 5
    assert len(scenes["words"]["named"]) >= 8
