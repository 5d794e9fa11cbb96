"""The figures of questions, built off line, and the options that they must tell apart."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from exercises.catalog.reading import read_catalog, read_exercise
from exercises.exercise import QuizExercise
from exercises.figures.panels import DensityPanels
from exercises.quiz.distractors import distractor_laws
from exercises.quiz.question_figures import build_question_figures, question_panels, stale_figures
from exercises.quiz.questions import Question
from exercises.report import Finding, Status
from exercises.tables.building import build_tables

BEND = "def f(z):\n    return np.array([z[0], z[1] + z[0] ** 2])"


@pytest.fixture
def folder(small_course: Path, tmp_path: Path) -> Path:
    """The folder of the quiz with a figure, to be changed."""
    shutil.copytree(small_course / "which", tmp_path / "which")
    return tmp_path / "which"


def quiz(folder: Path) -> QuizExercise:
    exercise = read_exercise(folder)
    assert isinstance(exercise, QuizExercise)
    return exercise


def with_codes(folder: Path, **codes: str) -> QuizExercise:
    """The quiz with other code in the options of its first question; banana is plotted."""
    exercise = quiz(folder)
    first, *rest = exercise.questions
    options = tuple(
        option.model_copy(update={"code": codes.get(option.id, option.code)})
        for option in first.options
    )
    changed = first.model_copy(update={"options": options})
    return exercise.model_copy(update={"questions": (changed, *rest)})


def test_the_figure_shows_the_density_of_the_option_that_is_plotted(folder: Path) -> None:
    panels = DensityPanels.from_bytes((folder / "figures" / "plot.npz").read_bytes())
    assert panels.x.summary.samples == 10_000
    assert panels.x.summary.mean is not None
    # z1 + z0²: mean 1, variance 1 + 2, and no correlation with z0.
    assert panels.x.summary.mean[1] == pytest.approx(1, abs=0.05)
    assert panels.x.summary.covariance is not None
    assert panels.x.summary.covariance[2] == pytest.approx(3, abs=0.2)
    assert (folder / "figures" / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_the_files_do_not_tell_the_option(folder: Path) -> None:
    names = sorted(path.name for path in (folder / "figures").iterdir())
    assert names == ["plot.npz", "plot.png", "plot.txt"]
    words = (folder / "figures" / "plot.txt").read_text()
    assert words.startswith("Two densities")
    for path in (folder / "figures").iterdir():
        assert b"banana" not in path.read_bytes()
        assert b"z[0]" not in path.read_bytes()


def test_building_again_gives_the_same_bytes(folder: Path) -> None:
    def files() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (folder / "figures").iterdir()}

    before = files()
    assert build_tables(folder) == ["figures/plot.npz", "figures/plot.png", "figures/plot.txt"]
    assert files() == before


def test_a_quiz_whose_figure_is_not_built_is_not_served_and_says_what_to_do(folder: Path) -> None:
    shutil.rmtree(folder / "figures")
    catalog = read_catalog(folder.parent)
    assert catalog.get("which") is None
    assert catalog.broken["which"] == (
        "which/figures/plot.png: the file is missing; build it with: grader exercises build"
    )
    assert "missing" in stale_figures(quiz(folder))[0]
    build_question_figures(quiz(folder))
    assert read_catalog(folder.parent).get("which") is not None


def test_a_figure_of_other_code_is_found_out(folder: Path) -> None:
    assert stale_figures(quiz(folder)) == []
    nearly = BEND.replace("** 2", "** 2 * 1.05")
    (complaint,) = stale_figures(with_codes(folder, banana=nearly))
    assert "does not show the option" in complaint
    file = folder / "figures" / "plot.npz"
    kept = DensityPanels.from_bytes(file.read_bytes())
    mirrored = replace(kept, x=replace(kept.x, ink=kept.x.ink[:, ::-1].copy()))
    file.write_bytes(mirrored.to_bytes())
    assert len(stale_figures(quiz(folder))) == 1
    file.write_bytes(b"something else")
    assert len(stale_figures(quiz(folder))) == 1


def test_distractors_are_judged_by_the_judges_own_comparison_of_laws(folder: Path) -> None:
    (other,) = distractor_laws(quiz(folder))
    assert (other.question, other.option, other.differs) == ("plot", "double", True)
    assert other.distance > 0.05


@pytest.mark.parametrize(
    ("code", "differs"),
    [
        ("def f(z):\n    return np.array([-z[1], z[0] + z[1] ** 2])", False),
        ("def f(z):\n    return np.array([z[0], z[1] + z[0] ** 2 - 0.1])", True),
        ("def f(z):\n    return np.array([z[0], np.nan])", True),
        (BEND.replace("z[1] +", "z[1] + 1e-4 +"), False),
    ],
    ids=["the same law", "shifted", "not finite", "not told apart"],
)
def test_an_option_counts_as_different_only_where_it_is_proved(
    folder: Path, code: str, differs: bool
) -> None:
    (other,) = distractor_laws(with_codes(folder, double=code))
    assert other.differs is differs


def test_what_the_judge_cannot_tell_does_not_count_as_different(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsure = Finding(
        check="law",
        status=Status.INCONCLUSIVE,
        message="It cannot be told.",
        evidence={"verdict": "inconclusive", "distance": 0.01},
    )
    monkeypatch.setattr("exercises.quiz.distractors.check_law", lambda *_: unsure)
    (other,) = distractor_laws(quiz(folder))
    assert (other.distance, other.differs) == (0.01, False)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def f(z:", "plot, option double: its code does not run: SyntaxError"),
        ("g = 1", "plot, option double: its code defines no f"),
        ("def f(z):\n    return z[5]", "plot, option double: f does not answer: IndexError"),
        ("def f(z):\n    return z[0]", "plot, option double: f must return two numbers"),
    ],
)
def test_code_that_does_not_answer_is_the_authors_error(
    folder: Path, code: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        distractor_laws(with_codes(folder, double=code))


def test_what_is_plotted_must_be_finite_to_be_compared(folder: Path) -> None:
    broken = "def f(z):\n    return np.log(z)"
    with pytest.raises(ValueError, match="option banana: what is plotted must be finite"):
        distractor_laws(with_codes(folder, banana=broken))


def test_an_f_can_not_change_the_points_of_the_next(folder: Path) -> None:
    def first(code: str) -> Question:
        return with_codes(folder, banana=code).questions[0]

    clean, dirty = (
        first("def f(z):\n    return z + 1"),
        first("def f(z):\n    z += 1\n    return z"),
    )
    assert question_panels(clean).to_bytes() == question_panels(dirty).to_bytes()


def test_quizzes_without_figures_and_programs_have_nothing_to_build(small_course: Path) -> None:
    for slug in ("mixed", "sketched"):
        exercise = read_exercise(small_course / slug)
        assert build_question_figures(exercise) == []
        assert stale_figures(exercise) == []
        assert distractor_laws(exercise) == []
