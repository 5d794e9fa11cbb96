"""What is wrong with the modes of a law is said by where they are, in the plane and on a line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from exercises.checks.difference import describe
from exercises.checks.looking import look_at
from exercises.numerics.mode_map import ModeMap
from exercises.numerics.smoothed import smoothed
from exercises.oracle import Array
from exercises.tables.target_building import build_from_image
from exercises.tables.target_law import Target
from tests.laws.plain_oracle import BatchOracle

Batch = Callable[[Array], Array]
APART = ((-2.0, -2.0), (2.0, 2.0))
CORNERS = ((-3.0, -3.0), (-3.0, 3.0), (3.0, -3.0), (3.0, 3.0))


def heaps(*centres: tuple[float, float], shares: object = None, width: float = 0.5) -> Batch:
    """Gaussian modes of one width; which one hangs on z1's quantile."""
    share = np.full(len(centres), 1 / len(centres)) if shares is None else np.asarray(shares)
    edges = np.concatenate(([0.0], np.cumsum(share)))

    def f(z: Array) -> Array:
        u = ndtr(z[:, 0])
        mode = np.clip(np.searchsorted(edges, u, side="right") - 1, 0, len(centres) - 1)
        inner = np.clip((u - edges[mode]) / share[mode], 1e-15, 1 - 1e-15)
        return np.asarray(centres)[mode] + width * np.column_stack((ndtri(inner), z[:, 1]))

    return f


def told(f: Batch, reference: Batch, axes: int | None = None) -> tuple[str, str | None]:
    """What is said of f against a target, or against the law of one of its coordinates."""
    target: Target = build_from_image(reference, {}, (64, 128))
    if axes is not None:
        target = target.marginal(axes)
    return describe(target, look_at(BatchOracle(f), target, 1, "law", 0))


def test_the_mode_that_is_missing_is_named_by_its_place_and_its_share() -> None:
    sentence, name = told(heaps((2, 2)), heaps(*APART, shares=(0.3, 0.7)))
    assert name == "missing mode"
    assert sentence == (
        "One of the target's 2 modes is missing: 30 % of the target lies around (-2, -2), and next "
        "to nothing of your x."
    )


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_any_number_of_modes_may_be_missing(kept: int) -> None:
    sentence, name = told(heaps(*CORNERS[:kept]), heaps(*CORNERS))
    assert name == "missing mode"
    count = "One of the target's 4 modes is" if kept == 3 else f"{4 - kept} of the target's 4 modes"
    assert sentence.startswith(count)
    assert all(f"({x:g}, {y:g})" in sentence for x, y in CORNERS[kept:])


def test_a_mode_is_missing_also_where_the_others_do_not_share_as_the_target_does() -> None:
    f = heaps(*CORNERS[:2], shares=(0.6, 0.4))
    assert told(f, heaps(*CORNERS[:3], shares=(0.5, 0.3, 0.2)))[1] == "missing mode"


def test_the_mode_that_is_one_too_many_is_named_by_its_place_and_its_share() -> None:
    f = heaps(*APART, (2, -2), shares=(0.4, 0.4, 0.2))
    sentence, name = told(f, heaps(*APART))
    assert name == "extra mode"
    assert sentence == (
        "Your density has a mode where the target has none: 20 % of your x lies around (2, -2)."
    )
    assert told(heaps((0, 0), (5, 5), shares=(0.9, 0.1), width=1.0), np.copy)[1] == "extra mode"


def test_modes_that_share_the_mass_in_another_way_are_named() -> None:
    sentence, name = told(heaps(*APART, shares=(0.4, 0.6)), heaps(*APART))
    assert name == "mode shares"
    assert "around (-2, -2) lies 40 % of your x, it should be 50 %." in sentence


@pytest.mark.parametrize("scale", [1e-9, 1e9])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_scale_and_place_of_the_whole_do_not_matter(scale: float, offset: float) -> None:
    one, both = heaps((2, 2)), heaps(*APART)
    found = told(lambda z: scale * (one(z) + offset), lambda z: scale * (both(z) + offset))
    assert found[1] == "missing mode"


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (heaps((2, 5)), "missing mode"),
        (heaps((-2, 5), (2, 5)), "mode shares"),
        (heaps((-2, 9), (2, 9), shares=(0.3, 0.7)), None),
    ],
)
def test_of_one_coordinate_its_own_modes_are_compared(f: Batch, name: str | None) -> None:
    sentence, found = told(f, heaps((-2, 5), (2, 5), shares=(0.3, 0.7)), 0)
    assert found == name
    assert name != "missing mode" or "around x1 = -2," in sentence


@pytest.mark.parametrize(
    "f",
    [
        heaps((2, 2), width=0.8),
        heaps((0, 0)),
        heaps((-2, -2), (2, 2), width=0.6),
        lambda z: z + 1e12,
        lambda z: np.where(z[:, :1] > 0, heaps(*APART)(z), np.nan),
    ],
    ids=["wider", "in the middle", "both wider", "far away", "half of it not finite"],
)
def test_what_other_modes_do_not_explain_is_not_named_by_them(f: Batch) -> None:
    assert told(f, heaps(*APART))[1] not in {"missing mode", "extra mode", "mode shares"}


def test_a_mode_that_is_missing_is_said_though_more_is_wrong() -> None:
    sentence, name = told(heaps((2, 2), width=0.8), heaps(*APART))
    assert name is None
    assert sentence.startswith("One of the target's 2 modes is missing: 50 %")
    assert sentence.endswith("It may not be all that differs.")
    assert "mode" not in told(lambda z: z + 1e12, heaps(*APART))[0]
    assert "mode" not in told(lambda z: z / np.abs(z[:, ::-1]), np.copy)[0]


def test_points_drawn_from_a_mode_are_as_wide_as_before_it_was_smoothed() -> None:
    z = np.random.default_rng(4).standard_normal((100_000, 2))
    x = heaps(*APART)(z)
    modes = ModeMap.of(*smoothed(x))
    assert modes.shares == pytest.approx([0.5, 0.5], abs=0.01)
    for mode, place in enumerate(modes.places):
        drawn = modes.draw(mode, 20_000, np.random.default_rng(5))
        assert drawn.mean(axis=0) == pytest.approx(np.sign(place) * 2, abs=0.03)
        assert drawn.std(axis=0) == pytest.approx([0.5, 0.5], abs=0.05)
        assert (modes.which(drawn) == mode).mean() > 0.99
