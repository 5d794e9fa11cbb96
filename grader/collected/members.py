"""Members: finds whose a label is among the people of a course, and never guesses."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grader.collected.labels import Label
from grader.collected.why import Why


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody in the course, by all that he or she is known by."""

    id: str
    name: str
    username: str | None
    is_student: bool
    #: By kind, without what people share.
    external_ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """Whose a label is, or why that is not known."""

    person: Known | None
    why: Why | None = None
    #: Names, where they say more.
    detail: str = ""


class Members:
    """The people of a course, by ids and by names."""

    def __init__(self, people: Iterable[Known]) -> None:
        self._by_id: dict[tuple[str | None, str], dict[str, Known]] = defaultdict(dict)
        self._by_name: dict[str, dict[str, Known]] = defaultdict(dict)
        for one in people:
            self._add(one)

    def knows(self, text: str) -> bool:
        """Whether somebody, or more than one, has this id or name."""
        return bool(self._by_id.get((None, folded(text))) or self._by_name.get(squashed(text)))

    def find(self, label: Label) -> Match:
        """Whose a label is: by an id, else by a name that one person alone has.

        A name is not enough for somebody of whom the course knows another id of the same kind:
        that is somebody else of the same name.
        """
        found: dict[str, Known] = {}
        for kind, value in label.ids:
            found |= self._by_id.get((kind, folded(value)), {})
        if not found and squashed(label.name):
            found = {
                id_: one
                for id_, one in self._by_name.get(squashed(label.name), {}).items()
                if not any(kind in one.external_ids for kind, _ in label.ids if kind is not None)
            }
        names = ", ".join(sorted(one.name for one in found.values()))
        if len(found) != 1:
            return Match(None, Why.SEVERAL_PEOPLE if found else Why.NOBODY, names)
        (person,) = found.values()
        if not person.is_student:
            return Match(None, Why.NOT_A_STUDENT, names)
        return Match(person)

    def _add(self, one: Known) -> None:
        for text in (one.id, one.username):
            if text:
                self._by_id[None, folded(text)][one.id] = one
        for kind, value in one.external_ids.items():
            for key in (None, kind):
                self._by_id[key, folded(value)][one.id] = one
        for form in _forms(one.name):
            self._by_name[form][one.id] = one


def folded(text: str) -> str:
    """An id as it is compared: nobody tells apart what differs by its case alone."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def squashed(name: str) -> str:
    """A name as it is compared: letters and digits alone, without accents, in one case."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in unicodedata.normalize("NFKD", plain) if char.isalnum())


def _forms(name: str) -> set[str]:
    """A name with its parts in each turn: platforms write the family name first, or last."""
    parts = name.replace(",", " ").split()
    turns = {" ".join((*parts[first:], *parts[:first])) for first in range(len(parts))}
    return {squashed(turn) for turn in turns} - {""}
