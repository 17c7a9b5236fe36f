"""Every error raised on purpose: it names the value, the rule and the mend.

An error carries its English sentence as a template with named placeholders and the values
that fill it, so a page can look up the translation of the template and fill in the same
values. Errors cross process borders: `__reduce__` rebuilds them from those two.
"""

from __future__ import annotations


def N_(sentence: str) -> str:
    """Mark a sentence for translation and return it unchanged; pages look it up when they show it."""
    return sentence


class CoreError(Exception):
    """`template` is a whole English sentence with named placeholders; `values` fill them."""

    def __init__(self, template: str, /, **values: object) -> None:
        super().__init__(template, values)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template.format(**self.values)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.template, self.values)


def _rebuild(kind: type[CoreError], template: str, values: dict[str, object]) -> CoreError:
    error = kind.__new__(kind)
    CoreError.__init__(error, template, **values)
    return error


class ParameterError(CoreError, ValueError):
    """A setting outside its range. `want` is the rule as a phrase: "at least 1"."""

    def __init__(self, name: str, value: object, want: str, /, **values: object) -> None:
        super().__init__(
            N_("{name} must be {want}; got {value}."),
            name=name, value=_short(value), want=want, **values,
        )  # fmt: skip

    def __str__(self) -> str:
        want = str(self.values["want"]).format(**self.values)
        return self.template.format(**{**self.values, "want": want})


class DataError(CoreError, ValueError):
    """Input that cannot be used: text, image, vectors, file."""


class UnknownLabel(CoreError, KeyError):
    """A label the embedding does not hold; `suggestions` are the nearest spellings."""

    def __init__(self, label: object, suggestions: list[str]) -> None:
        if suggestions:
            template = N_("{label} is not in this embedding. Nearest spellings: {suggestions}.")
        else:
            template = N_("{label} is not in this embedding, and nothing in it is spelled like it.")
        super().__init__(template, label=_short(label), suggestions=", ".join(suggestions), nearest=tuple(suggestions))

    @property
    def suggestions(self) -> tuple[str, ...]:
        """The nearest spellings, nearest first."""
        nearest: tuple[str, ...] = self.values["nearest"]  # type: ignore[assignment]
        return nearest

    __str__ = CoreError.__str__  # KeyError would show the repr of the arguments


class PositionOutOfRange(CoreError, IndexError):
    """A learned table has no row there: it was not trained on that position."""

    def __init__(self, position: int, length: int) -> None:
        super().__init__(
            N_("Position {position} has no row: this table was learned for positions 0 to {last}."),
            position=position, last=length - 1,
        )  # fmt: skip


class MissingPart(CoreError, ImportError):
    """An optional package is not installed; `install` is the command that mends it."""

    def __init__(self, part: str, install: str) -> None:
        super().__init__(N_("{part} is not installed. Install it with: {install}"), part=part, install=install)


class WorkerLost(CoreError, RuntimeError):
    """The worker process died under the job: killed, or out of memory."""

    def __init__(self) -> None:
        super().__init__(
            N_("The worker that computed this was lost (killed, or out of memory). Nothing was changed; start it again, with less data if it keeps happening.")
        )  # fmt: skip


class JobCancelled(BaseException):
    """Somebody asked the running job to end. Not an Exception: a library's `except Exception` must not swallow it."""


def _short(value: object, limit: int = 80) -> str:
    shown = str(value)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
