"""From source to preview: the road of a grading, with other criteria and other pictures."""

from __future__ import annotations

from collections.abc import Callable

from exercises.checks.effort import LIVE
from exercises.exercise import CodeExercise
from exercises.figures.live import live_picture
from exercises.judge import Judgement
from exercises.live import has_picture, live_findings, live_version, radius_of
from exercises.preview import Picture, PreviewResult
from worker.grading import account_of, printed_of, run_judged, usage_of
from worker.sandbox.sandbox import Sandbox


def preview(
    source: bytes,
    exercise: CodeExercise,
    seed: int,
    sandbox: Sandbox,
    is_unwanted: Callable[[], bool] | None = None,
) -> PreviewResult:
    """Run an unfinished answer, and say what can be said without telling its grade.

    Args:
        source: what was written so far, whatever its bytes.
        exercise: as it is graded.
        seed: of exercises.live.live_seed.
        sandbox: where it runs.
        is_unwanted: asked while it runs: whether nobody waits for it any more.

    Raises:
        Cancelled: it became unwanted, and was ended.
        SandboxBroken: our failure; there is no preview.
    """
    live = live_version(exercise)
    account = account_of(live, is_unwanted)
    judgement, picture = run_judged(source, live, seed, sandbox, account, _picture_of, LIVE)
    return PreviewResult(
        **dict(picture or Picture()),
        outcome=judgement.outcome,
        findings=live_findings(judgement, exercise),
        printed=printed_of(account),
        usage=usage_of(account),
    )


def _picture_of(exercise: CodeExercise, judgement: Judgement) -> Picture:
    drawn = judgement.drawn.get(exercise.function.name)
    if drawn is None or not has_picture(exercise):
        return Picture()
    radius = radius_of(exercise)
    return live_picture(drawn.points, drawn.values, judgement.mesh, radius, judgement.witness)
