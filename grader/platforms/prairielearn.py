"""PrairieLearn: a question to add to a course there, and what grades each submission to it.

The format: https://docs.prairielearn.com/externalGrading/. Within its container, what was handed
in is in /grade/student and the question's tests are in /grade/tests.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from exercises.catalog.manifest import PICTURES
from exercises.exercise import CodeExercise
from exercises.outcome import Verdict
from exercises.report import Finding, Report, Status
from grader.exports.gradescope import NotGraded
from grader.findings import together
from grader.local import grade_once
from grader.platforms.contents import exercise_files, our_version, pack
from grader.platforms.place import BadHandIn, handed_in, seed_of, the_exercise
from worker.grading import Graded

#: The largest results.json: PrairieLearn takes 1 MiB, and beyond it there is no grade at all
#: (apps/grader-host/src/index.ts of its code).
LIMIT_BYTES = 1_000_000
#: Characters of printed output, and of the text of a test, that are handed on where there is too
#: much; and so many tests.
_PRINTED, _TEXT, _TESTS = 10_000, 500, 100
_FILE = "f.py"
#: Stands for the address of the question's pictures until the template names it.
_PICTURES = "pictures-of-this-question"

_IMAGE = """\
# The grader's image as PrairieLearn runs it. First, in the grader's own folder:
#     docker build -t pushforward .
# Then, beside this file: docker build -t {image} . && docker push {image}
FROM pushforward
# PrairieLearn's folder /grade belongs to root. The student's code runs under the sandbox's own
# limits all the same.
USER root
CMD []
"""

_README = """\
{title} ({slug}), as a question of a PrairieLearn course.

1. Copy questions/{slug} into the folder questions of your course.
2. Build the image of image/Dockerfile and push it to where your PrairieLearn pulls images from:
   its name is in questions/{slug}/info.json.
3. Use the question in an assessment, and hand in a solution to try it.

questions/{slug}/tests holds what the exercise is graded by. Students do not see it; do not give it
to them.

Made by pushforward {version} from version {exercise_version} of the exercise. A grade can be
repeated: its seed is at the end of each result's message, for `grader check --seed`.
"""


def package(exercise: CodeExercise, image: str, render: Callable[[str, str], str]) -> bytes:
    """The question's folder, the image's Dockerfile and a README.

    Args:
        exercise: what is asked.
        image: the name of the image that grades, as `docker pull` takes it.
        render: HTML of Markdown, and where its pictures are, with {+name} for the name of one.

    Raises:
        ChangedExercise: the files have changed since the exercise was read.
    """
    question = f"questions/{exercise.slug}"
    readme = _README.format(
        title=exercise.title,
        slug=exercise.slug,
        version=our_version(),
        exercise_version=exercise.version,
    )
    tests = exercise_files(exercise)
    pictures = {
        path.name: path.read_bytes()
        for path in sorted(exercise.folder.iterdir())
        if path.suffix.lower() in PICTURES
    }
    contents = {
        "README.txt": readme.encode(),
        "image/Dockerfile": _IMAGE.format(image=image).encode(),
        f"{question}/info.json": _json(_info(exercise, image)),
        f"{question}/question.html": _page(exercise, render).encode(),
        f"{question}/starter.py": exercise.starter.encode(),
        **{f"{question}/tests/exercise/{name}": content for name, content in tests.items()},
        **{f"{question}/clientFilesQuestion/{name}": one for name, one in pictures.items()},
    }
    return pack(contents)


def _info(exercise: CodeExercise, image: str) -> dict[str, Any]:
    return {
        # The same for every package of this exercise: PrairieLearn knows a question by it.
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"pushforward:{exercise.slug}")),
        "title": exercise.title,
        "topic": exercise.part or "Transformations of distributions",
        "tags": ["pushforward"],
        "type": "v3",
        "singleVariant": True,
        "gradingMethod": "External",
        "externalGradingOptions": {
            "enabled": True,
            "image": image,
            "entrypoint": "/opt/pushforward/.venv/bin/python -m grader.platforms.run prairielearn",
            "timeout": int(exercise.limits.wall_seconds) + 40,
        },
    }


def _page(exercise: CodeExercise, render: Callable[[str, str], str]) -> str:
    # Mustache is told other brackets: {{ is usual in formulas.
    statement = render(exercise.statement, f"{_PICTURES}/{{+name}}")
    statement = statement.replace("<%", "&lt;%")
    statement = statement.replace(_PICTURES, "<%options.client_files_question_url%>")
    return f"""{{{{=<% %>=}}}}
<pl-question-panel>
<h2>{escape(exercise.title)}</h2>
{statement}
<pl-file-editor file-name="{_FILE}" source-file-name="starter.py" ace-mode="ace/mode/python">
</pl-file-editor>
</pl-question-panel>
<pl-submission-panel>
<pl-external-grader-results></pl-external-grader-results>
<pl-file-preview></pl-file-preview>
</pl-submission-panel>
"""


def run(root: Path) -> None:
    """Grade what was handed in and write results/results.json.

    Args:
        root: /grade, where it is PrairieLearn's.

    Raises:
        BrokenPlace: the package is not as it was made.
        NotGraded: the grader failed. Nothing is written, so that PrairieLearn says so and gives no
            score: a failure of ours is never a zero.
    """
    exercise = the_exercise(root / "tests" / "exercise")
    try:
        source = handed_in(root / "student")
    except BadHandIn as error:
        _write(root, {"gradable": False, "format_errors": [str(error)], "message": str(error)})
        return
    _write(root, results(grade_once(source, exercise, seed_of(exercise))))


def results(graded: Graded) -> dict[str, Any]:
    """The grading as PrairieLearn's results, within its limit of size.

    Raises:
        NotGraded: the grader failed.
    """
    report = graded.report
    if report.verdict is Verdict.INTERNAL_ERROR:
        raise NotGraded("The grader itself failed; this is no zero, and it is to be graded again.")
    shown: dict[str, Any] = {
        "gradable": report.verdict is not Verdict.NOT_GRADABLE,
        "score": _score(report),
        "message": f"Graded by pushforward {our_version()} with seed {report.seed}.",
        "output": report.printed.text,
        "images": _images(graded),
        "tests": [_test(finding) for finding in together(report.findings)],
    }
    if not shown["gradable"]:
        failed = [one.message for one in report.findings if one.status is Status.FAILED]
        shown = {**shown, "format_errors": failed or [report.outcome.value]}
        del shown["score"]
    return _within_limit(shown)


def _score(report: Report) -> float:
    """The share of what can be earned; where that is nothing, whether it passed."""
    if not report.max_score:
        return 1.0 if report.verdict is Verdict.PASSED else 0.0
    return min(1.0, report.score / report.max_score)


def _images(graded: Graded) -> list[dict[str, str]]:
    words = {figure.name: figure.alt for figure in graded.report.figures}
    pictures = {name: file for name, file in graded.files.items() if name.endswith(".png")}
    return [
        {
            "label": words.get(name.removesuffix(".png"), name),
            "url": f"data:image/png;base64,{base64.b64encode(file).decode()}",
        }
        for name, file in pictures.items()
    ]


def _test(finding: Finding) -> dict[str, Any]:
    where = [] if finding.line is None else [f"line {finding.line}"]
    excerpt = finding.evidence.get("excerpt")
    hint = [] if finding.hint is None else [f"Hint: {finding.hint}"]
    return {
        "name": finding.check,
        "description": finding.status.value,
        "points": finding.points,
        "max_points": finding.max_points,
        "message": finding.message,
        "output": "\n".join([*where, *hint, *([excerpt] if isinstance(excerpt, str) else [])]),
    }


def _within_limit(shown: dict[str, Any]) -> dict[str, Any]:
    """The same, with less of it where it is too large, which it then says."""
    if len(_json(shown)) > LIMIT_BYTES:
        said = shown["output"][:_PRINTED] + "\n… more was printed than is shown here."
        shown = {**shown, "output": said}
    if len(_json(shown)) > LIMIT_BYTES:
        said = f"{shown['message']} The figures were too large to be shown here."
        shown = {**shown, "images": [], "message": said}
    if len(_json(shown)) > LIMIT_BYTES:
        said = f"{shown['message']} What was found is shortened here."
        tests = [_shortened(test) for test in shown["tests"][:_TESTS]]
        errors = [text[:_TEXT] for text in shown.get("format_errors", ())[:_TESTS]]
        shown = {**shown, "tests": tests, "message": said}
        if "format_errors" in shown:
            shown["format_errors"] = errors
    return shown


def _shortened(test: dict[str, Any]) -> dict[str, Any]:
    return {name: one[:_TEXT] if isinstance(one, str) else one for name, one in test.items()}


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, indent=2, allow_nan=False).encode() + b"\n"


def _write(root: Path, found: Mapping[str, Any]) -> None:
    folder = root / "results"
    # PrairieLearn does not make it.
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_bytes(_json(found))
