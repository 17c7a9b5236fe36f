"""What a shift does: one rotation for all positions, and a dot product that knows the distance only."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.errors import N_
from dashboard import links
from dashboard.components.plot import plot
from dashboard.frame import View, reading, tries
from dashboard.i18n import _
from dashboard.position_views import tables
from dashboard.position_views.places import offer, places, told

TITLE = N_("Shift")
KEY = "pos_shift"
SHOWN = 64  # dimensions of the turned code
BITS = 12  # a value, at most
SEARCHED = 4096  # distances in which the first rise is looked for


def render(view: View) -> None:
    from core.figures.position_shifts import ShiftWords, shift_board
    from core.positions import dot_by_distance, wavelengths

    with view.controls:
        length, asked = tables.size()
        dim = max(2, asked - asked % 2)
        start = links.setting(
            st.slider, _("Start p"), key="pos_start", default=20, low=0, high=512,
            help=_("The position whose code is turned. The turn is the same for every p."),
        )  # fmt: skip
        base = tables.base(st.expander(_("More")))
        if dim != asked:
            st.caption(_("A rotation needs a cosine for every sine, so {dim} dimensions are shown instead of {asked}.").format(dim=dim, asked=asked))  # fmt: skip
        files = st.expander(_("Tables"))
    rise = _rise(dim, base)
    waves = wavelengths(dim, base)
    distinct = _distinct(length, dim, base)
    dots = dot_by_distance(dim, np.arange(length), base)
    tables.downloads(files, dots[:, None], "dot-by-distance", {"distance": np.arange(length)}, ["dot product"])
    words = ShiftWords(
        distance=_("distance k"),
        dot=_("dot product"),
        pair=_("pair"),
        wavelength=_("wavelength"),
        dots=_("Dot product of two codes that are k apart"),
        waves=_("How many positions each wave takes; full once it has come round"),
        rise=_("first rise: from {k} to {next}").format(k=rise, next=(rise or 0) + 1),
        whole=_("length of the table: {length}").format(length=length),
        limit=_("2 positions: a shorter wave would alias"),
        turned=_("Code of p = {start} (grey), of p + k (line), and R_k times the first (dots)").format(start=start)
        + _first(dim),
        dimension=_("dimension i"),
        bits=_("Positions told apart by b bits a value"),
        apart=_("different codes"),
        told=_("bits b a value"),
    )
    with view.picture:
        at = places(KEY, {"k": (length - 1, 5)})
        board = shift_board(dots, rise, _turns(start, length, dim, base), waves, distinct, length, words)
        alt = _(
            "The dot product of two position codes against their distance, the wavelength of each pair, and how many positions so many bits tell apart."
        )
        plot(board, key=KEY, alt=alt, sliders=at, link=at)
    with view.reading:
        _reading(length, dim, base, at["k"], rise)
        _apart(length, dim, waves, distinct)
    view.status(*_receipt(length, dim, base, rise, waves))


@st.cache_data(show_spinner=False, max_entries=256)
def _rise(dim: int, base: float) -> int | None:
    from core.positions import first_rise

    return first_rise(dim, base, limit=SEARCHED)


@st.cache_data(show_spinner=False, max_entries=256)
def _residual(length: int, dim: int, base: float, k: int) -> float:
    """The largest difference between R_k code(p) and code(p + k) over all p in the table."""
    from core.positions import rotation, sinusoidal

    codes = sinusoidal(length + k, dim, base=base)
    return float(np.abs(codes[:length] @ rotation(dim, k, base=base).T - codes[k:]).max())


@st.cache_data(show_spinner=False, max_entries=256)
def _distinct(length: int, dim: int, base: float) -> np.ndarray:
    """How many codes of the table stay different with 1, 2, ... bits a value, up to the first number that is enough."""
    from core.positions import distinct_codes, sinusoidal

    codes = sinusoidal(length, dim, base=base)
    counts: list[int] = []
    while len(counts) < BITS and (not counts or counts[-1] < length or len(counts) < 4):
        counts.append(distinct_codes(codes, len(counts) + 1))
    return np.array(counts)


def _first(dim: int) -> str:
    return _(", first {shown} dimensions").format(shown=SHOWN) if dim > SHOWN else ""


def _turns(start: int, length: int, dim: int, base: float) -> tuple[np.ndarray, np.ndarray]:
    """code(start + k) and R_k code(start) for k = 0 .. length - 1, (length, dimensions shown) each."""
    from core.positions import sinusoidal, turned

    codes = sinusoidal(start + length, dim, base=base)
    shown = min(dim, SHOWN)
    return codes[start:, :shown], turned(codes[start], np.arange(length), base)[:, :shown]


def _apart(length: int, dim: int, waves: np.ndarray, distinct: np.ndarray) -> None:
    """What tells positions apart, measured: bits, and where each pair begins to repeat."""
    enough = np.flatnonzero(distinct >= length)
    if len(enough):
        st.markdown(
            _("**Bits.** With [−1, 1] cut into 2ᵇ equal steps a value, b = **{bits}** is the least that keeps all {length} codes different: {whole} bits a code, where a plain counter needs {counter}.")
            .format(bits=enough[0] + 1, length=length, whole=(enough[0] + 1) * dim, counter=max(1, int(np.ceil(np.log2(length)))))
        )  # fmt: skip
    else:
        st.markdown(_("**Bits.** With [−1, 1] cut into 2ᵇ equal steps a value, even b = {bits} leaves only {count} of {length} codes different.").format(bits=len(distinct), count=distinct[-1], length=length))  # fmt: skip
    st.markdown(
        _("**Aliasing.** The fastest wave takes {fastest} positions, more than two, so none is sampled too seldom. But a pair cannot tell positions one wave apart: pair 0 repeats from distance {fastest} on, the last one from {slowest}.")
        .format(fastest=f"{waves[0]:.2f}", slowest=f"{waves[-1]:,.0f}")
    )  # fmt: skip


def _reading(length: int, dim: int, base: float, k: int, rise: int | None) -> None:
    st.latex(
        r"\begin{gathered}code(p+k)=R_k\,code(p)\\R_k:\begin{pmatrix}\cos\omega_i k&\sin\omega_i k\\-\sin\omega_i k&\cos\omega_i k\end{pmatrix}\end{gathered}"
    )
    reading(
        _("Moving k places turns every clock by its own fixed angle, from any start: one matrix for all positions. So the dot product of two codes depends on their distance only, and not on where they stand."),
        _("A smaller dot product does not mean farther away. The curve falls at first, then rises and falls again, so one value can belong to several distances."),
    )  # fmt: skip
    st.markdown(
        _("For k = {k} the largest difference between the two sides, over {length} positions, is **{residual}**: rounding.")
        .format(k=k, length=length, residual=f"{_residual(length, dim, base, k):.1e}".replace("-", "−"))
    )  # fmt: skip
    tries()
    if rise is not None and rise < length:
        offer(
            "rise",
            _("Go to the first rise"),
            _("From here one place further looks nearer, not farther."),
            sliders={"k": rise},
        )
    offer("wide", _("512 dimensions"), _("More waves, another curve: look where the first rise comes now."), widgets={"pos_dim": 512, "pos_length": max(length, 128)})  # fmt: skip
    offer("few", _("4 dimensions"), _("Two waves only, one fast and one slow: the dot product swings almost all the way back at every turn of the fast one."), widgets={"pos_dim": 4})  # fmt: skip
    told()


def _receipt(length: int, dim: int, base: float, rise: int | None, waves: np.ndarray) -> list[str]:
    inside = int((waves <= length).sum())
    return [
        _("{dim} dimensions, base {base}").format(dim=dim, base=f"{base:.0f}"),
        _("first rise from k = {k} to {next}").format(k=rise, next=rise + 1) if rise is not None else _("no rise up to k = {limit}").format(limit=SEARCHED),
        _("wavelengths {low} to {high} positions").format(low=f"{waves[0]:.2f}", high=f"{waves[-1]:,.1f}"),
        _("{inside} of {pairs} waves come round within {length} positions").format(inside=inside, pairs=len(waves), length=length),
    ]  # fmt: skip
