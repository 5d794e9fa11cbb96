"""What somebody reads on a page, and what of a template's text is not handed to translators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

#: Elements that have no end tag.
_VOID = frozenset("br hr img input link meta source wbr".split())
#: What holds code, addresses, names of keys or formulas, and not sentences.
_SILENT = frozenset("script style template pre code kbd textarea math i bdi".split())
_READ = ("aria-label", "title", "alt", "placeholder", "data-copy", "data-copied", "aria-valuetext")
#: Names that are the same in every language.
_NAME = re.compile(r"Pushforward|Gradescope|Shift \+ Enter|results\.json|\.zip|https://\S+")
_TRANSLATES = frozenset("_ gettext ngettext".split())
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"[A-Z][a-z]+ [a-z]+")


class _Reader(HTMLParser):
    """Collects what is read; what says that it is English is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self._open: list[tuple[str, bool]] = []

    @property
    def _is_silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        other = found.get("lang") is not None and tag != "html"
        silent = self._is_silent or other
        if not silent:
            self.read += [found[name] or "" for name in _READ if name in found]
        if tag not in _VOID:
            self._open.append((tag, silent or tag in _SILENT))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_silent:
            self.read.append(data)


def read_by_people(html: str) -> list[str]:
    """Each text of a page, and of its attributes, that claims to be in the page's language."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [" ".join(text.split()) for text in reader.read if text.strip()]


def untranslated(template: str) -> list[str]:
    """What a template says in words of its own: English on the pages of every language."""
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(template)
    bare = [
        text
        for text in read_by_people("".join(_skeleton(tree)))
        if _WORD.search(_NAME.sub("", text))
    ]
    return bare + [text for text in _strings(tree) if _SENTENCE.search(text)]


def _skeleton(node: nodes.Node) -> Iterator[str]:
    """The template's own text in its order, with all branches, and nothing for what is put in."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Output):
            for part in child.nodes:
                yield from _said(part)
        else:
            yield from _skeleton(child)


def _said(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Name) and node.name == "english":
        yield ' lang="en"'
    elif isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr | nodes.Concat | nodes.BinExpr | nodes.Filter):
        fields = ("test",) if isinstance(node, nodes.CondExpr) else ("args", "kwargs")
        for child in node.iter_child_nodes(exclude=fields):
            yield from _said(child)


def _strings(node: nodes.Node) -> Iterator[str]:
    """The strings in a template's expressions, but for those that are translated."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, nodes.Call):
        called = node.node
        if isinstance(called, nodes.Name) and called.name in _TRANSLATES:
            return
    # The keys of a table are names, not sentences.
    for child in node.iter_child_nodes(exclude=("key",)):
        yield from _strings(child)
