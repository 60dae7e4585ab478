"""The fake diagnosis, and what is made of it."""

from __future__ import annotations

import pytest

from comove.core.diagnosis import Diagnosis
from comove.core.document import Document
from comove.report.explain import compose
from comove.report.words import Words

from . import fake


@pytest.fixture(scope="session")
def diagnosis() -> Diagnosis:
    return fake.diagnosis()


@pytest.fixture(scope="session")
def document(diagnosis: Diagnosis) -> Document:
    return compose(diagnosis, fake.TITLES, fake.WORDS)


@pytest.fixture(scope="session")
def calm() -> Document:
    return compose(fake.calm(), fake.TITLES, fake.WORDS)


@pytest.fixture(scope="session", params=["en", "ja"])
def words(request: pytest.FixtureRequest) -> Words:
    return Words.load(request.param, fake.WORDS, fake.TITLES)
