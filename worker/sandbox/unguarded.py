"""Student code without the language wall: only for tests that prove the kernel wall alone."""

from __future__ import annotations

from types import CodeType

from worker.sandbox import language


def compile_submission(source: str) -> CodeType:
    """Compile as plain Python."""
    return compile(source, language.FILENAME, "exec")


def run_module(program: CodeType, *, seed: int, printed: language.Printed) -> dict[str, object]:
    """Execute with everything that Python has."""
    namespace: dict[str, object] = {"__name__": "submission", "SEED": seed, "PRINTED": printed}
    exec(program, namespace)
    return namespace
