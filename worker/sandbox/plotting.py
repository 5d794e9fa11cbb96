"""What plotting commands act on: a stand-in for matplotlib that draws nothing.

Students bring their programs from notebooks, with the plots still in them. The grader draws its
own figure, so that calls of plotting functions may as well do nothing.
"""

from __future__ import annotations

from collections.abc import Iterator


class Nothing:
    """Any attribute, call, item or context manager of it is nothing again."""

    __slots__ = ()
    #: `from matplotlib.pyplot import *` brings no names.
    __all__: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> Nothing:
        # Names between underscores are asked for by numpy, copy and CPython itself.
        if name.startswith("_"):
            raise AttributeError(name)
        return NOTHING

    def __setattr__(self, name: str, value: object) -> None:
        pass

    def __call__(self, *_args: object, **_keywords: object) -> Nothing:
        return NOTHING

    def __getitem__(self, _index: object) -> Nothing:
        return NOTHING

    def __iter__(self) -> Iterator[Nothing]:
        # As `fig, ax = plt.subplots()` unpacks it.
        return iter((NOTHING, NOTHING))

    def __enter__(self) -> Nothing:
        return NOTHING

    def __exit__(self, *_error: object) -> None:
        pass

    def __repr__(self) -> str:
        return "<nothing: no plots are drawn here>"


NOTHING = Nothing()
