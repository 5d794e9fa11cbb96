"""The catalogue serves what fits, and says of the rest which file and key do not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel, ValidationError

from exercises.catalog.complaints import CRITERIA, keys_of
from exercises.catalog.manifest import LARGEST, files
from exercises.catalog.reading import COURSE, BrokenExercise, digest, read_catalog, read_exercise
from exercises.criteria import Law
from exercises.exercise import CodeExercise, Function, Limits, QuizExercise
from exercises.quiz.questions import Quiz


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(slug: str = "mine", **files: str | bytes) -> Path:
        folder = tmp_path / slug
        folder.mkdir(exist_ok=True)
        defaults = {
            "exercise.toml": 'title = "Mine"\n',
            "statement.md": "Write an $f$.\n",
            "starter.py": "def f(z):\n    return z\n",
        }
        for name, content in (
            defaults | {k.replace("__", "."): v for k, v in files.items()}
        ).items():
            data = content if isinstance(content, bytes) else content.encode()
            (folder / name).write_bytes(data)
        return folder

    return write


def test_the_course_that_comes_with_the_grader_has_nothing_broken() -> None:
    catalog = read_catalog()
    assert catalog.broken == {}
    assert {"playground", "affine"} <= catalog.exercises.keys()
    assert not catalog["playground"].graded
    assert catalog["affine"].max_score == 10


CHECKS = (
    "invertibility, inverse, log_det, log_prob, normalization, coupling, values, law, fit, "
    "accuracy, likelihood"
)
CODE_KEYS = ", ".join(keys_of(CodeExercise))
TITLE = 'title = "T"\n'

#: What stands in exercise.toml, and what is said of it after its name.
BROKEN_CODE = [
    ("", "title: this key is missing"),
    ("title = \n", "line 1, column 9: Invalid value"),
    ("title = 3", 'title: must be text in quotes, "…", not 3'),
    ('title = ""', "title: must not be empty"),
    ('title = " "', 'title: must be one line, without spaces around it, not " "'),
    ('title = "A\\nB"', 'title: must be one line, without spaces around it, not "A\\nB"'),
    (TITLE + "title = 3\n", "line 2, column 10: Cannot overwrite a value"),
    (TITLE + 'kind = "essay"', 'kind: must be "code" or "quiz", not \'essay\''),
    (TITLE + "sampels = 300", "sampels: there is no such key here; did you mean samples?"),
    (TITLE + "points = 3", f"points: there is no such key here; there are {CODE_KEYS}"),
    (TITLE + 'slug = "x"', "slug: not a key of this file: it follows from the folder"),
    (TITLE + "samples = 1", "samples: must be at least 100, not 1"),
    (TITLE + "samples = nan", "samples: must be a whole number, not nan"),
    (TITLE + "samples = 300.0", "samples: must be a whole number, not 300.0"),
    (TITLE + 'samples = "300"', "samples: must be a number: write 300 without quotes"),
    (TITLE + "redraw = 1", "redraw: must be true or false, not 1"),
    (TITLE + 'redraw = "yes"', 'redraw: must be true or false, not "yes"'),
    (
        TITLE + "[limits]\ncpu_seconds = nan",
        "limits.cpu_seconds: must be a finite number, not nan",
    ),
    (
        TITLE + '[[criteria]]\ncheck = "law"\npoints = "10"',
        "criteria 1 (law): points: must be a number: write 10 without quotes",
    ),
    (
        TITLE + '[[criteria]]\ncheck = "law"\npoints = true',
        "criteria 1 (law): points: must be a number, not true",
    ),
    (
        TITLE + "[[functions]]\narguments = { z = '2' }",
        "functions 1: arguments.z: must be a number: write 2 without quotes",
    ),
    (TITLE + "seed = 1.5", "seed: must be a whole number, not 1.5"),
    (TITLE + 'hints = "x"', 'hints: must be a list, such as ["…"], not "x"'),
    (TITLE + "hints = [1]", 'hints 1: must be text in quotes, "…", not 1'),
    (
        TITLE + 'data = ["a.txt"]',
        'data 1: must be the name of a file, such as samples.csv, not "a.txt"',
    ),
    (TITLE + 'gallery = [{ title = "a" }]', "gallery 1: file: this key is missing"),
    (TITLE + "limits = 3", "limits: must be a table, not 3"),
    (TITLE + "[limits]\ncpu_seconds = 1e9", "limits.cpu_seconds: must be at most 60, not 1e+09"),
    (
        TITLE + "[limits]\nmemory_bytes = 1",
        "limits.memory_bytes: must be at least 16777216, not 1",
    ),
    (
        TITLE + "[limits]\ncpu_second = 1",
        "limits.cpu_second: there is no such key here; did you mean cpu_seconds?",
    ),
    (
        TITLE + '[criteria]\ncheck = "law"',
        "criteria: must be a list of tables, each under a line [[criteria]], not a table",
    ),
    (
        TITLE + '[[criteria]]\ncheck = "beauty"',
        f'criteria 1: check: there is no check "beauty"; there are {CHECKS}',
    ),
    (
        TITLE + '[[criteria]]\ncheck = "logdet"',
        'criteria 1: check: there is no check "logdet"; did you mean log_det?',
    ),
    (
        TITLE + "[[criteria]]\npoints = 3",
        f"criteria 1: check: this key is missing; there are {CHECKS}",
    ),
    (
        TITLE + '[[criteria]]\ncheck = "law"\n[[criteria]]\ncheck = "law"\npoints = "x"',
        'criteria 2 (law): points: must be a number, not "x"',
    ),
    (
        TITLE + '[[criteria]]\ncheck = "law"\nradius = 3',
        f"criteria 1 (law): radius: there is no such key here; there are {', '.join(keys_of(Law))}",
    ),
    (
        TITLE + '[[criteria]]\ncheck = "law"\nmarginal = 2',
        "criteria 1 (law): marginal: must be at most 1, not 2",
    ),
    (
        TITLE + '[[criteria]]\ncheck = "values"',
        "criteria 1 (values): function: this key is missing",
    ),
    (
        TITLE + '[[criteria]]\ncheck = "inverse"',
        "criteria: inverse asks f_inv, which functions does not list",
    ),
    (
        TITLE + '[[functions]]\nname = "1f"',
        'functions 1: name: must be the name of a function, such as log_prob, not "1f"',
    ),
    (
        TITLE + "[[functions]]\narguments = { z = -1 }",
        "functions 1: arguments.z: must be at least 0, not -1",
    ),
    (
        TITLE + '[[functions]]\nasked_at = "y"',
        'functions 1: asked_at: must be "z", "x" or "points", not "y"',
    ),
    (TITLE + "[[functions]]\n[[functions]]", "functions: each needs a name of its own"),
]
FOUND = '[[questions]]\nid = "q"\ntext = "t"\nanswer = true\nexplanation = "e"\n'
QUIZ = 'kind = "quiz"\n' + TITLE
#: What stands in exercise.toml and questions.toml, and what is said of it.
BROKEN_QUIZZES = [
    (
        QUIZ + "points = '5'",
        FOUND,
        "exercise.toml: points: must be a number: write 5 without quotes",
    ),
    (QUIZ + "quiz.draw = 1.0", FOUND, "exercise.toml: quiz.draw: must be a whole number, not 1.0"),
    (QUIZ + "quiz.shuffle = 0", FOUND, "exercise.toml: quiz.shuffle: must be true or false, not 0"),
    (
        QUIZ,
        FOUND.replace("true", "1"),
        "questions.toml: questions 1 (q): answer: must be true or false, or the id of an option, "
        "not 1",
    ),
    (QUIZ + "points = -1", FOUND, "exercise.toml: points: must be at least 0, not -1"),
    (QUIZ + "quiz.draw = 3", FOUND, "exercise.toml: quiz.draw: 3 of 1 can not be drawn"),
    (
        QUIZ + 'quiz.scoring = "some"',
        FOUND,
        'exercise.toml: quiz.scoring: must be "each" or "all", not "some"',
    ),
    (QUIZ, "", "questions.toml: must hold [[questions]] only; there is nothing"),
    (QUIZ, "x = 1", "questions.toml: must hold [[questions]] only; there is x"),
    (QUIZ, "questions = []", "questions.toml: questions: must have at least one entry"),
    (QUIZ, FOUND + FOUND, "questions.toml: questions: q: each needs an id of its own"),
    (
        QUIZ,
        FOUND.replace("answer = true", ""),
        "questions.toml: questions 1 (q): answer: this key is missing",
    ),
    (
        QUIZ,
        FOUND.replace("true", '"c"'),
        "questions.toml: questions 1 (q): answer: there is no option c",
    ),
    (
        QUIZ,
        FOUND.replace("true", "3"),
        "questions.toml: questions 1 (q): answer: must be true or false, or the id of an option, "
        "not 3",
    ),
    (
        QUIZ,
        FOUND.replace("true", '"a"') + 'options = [{ id = "a", txt = "x" }]',
        "questions.toml: questions 1 (q): options 1 (a): txt: there is no such key here; "
        "did you mean text?",
    ),
    (
        QUIZ,
        FOUND.replace('"q"', '"Q 1"'),
        "questions.toml: questions 1 (Q 1): id: must be of small letters and digits with hyphens "
        'between, such as plot-a, not "Q 1"',
    ),
]


@pytest.mark.parametrize(("text", "said"), BROKEN_CODE)
def test_what_is_wrong_in_exercise_toml_is_said_with_its_key_and_what_is_expected(
    write: Callable[..., Path], text: str, said: str
) -> None:
    with pytest.raises(BrokenExercise) as caught:
        read_exercise(write(exercise__toml=text))
    assert str(caught.value) == f"mine/exercise.toml: {said}"


@pytest.mark.parametrize(("text", "bank", "said"), BROKEN_QUIZZES)
def test_what_is_wrong_in_a_quiz_is_said_with_its_file(
    write: Callable[..., Path], text: str, bank: str, said: str
) -> None:
    with pytest.raises(BrokenExercise) as caught:
        read_exercise(write(exercise__toml=text, questions__toml=bank))
    assert str(caught.value) == f"mine/{said}"


@pytest.mark.parametrize(
    "kind", [CodeExercise, Function, Limits, QuizExercise, Quiz, *CRITERIA.values()]
)
def test_no_key_takes_a_text_or_another_kind_of_number_for_a_number(kind: type[BaseModel]) -> None:
    for key, field in kind.model_fields.items():
        kinds = {field.annotation, *get_args(field.annotation)}
        wrong: list[object] = []
        if kinds & {int, float}:
            wrong += ["10", True]
        if int in kinds:
            wrong += [10.0]
        if bool in kinds:
            wrong += ["true", 1, 0.0]
        for value in wrong:
            with pytest.raises(ValidationError) as caught:
                kind.model_validate({key: value})
            assert (key,) in {error["loc"][:1] for error in caught.value.errors()}, (key, value)


def test_all_that_is_wrong_is_said_at_once(write: Callable[..., Path]) -> None:
    with pytest.raises(BrokenExercise) as caught:
        read_exercise(write(exercise__toml="samples = 1\norder = 0.5"))
    assert [part.split(": ")[1] for part in str(caught.value).split("; ")] == [
        "title",
        "order",
        "samples",
    ]


def test_a_broken_exercise_is_not_served_and_the_others_are(write: Callable[..., Path]) -> None:
    folder = write(exercise__toml="points = 3", statement__md=b"# A\n\xff\xfe")
    write("other")
    catalog = read_catalog(folder.parent)
    assert list(catalog.exercises) == ["other"]
    assert catalog.broken["mine"] == (
        "mine/statement.md: line 2 is not UTF-8: save the file in this encoding"
    )
    assert str(folder) not in catalog.broken["mine"]


def test_a_missing_file_is_told(write: Callable[..., Path]) -> None:
    folder = write()
    (folder / "starter.py").unlink()
    assert read_catalog(folder.parent).broken == {"mine": "mine/starter.py: the file is missing"}


def test_a_file_that_cannot_be_read_breaks_its_exercise_only(write: Callable[..., Path]) -> None:
    folder = write()
    write("other")
    (folder / "starter.py").unlink()
    (folder / "starter.py").mkdir()
    catalog = read_catalog(folder.parent)
    assert list(catalog.exercises) == ["other"]
    assert "mine/starter.py: the file can't be read" in catalog.broken["mine"]


def test_what_a_folder_only_links_to_is_no_file_of_an_exercise(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Not for students.")
    (write("linked") / "plot.png").symlink_to(secret)
    text = write("text") / "statement.md"
    text.unlink()
    text.symlink_to("../secret.txt")
    (write("folder") / "gallery").symlink_to(tmp_path, target_is_directory=True)
    inside = write("inside")
    (inside / "plot.png").symlink_to("statement.md")
    catalog = read_catalog(tmp_path)
    assert list(catalog.exercises) == ["inside"]
    said = "a link that leads elsewhere: put the file itself there"
    assert catalog.broken == {
        "folder": f"folder/gallery: {said}",
        "linked": f"linked/plot.png: {said}",
        "text": f"text/statement.md: {said}",
    }


def test_a_link_that_came_later_is_no_file_of_an_exercise_either(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    folder = write()
    (folder / "plot.png").write_bytes(b"picture")
    assert "plot.png" in files(folder)
    (folder / "plot.png").unlink()
    (tmp_path / "secret.txt").write_text("Not for students.")
    (folder / "plot.png").symlink_to("../secret.txt")
    assert "plot.png" not in files(folder)


def test_a_file_that_nobody_could_keep_is_told(write: Callable[..., Path]) -> None:
    large = write("large") / "data.bin"
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    long = write("long", statement__md="word " * 110_000)
    pipe = write("pipe") / "statement.md"
    pipe.unlink()
    os.mkfifo(pipe)
    assert read_catalog(long.parent).broken == {
        "large": "large/data.bin: too large: a file of an exercise has at most 16 MB",
        "long": "long/statement.md: too long: a text has at most 512 KB",
        "pipe": "pipe/statement.md: the file can't be read (it is no file)",
    }


def test_files_may_begin_with_the_mark_of_an_editor_of_windows(write: Callable[..., Path]) -> None:
    mark = b"\xef\xbb\xbf"
    plain = read_exercise(write("plain"))
    marked = read_exercise(
        write(
            "marked",
            exercise__toml=mark + b'title = "Mine"\r\n',
            statement__md=mark + b"Write an $f$.\n",
            starter__py=mark + b"def f(z):\n    return z\n",
        )
    )
    for key in ("title", "statement", "starter"):
        assert getattr(marked, key) == getattr(plain, key)


@pytest.mark.parametrize("name", ["statement.md", "starter.py"])
def test_a_folder_with_files_of_an_exercise_and_no_exercise_toml_is_told(
    write: Callable[..., Path], name: str
) -> None:
    folder = write()
    for path in folder.iterdir():
        if path.name != name:
            path.unlink()
    (folder.parent / "notes").mkdir()
    catalog = read_catalog(folder.parent)
    assert catalog.broken == {"mine": "mine/exercise.toml: the file is missing"}


@pytest.mark.parametrize("empty", ["", " \n\n"])
def test_a_statement_that_says_nothing_is_told(write: Callable[..., Path], empty: str) -> None:
    with pytest.raises(BrokenExercise) as caught:
        read_exercise(write(statement__md=empty))
    assert str(caught.value) == "mine/statement.md: it says nothing: write what is asked"


def test_a_folder_that_is_not_there_is_an_error() -> None:
    with pytest.raises(NotADirectoryError, match="no folder of exercises"):
        read_catalog(COURSE / "nowhere")


def test_the_version_changes_with_each_file_and_with_nothing_else(
    write: Callable[..., Path],
) -> None:
    folder = write()
    version = digest(folder)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").write_bytes(b"1")
    (folder / ".hidden").write_text("x")
    assert digest(folder) == version
    (folder / "notes.txt").write_text("x")
    changed = digest(folder)
    assert changed != version
    (folder / "notes.txt").rename(folder / "other.txt")
    assert digest(folder) not in (version, changed)
