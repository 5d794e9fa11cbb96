"""The rate limit: counts each request to the API for whoever makes it, and refuses too many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, g, request

from grader.access.bearer import BadToken, TooManyWrongTokens
from grader.access.principal import NOBODY, Principal, principal
from grader.access.quotas import Left, Quota, Quotas
from grader.access.rules import EVERYONE, RULES
from grader.access.throttle import network_of
from grader.desks.problems import TOO_MANY_REQUESTS, RequestError
from grader.settings import Settings

#: By the endpoint what is counted apart from other requests. A form is a submission too.
_COUNTED_APART: Mapping[str, str] = MappingProxyType(
    {
        "submissions.submit": "submissions",
        "pages.submit": "submissions",
        # One each: what is in it is paced by itself.
        "batches.create": "submissions",
        "batches.dry_run": "submissions",
        "pages.send_batch": "submissions",
        "previews.start": "previews",
        "previews.show": "previews",
    }
)
#: Who watches over the service must never be told that it asks too often.
_UNCOUNTED = {"health.show"}


@dataclass(frozen=True, slots=True)
class Rates:
    """The quotas that the settings give."""

    submissions: Quota
    #: For whoever submits for many: a platform, or the demo student, who sends for any label.
    platform_submissions: Quota
    previews: Quota
    requests: Quota

    @classmethod
    def of(cls, settings: Settings) -> Rates:
        """The quotas of these settings."""
        return cls(
            submissions=Quota("submissions", settings.rate_submissions),
            platform_submissions=Quota("submissions", settings.rate_platform_submissions),
            previews=Quota("previews", settings.rate_previews),
            requests=Quota("requests", settings.rate_requests),
        )

    def quota(self, kind: str, who: Principal) -> Quota:
        """The quota that counts for a kind of request."""
        for_many = who.is_demo or who.is_platform
        if kind == "submissions":
            return self.platform_submissions if for_many else self.submissions
        return self.previews if kind == "previews" else self.requests


def limit_rates(app: Flask, rates: Rates, quotas: Quotas) -> None:
    """Count before the gate, so that what it refuses is counted too."""

    def count() -> None:
        kind = _kind()
        if kind is None:
            return
        who = _who()
        quota = rates.quota(kind, who)
        if not quota.count:
            return
        left = quotas.take(quota, _name(who))
        g.quota_left = left
        if left.is_exceeded:
            raise RequestError(
                TOO_MANY_REQUESTS,
                f"You may make {quota.count} requests of this kind in {quota.seconds} seconds.",
                headers={"Retry-After": str(left.seconds)},
            )

    app.before_request(count)
    app.after_request(_add_headers)


def is_counted(endpoint: str) -> bool:
    """Whether requests to an endpoint of the API are counted."""
    return endpoint not in _UNCOUNTED


def _kind() -> str | None:
    """What a request counts as; None: as nothing."""
    endpoint = request.endpoint or ""
    if not is_counted(endpoint):
        return None
    otherwise = "requests" if request.path.startswith("/api/") else None
    return _COUNTED_APART.get(endpoint, otherwise)


def _who() -> Principal:
    """Who asks; nobody where that does not matter, or where what should say so is wrong."""
    if request.endpoint is None or RULES.get(request.endpoint) == EVERYONE:
        return NOBODY
    try:
        return principal()
    except (BadToken, TooManyWrongTokens):  # the gate says it again
        return NOBODY


def _name(who: Principal) -> str:
    """By token, by person, or by address where it is nobody."""
    return who.actor.token or who.actor.person or f"at {network_of(request.remote_addr or '')}"


def _add_headers(response: Response) -> Response:
    left: Left | Any = g.get("quota_left")
    if left is not None:
        response.headers.update(left.headers)
    return response
