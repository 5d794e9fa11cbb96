"""Gradescope: an autograder to upload there, and what it does with each submission.

The format: https://gradescope-autograders.readthedocs.io/en/latest/specs/. Within its container,
the uploaded archive is unpacked to /autograder/source; setup.sh runs when the image is built, and
run_autograder for each submission, which is in /autograder/submission.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from exercises.exercise import CodeExercise
from grader.exports.gradescope import Results, results
from grader.local import grade_once
from grader.platforms.contents import code, exercise_files, our_version, pack, requirements
from grader.platforms.place import BadHandIn, handed_in, seed_of, the_exercise

_SETUP = """\
#!/usr/bin/env bash
# Runs once, when Gradescope builds the image.
set -euo pipefail
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "This autograder needs Python 3.11 or newer. In the settings of the autograder, choose" >&2
    echo "a newer base image, such as Ubuntu 24.04." >&2
    exit 1
}
apt-get update -qq
apt-get install -y -qq --no-install-recommends python3-venv
python3 -m venv /autograder/venv
/autograder/venv/bin/pip install --quiet -r /autograder/source/requirements.txt
# What the sandbox can rely on in this image; the build fails where that is not enough.
cd /autograder/source/code && /autograder/venv/bin/python -m grader.platforms.run doctor
"""

_RUN = """\
#!/usr/bin/env bash
# Runs for each submission.
set -euo pipefail
cd /autograder/source/code
exec /autograder/venv/bin/python -m grader.platforms.run gradescope
"""

_README = """\
{title} ({slug}), as an autograder for Gradescope.

1. In Gradescope, make a Programming Assignment of {points:g} points.
2. Configure Autograder: upload this archive. Base image: Ubuntu 24.04 or newer. Build it.
3. Test Autograder: hand in a solution, as one file of Python that defines {functions}.

The archive holds what the exercise is graded by. Do not give it to students.

Made by pushforward {version} from version {exercise_version} of the exercise. A grade can be
repeated: its seed is in the extra data of each result, for `grader check --seed`.
"""


def package(exercise: CodeExercise) -> bytes:
    """The archive to upload.

    Raises:
        ChangedExercise: the files have changed since the exercise was read.
    """
    readme = _README.format(
        title=exercise.title,
        slug=exercise.slug,
        points=exercise.max_score,
        functions=" and ".join(function.name for function in exercise.functions),
        version=our_version(),
        exercise_version=exercise.version,
    )
    contents = {
        "setup.sh": _SETUP.encode(),
        "run_autograder": _RUN.encode(),
        "README.txt": readme.encode(),
        "requirements.txt": requirements().encode(),
        **{f"code/{name}": content for name, content in code().items()},
        **{f"exercise/{name}": content for name, content in exercise_files(exercise).items()},
    }
    return pack(contents, frozenset({"setup.sh", "run_autograder"}))


def run(root: Path) -> None:
    """Grade what was handed in and write results/results.json.

    Args:
        root: /autograder, where it is Gradescope's.

    Raises:
        BrokenPlace: the package is not as it was made.
        NotGraded: the grader failed. Nothing is written, so that Gradescope says so and gives no
            score: a failure of ours is never a zero.
    """
    exercise = the_exercise(root / "source" / "exercise")
    try:
        source = handed_in(root / "submission")
    except BadHandIn as error:
        _write(root, _refused(str(error)))
        return
    graded = grade_once(source, exercise, seed_of(exercise))
    _write(root, results(graded.report, remarks=_remarks(root)))


def _refused(why: str) -> Results:
    return Results(score=0, execution_time=0, output=why, tests=[], extra_data={})


def _remarks(root: Path) -> tuple[str, ...]:
    """What the submission's metadata says that the student should know: that it came late.

    Gradescope takes off what its own late policy says, if there is one; this takes off nothing.
    """
    try:
        said = json.loads((root / "submission_metadata.json").read_text())
        created = datetime.fromisoformat(said["created_at"])
        due = datetime.fromisoformat(said["assignment"]["due_date"])
        late = created > due
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return ("This was handed in after the deadline.",) if late else ()


def _write(root: Path, found: Results) -> None:
    folder = root / "results"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(found.to_json())
