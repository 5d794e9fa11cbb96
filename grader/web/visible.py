"""Makes hostile text safe to look at: escapes it, and shows the characters that hide or reorder."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

#: Control characters but for tab and newline; the marks that turn the direction of text, with
#: which code can be made to look other than it is (CVE-2021-42574); line separators that are no
#: line breaks to Python; surrogates, which a page in UTF-8 cannot hold; the byte order mark.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ud800-\udfff]"
)


def visible(text: str) -> Markup:
    """`text` as HTML in which every character of it can be seen for what it is."""
    shown = _HIDDEN.sub(_marker, str(escape(text)))
    return Markup(shown)


def _marker(match: re.Match[str]) -> str:
    return f'<span class="hidden-character">U+{ord(match[0]):04X}</span>'
