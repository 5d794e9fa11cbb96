"""A service with two courses and somebody of every kind, who have signed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from werkzeug.test import TestResponse

from exercises.catalog.bundle import archive
from grader.access.door import Door
from grader.access.principal import Principal
from grader.desks.desk import Desk
from grader.store.assignment.assignments import Assignment, Assignments, Rules
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.identity.people import Person

#: Who is what: two courses with a wall between them, and people without a course.
ROLES: Mapping[str, Mapping[str, Role]] = {
    "ann": {"red": Role.STUDENT},
    "bob": {"red": Role.STUDENT},
    "cas": {"blue": Role.STUDENT},
    "tess": {"red": Role.ASSISTANT},
    "ivo": {"blue": Role.INSTRUCTOR},
    "stray": {},
    "op": {},
}
#: By course what is open, and what is not yet.
ASSIGNED = {"red": ("affine", "score"), "blue": ("inverse", "which-a")}
NOBODY = "nobody"
EVERYBODY = (NOBODY, *ROLES)
SOURCE = "def f(z):\n    return z\n"


@dataclass
class Town:
    """The service, its people, and what they have handed in."""

    app: OpenAPI
    people: dict[str, Person] = field(default_factory=dict)
    clients: dict[str, FlaskClient] = field(default_factory=dict)
    #: By course its assignments: one that is open to each, and one that is not yet.
    opened: dict[str, Assignment] = field(default_factory=dict)
    unopened: dict[str, Assignment] = field(default_factory=dict)
    #: By course the id of a regrade, where there is one.
    regrades: dict[str, str] = field(default_factory=dict)
    #: By course the id of a batch, where there is one.
    batches: dict[str, str] = field(default_factory=dict)
    #: By person the id of what he or she has handed in.
    work: dict[str, str] = field(default_factory=dict)

    @property
    def desk(self) -> Desk:
        desk: Desk = self.app.extensions["desk"]
        return desk

    @property
    def door(self) -> Door:
        door: Door = self.app.extensions["door"]
        return door

    def build(self) -> None:
        """Make the courses, the people, the assignments and some work."""
        for name in ROLES:
            self.let_in(name)
        for course, (now, later) in ASSIGNED.items():
            Courses(self.desk.engine).create(course, f"The {course} course")
            for name, roles in ROLES.items():
                if course in roles:
                    put = Memberships(self.desk.engine).put
                    put(course, self.people[name].id, roles[course])
            self.opened[course] = self.assign(course, now)
            soon = datetime.now(UTC) + timedelta(days=1)
            self.unopened[course] = self.assign(course, later, Rules(opens_at=soon))
        for name, course in (("ann", "red"), ("bob", "red"), ("cas", "blue")):
            self.work[name] = self.hand_in(name, self.opened[course].id)

    def assign(self, course: str, slug: str, rules: Rules | None = None) -> Assignment:
        asked = self.desk.catalog.exercises[slug]
        self.desk.versions.keep(slug, asked.version, lambda: archive(asked))
        return Assignments(self.desk.engine).assign(course, slug, asked.version, rules)

    def hand_in(self, name: str, assignment: str) -> str:
        answer = self.post(
            name, "/api/v1/submissions", {"source": SOURCE, "assignment": assignment}
        )
        assert answer.status_code == 202, answer.text
        return str(answer.get_json()["id"])

    def practise(self, name: str) -> str:
        answer = self.post(name, "/api/v1/submissions", {"source": SOURCE})
        assert answer.status_code == 202, answer.text
        return str(answer.get_json()["id"])

    def client(self, name: str) -> FlaskClient:
        """The browser of one of them, or of nobody."""
        return self.app.test_client() if name == NOBODY else self.clients[name]

    def get(self, name: str, address: str, **kept: Any) -> TestResponse:
        return self.client(name).get(address, **kept)

    def post(self, name: str, address: str, body: object) -> TestResponse:
        """Send JSON as a script of our pages does."""
        return self.client(name).post(address, json=body, headers={"Sec-Fetch-Site": "same-origin"})

    def form(self, name: str, address: str, fields: Mapping[str, str], **kept: Any) -> TestResponse:
        """Send the form of a page that is open in somebody's browser."""
        return send_form(self.client(name), address, fields, **kept)

    def principal(self, name: str) -> Principal:
        person = self.people[name]
        return Principal(person=person, roles=ROLES[name], is_operator=person.is_operator)

    def let_in(self, name: str) -> None:
        """Make a person of this name, who has signed in."""
        people = self.door.people
        self.people[name] = people.create(name.title(), name, is_operator=name == "op")
        self.clients[name] = client = self.app.test_client()
        client.set_cookie("pushforward_session", self.door.sessions.begin(self.people[name].id))


def token_in(page: str) -> str:
    """The token in the forms of a page."""
    found = re.search(r'name="csrf_token"[^>]* value="([0-9a-f]{64})"', page)
    assert found is not None, page
    return found[1]


def send_form(
    client: FlaskClient,
    address: str,
    fields: Mapping[str, str],
    page: str = "/sign-in",
    **kept: Any,
) -> TestResponse:
    """Open a page and send a form with its token."""
    shown = client.get(page, base_url=kept.get("base_url"), follow_redirects=True)
    return client.post(address, data={**fields, "csrf_token": token_in(shown.text)}, **kept)
