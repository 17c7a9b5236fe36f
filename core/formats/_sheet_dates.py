"""Which cells of a workbook are dates: numbers of days whose style says so (ECMA-376, part 1, 18.8.30 and 18.17.4)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_BUILT_IN = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))  # 46 counts hours beyond a day
_NO_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')  # what is shown as it is, blanks, colours and conditions
_COUNTED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)  # a length of time, not a point in it
_PARTS = re.compile("[ymdhs]", re.IGNORECASE)
_MOST = 65_536  # styles
_LAST = 2_958_466  # days, the year 10000
_FIRST = 61.0  # of March 1900: Excel counts a day in February that there was not


class Styles:
    """Hears styles.xml; `dates` are the numbers of the styles of cells that show dates."""

    def __init__(self) -> None:
        self._codes: dict[str, bool] = {}
        self._inside, self._count = False, 0
        self.dates: set[int] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "numFmt" and len(self._codes) < _MOST:
            self._codes[attributes.get("numFmtId", "")] = is_date(attributes.get("formatCode", ""))
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside and self._count < _MOST:
            if self._is_date(attributes.get("numFmtId", "")):
                self.dates.add(self._count)
            self._count += 1

    def end(self, name: str) -> None:
        self._inside = self._inside and name.rpartition(":")[2] != "cellXfs"

    def text(self, text: str) -> None:
        """No text is wanted."""

    def _is_date(self, number: str) -> bool:
        known = self._codes.get(number)
        return number.isdecimal() and int(number[:9]) in _BUILT_IN if known is None else known


def is_date(code: str) -> bool:
    """Whether a format shows a year, month, day, hour, minute or second."""
    return _COUNTED.search(code) is None and _PARTS.search(_NO_CODE.sub("", code)) is not None


def iso(days: float, from_1904: bool) -> float | str:
    """A number of days as ISO 8601: a date, a time, or both; the number itself where there is no such day."""
    if not 0 <= days < _LAST:
        return days
    moment = timedelta(seconds=round(days * 86_400))
    if moment < timedelta(days=1):
        return (datetime(1904, 1, 1) + moment).time().isoformat() if moment else days
    begin = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30 + (days < _FIRST))
    try:
        when = begin + moment
    except OverflowError:
        return days
    return when.isoformat() if moment.seconds else when.date().isoformat()
