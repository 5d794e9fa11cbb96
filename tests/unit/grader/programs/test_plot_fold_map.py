"""`from grader import plot_fold_map`: the service's fold map for one's own function."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from grader import plot_fold_map


def fold(z):
    return np.array([abs(z[0] - 1), z[1]])


def words(figure):
    return [text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_text()]


def test_it_returns_a_figure_that_a_notebook_shows_with_the_witness():
    figure = plot_fold_map(fold)
    assert isinstance(figure, Figure)
    shown = figure._repr_png_()  # type: ignore[attr-defined]
    assert shown.startswith(b"\x89PNG")
    assert {"z", "x = f(z)", "a", "b", "f(a) = f(b)", "fold"} <= set(words(figure))
    assert any("so the grid folds over itself" in text for text in words(figure))


def test_without_a_fold_it_says_so_and_settings_stay_as_they_are():
    with mpl.rc_context({"font.size": 21, "axes.grid": True}):
        before = dict(mpl.rcParams)
        figure = plot_fold_map(lambda z: 2 * z + 1, radius=2)
        assert dict(mpl.rcParams) == before
    assert any("never folds over itself" in text for text in words(figure))
    assert not {"a", "b", "fold"} & set(words(figure))


def test_a_figure_of_ones_own_is_drawn_on_and_cleared():
    mine = Figure(figsize=(6, 4))
    mine.add_subplot().plot([1, 2])
    assert plot_fold_map(lambda z: z, fig=mine) is mine
    assert len(mine.axes) == 2


@pytest.mark.parametrize(
    ("f", "error", "says"),
    [
        (3, TypeError, r"plot_fold_map needs the function itself.*type int"),
        (lambda z: None, TypeError, r"None at z = \[.*return missing"),
        (lambda z: np.zeros(3), ValueError, r"shape \(3,\) at z"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write(f, error, says):
    with pytest.raises(error, match=f"(?s){says}"):
        plot_fold_map(f)


def test_an_exception_of_ones_own_comes_through_with_the_place():
    def f(z):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine") as caught:
        plot_fold_map(f)
    assert caught.value.__notes__[0].startswith("plot_fold_map: f raised this at z = [")


@pytest.mark.parametrize(
    ("radius", "error"), [(0, ValueError), (9, ValueError), ("4", TypeError), (True, TypeError)]
)
def test_the_radius_is_a_number_in_its_bounds(radius, error):
    with pytest.raises(error, match="radius"):
        plot_fold_map(lambda z: z, radius=radius)
