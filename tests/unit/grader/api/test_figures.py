from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from exercises.figures.gallery import GALLERY, PNG, SVG, draw
from exercises.report import Figure
from tests.unit.exercises.test_gallery import STORED

if TYPE_CHECKING:
    from tests.unit.grader.conftest import Service


def links(service: Service, id_: str) -> dict[str, str]:
    (figure,) = service.get(id_).get_json()["report"]["figures"]
    return dict(figure["links"])


def test_the_report_links_to_its_figures_in_both_forms(
    service: Service, drawn: dict[str, bytes]
) -> None:
    found = links(service, service.graded(files=drawn))
    assert set(found) == {"image/png", "image/svg+xml"}
    png = service.client.get(found["image/png"])
    assert (png.status_code, png.mimetype) == (200, "image/png")
    assert png.data == drawn["density.png"]
    svg = service.client.get(found["image/svg+xml"])
    assert (svg.status_code, svg.mimetype) == (200, "image/svg+xml")
    root = ElementTree.fromstring(svg.data)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.find("{http://www.w3.org/2000/svg}desc") is not None


def test_an_svg_can_do_nothing_under_our_address(service: Service, drawn: dict[str, bytes]) -> None:
    answer = service.client.get(links(service, service.graded(files=drawn))["image/svg+xml"])
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy.split("; ")
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("figure", ["density.png", "density.svg"])
def test_figures_are_kept_long_and_not_sent_twice(
    service: Service, drawn: dict[str, bytes], figure: str
) -> None:
    id_ = service.graded(files=drawn)
    address = f"/api/v1/submissions/{id_}/figures/{figure}"
    of_attempt = service.client.get(f"{address}?attempt=1")
    assert "immutable" in of_attempt.headers["Cache-Control"]
    assert "private" in of_attempt.headers["Cache-Control"]
    latest = service.client.get(address)
    assert latest.headers["Cache-Control"] == "private, no-cache"
    tag = {"If-None-Match": latest.headers["ETag"]}
    again = service.client.get(address, headers=tag)
    assert (again.status_code, again.data) == (304, b"")


def test_a_known_svg_is_not_even_drawn(service: Service) -> None:
    # These panels cannot be drawn: only an answer that does not try can succeed.
    id_ = service.graded(files={"density.npz": b"broken"})
    address = f"/api/v1/submissions/{id_}/figures/density.svg"
    failed = service.client.get(address)
    assert failed.status_code == 500
    from grader.api.endpoints.figures import _tag

    tag = _tag(b"broken", "density.svg")
    assert service.client.get(address, headers={"If-None-Match": f'"{tag}"'}).status_code == 304


@pytest.mark.parametrize("name", [name for name in GALLERY if name != "density"])
def test_other_figures_are_drawn_from_what_was_stored(service: Service, name: str) -> None:
    exhibit = GALLERY[name]
    id_ = service.graded(files={source: STORED[source] for source in exhibit.sources})
    address = f"/api/v1/submissions/{id_}/figures/{name}"
    stored = [STORED[source] for source in exhibit.sources]
    for ending, media_type in (("png", PNG), ("svg", SVG)):
        answer = service.client.get(f"{address}.{ending}")
        assert (answer.status_code, answer.mimetype) == (200, media_type)
        assert answer.data == draw(name, stored, media_type)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    missing = service.graded(files={"density.png": b"only this"})
    gone = service.client.get(f"/api/v1/submissions/{missing}/figures/{name}.png")
    assert (gone.status_code, gone.get_json()["type"]) == (404, "/problems/not-found")


def test_the_page_keeps_room_for_each_figure(service: Service) -> None:
    figures = [Figure(name=name, alt=f"{name} in words") for name in GALLERY]
    id_ = service.graded(service.report(figures=figures))
    page = service.client.get(f"/submissions/{id_}").text
    for name, exhibit in GALLERY.items():
        width, height = exhibit.size
        place = f'/figures/{name}.png?attempt=1" width="{width}" height="{height}"'
        assert place in page


@pytest.mark.parametrize(
    "path", ["density.gif", "density.npz", "../source", "density.png?attempt=2", "nix"]
)
def test_other_figures_are_not_there(service: Service, drawn: dict[str, bytes], path: str) -> None:
    id_ = service.graded(files=drawn)
    answer = service.client.get(f"/api/v1/submissions/{id_}/figures/{path}")
    assert answer.status_code == 404


def test_there_is_no_figure_before_the_grade(service: Service) -> None:
    answer = service.client.get(f"/api/v1/submissions/{service.submit()}/figures/density.png")
    assert answer.status_code == 404
    assert answer.get_json()["type"] == "/problems/not-found"


def test_tags_of_different_pictures_differ(service: Service, drawn: dict[str, bytes]) -> None:
    id_ = service.graded(files=drawn)
    address = f"/api/v1/submissions/{id_}/figures/density"
    tags = {service.client.get(f"{address}.{kind}").headers["ETag"] for kind in ("png", "svg")}
    assert len(tags) == 2
