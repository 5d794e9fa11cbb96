"""What tests of regrades share: a class whose work was graded by one version of an exercise."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.integration.regrades.classroom import BATCH, Class


@pytest.fixture
def room(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Class:
    monkeypatch.setattr("grader.store.regrade.applying.BATCH", BATCH)
    return Class(engine)
