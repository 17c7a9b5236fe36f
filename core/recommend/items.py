"""Where items come from: our articles and the films. (A table of the visitor's own: `reading`.)"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from core._assets import asset
from core.arrays import fingerprint
from core.errors import N_, ParameterError
from core.notes import Note

FILM_COLUMNS = ("genres", "directors", "countries", "languages")


@dataclass(frozen=True, slots=True)
class ItemTable:
    """n items: different `items` names, `tags` a list each (possibly empty), `texts` (n or none), what was noticed, and
    a hash of items and tags ("" where there is none)."""

    items: list[str]
    tags: list[list[str]]
    texts: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    key: str = ""


def articles(language: str = "en") -> ItemTable:
    """150 short articles written for Embedscope; `language` is "en" or "zh"."""
    if language not in ("en", "zh"):
        raise ParameterError("language", language, N_("one of: {known}"), known="en, zh")
    text = asset("articles", "articles.tsv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))
    return ItemTable(
        [row[f"title_{language}"] for row in rows],
        [row[f"tags_{language}"].split("|") for row in rows],
        [row[f"text_{language}"] for row in rows],
    )


def translated(tag: str, language: str) -> str:
    """A tag of our articles in the other language, "en" or "zh"; any other tag as it is."""
    other = "zh" if language == "en" else "en"
    pairs = zip(articles(other).tags, articles(language).tags, strict=True)
    return next((own[row.index(tag)] for row, own in pairs if tag in row), tag)


def films(columns: Sequence[str] = ("genres", "countries", "languages")) -> ItemTable:
    """16,975 films (Wikidata, CC0) whose tags are these of `FILM_COLUMNS`; a title that repeats gets its year."""
    for name in columns:
        if name not in FILM_COLUMNS:
            raise ParameterError("columns", name, N_("one of: {known}"), known=", ".join(FILM_COLUMNS))
    rows = list(csv.DictReader(io.StringIO(asset("films", "films.csv").read_text("utf-8"), newline="")))
    once: dict[str, int] = {}
    for row in rows:
        once[row["title"]] = once.get(row["title"], 0) + 1
    titles = [row["title"] if once[row["title"]] == 1 else f"{row['title']} ({row['year']})" for row in rows]
    items, _ = numbered(titles)
    return ItemTable(items, [[tag for name in columns for tag in row[name].split("|") if tag] for row in rows])


def walks(language: str = "en") -> ItemTable:
    """A dozen walks written for Embedscope: what a table of one's own may look like. `language` is "en" or "zh"."""
    text = _WALKS["zh" if language == "zh" else "en"]
    rows = [line.split(",") for line in text.splitlines()]
    items, tags = [row[0] for row in rows], [row[1].split("|") for row in rows]
    return ItemTable(items, tags, key=fingerprint(items, tags))


_WALKS = {
    "en": """Along the old canal,easy|water|city
Round the reservoir,easy|water|birds
Up the ridge before dawn,steep|mountain|sunrise
Through the beech wood,easy|forest|autumn
The three bridges,city|history|water
Down to the tidal flats,coast|birds|easy
The lighthouse and back,coast|history|windy
Over the pass with snow,steep|mountain|winter
The orchard lanes,easy|village|spring
Ruins above the village,history|village|steep
The waterfall ladder,steep|forest|waterfall
Night walk on the dunes,coast|night|stars""",
    "zh": """沿着老运河走,轻松|水边|城市
绕水库一圈,轻松|水边|鸟
天亮前上山脊,陡峭|山|日出
穿过山毛榉林,轻松|森林|秋天
三座桥,城市|历史|水边
走到滩涂去,海岸|鸟|轻松
灯塔来回,海岸|历史|大风
翻过积雪的山口,陡峭|山|冬天
果园小路,轻松|村庄|春天
村子上头的遗址,历史|村庄|陡峭
瀑布边的石阶,陡峭|森林|瀑布
沙丘夜行,海岸|夜晚|星星""",
}


def numbered(titles: list[str]) -> tuple[list[str], list[str]]:
    """(titles with " (2)", " (3)" behind those that repeat, the ones that did)."""
    taken, items, repeated = set(titles), [], []
    seen: dict[str, int] = {}
    for title in titles:
        name, number = title, seen.get(title, 0) + 1
        if number > 1:
            repeated.append(title)
            while f"{title} ({number})" in taken:
                number += 1
            name = f"{title} ({number})"
            taken.add(name)
        seen[title] = number
        items.append(name)
    return items, repeated
