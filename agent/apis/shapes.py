"""The shapes in which Cisco's services answer: content, or one of nine forms of error.

Several errors come with status 200. A body is looked through for each of them before it counts as
content; a gateway's HTML and JSON that ends too early are errors as well, whatever the status.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias

from agent.apis.problems import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Mapping

Content: TypeAlias = dict[str, Any]

_KINDS: tuple[tuple[ProblemKind, re.Pattern[str]], ...] = (
    ("no_data", re.compile(r"NO_RECORDS?_FOUND|NO_DATA_FOUND|NO_IOS_AFFECTING.*|SVO_NO_RECORDS"
                           r"|S3_NO_.*|S3_BASEPID_NO_SUPPORT|ADVISORYID_NOT_FOUND"
                           r"|SSA_ERR_0(15|22|23|26)|API_INV_000")),
    ("too_many", re.compile(r"EXCEEDED_.*|SSA_ERR_00[379]|S3_INV_BASEPID|MIN_PAGESIZE.*")),
    ("server", re.compile(r"SSA_ERR_0(1[1-4]|18|33|37)|GENERIC_ERR|API_ERROR_01"
                          r"|S3_SERVICE_EXCEPTION.*")),
    ("not_authorised", re.compile(r"SSA_ERR_03[46]|API_NOTAUTHORI[ZS]ED|API_PARTY_002")),
    ("invalid_input", re.compile(r"SSA_ERR_010|INVALID_.*|API_INVALID_INPUT|S3_INV_.*"
                                 r"|API_MISSING_PARAMETERS|.*_MANDATORY|START_DATE_GREATER"
                                 r"|OS_TYPE_NOT_FOUND|PRODUCT_NOT_FOUND")),
)  # fmt: skip
_OVER = re.compile(r"DEVELOPER_OVER_|Developer Over (Qps|Rate)|Account Over", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]*>")
_SHOWN = 120
OVER_RATE_WAIT = 60.0
"""Seconds to wait where a service says that the rate is exceeded and not for how long."""


def examine(service: str, status: int, headers: Mapping[str, str], body: str) -> Content | Problem:
    """The content of an answer, or the problem it states."""
    content = json_object(body)
    if content is None:
        return _no_json(service, status, headers, body)
    found = _error_in(content)
    if found is not None:
        code, text = found
        kind = kind_of(code) or kind_of_status(status) or "unexpected"
        return Problem(service, kind, code, text, retry_after=retry_after(kind, headers))
    refused = kind_of_status(status)
    if refused:
        said = str(content.get("message") or HTTPStatus(status).phrase)
        wait = retry_after(refused, headers)
        return Problem(service, refused, f"HTTP {status}", said, retry_after=wait)
    return content


def examine_token(status: int, headers: Mapping[str, str], body: str) -> Content | Problem:
    """The token answer, or the problem; the token service has its own form of error."""
    content = json_object(body)
    if content is not None and content.keys() & {"access_token", "accessToken"}:
        return content
    if content is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _no_json("token", status, headers, body)
    code = str(content.get("errorCode") or content.get("error") or f"HTTP {status}")
    text = str(content.get("errorSummary") or content.get("error_description") or "no token")
    throttled = status == HTTPStatus.TOO_MANY_REQUESTS
    kind: ProblemKind = "over_rate" if throttled else "bad_credentials"
    return Problem("token", kind, code, text, retry_after=retry_after(kind, headers))


def json_object(body: str) -> Content | None:
    """The JSON object of a body; a list is put under its own name. None where it is none."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(content, list):
        return {"items": content}
    return content if isinstance(content, dict) else None


def _error_in(content: Content) -> tuple[str, str] | None:
    """Code and words of an error at the top of a body."""
    order = content.get("OrderList")
    nested = content.get("APIError") or (order.get("APIError") if isinstance(order, dict) else None)
    if "EOXError" in content and "EOXRecord" not in content:
        return _words(content["EOXError"], "ErrorID", "ErrorDescription")
    if "ErrorResponse" in content:
        return _words(
            _inside(content["ErrorResponse"], "APIError"), "ErrorCode", "ErrorDescription"
        )
    if nested is not None:
        return _words(_inside(nested, "Error"), "errorCode", "errorDescription")
    if content.get("status") == "Failure":
        return _words(content.get("errorDetailsResponse"), "errorCode", "errorDescription")
    return _flat_error_in(content)


def _flat_error_in(content: Content) -> tuple[str, str] | None:
    """An error that is the body itself, or its reason."""
    if "errorCode" in content:
        summary = "errorMessage" if "errorMessage" in content else "errorSummary"
        return _words(content, "errorCode", summary)
    if isinstance(content.get("reason"), dict):
        return _words(content["reason"], "errorCode", "errorInfo")
    return None


def _inside(part: object, key: str) -> object:
    return part.get(key) if isinstance(part, dict) else part


def _words(error: object, code: str, text: str) -> tuple[str, str]:
    """Code and words of an error that may be one object, a list of them, or nothing."""
    one = error[0] if isinstance(error, list) and error else error
    if not isinstance(one, dict):
        return "", "an error without a code"
    return str(one.get(code) or "").strip(), str(one.get(text) or "").strip()[:_SHOWN]


def kind_of(code: str) -> ProblemKind | None:
    """The kind of a service's error code; None where the code is not known."""
    return next((kind for kind, codes in _KINDS if codes.fullmatch(code)), None)


def kind_of_status(status: int) -> ProblemKind | None:
    """What a status says without any words; None where it is no refusal."""
    by_status: dict[int, ProblemKind] = {
        HTTPStatus.UNAUTHORIZED: "not_authorised",
        HTTPStatus.FORBIDDEN: "not_authorised",
        HTTPStatus.NOT_FOUND: "no_data",
        HTTPStatus.REQUEST_URI_TOO_LONG: "too_many",
        HTTPStatus.TOO_MANY_REQUESTS: "over_rate",
    }
    if status < HTTPStatus.BAD_REQUEST:
        return None
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "server"
    return by_status.get(status, "unexpected")


def _no_json(service: str, status: int, headers: Mapping[str, str], body: str) -> Problem:
    """What the gateway says in HTML or not at all."""
    code = headers.get("x-mashery-error-code", "") or f"HTTP {status}"
    said = " ".join(_TAGS.sub(" ", body).split())[:_SHOWN] or "an empty body"
    over = f"{code} {headers.get('x-error-detail-header', '')} {said}"
    kind = kind_of_status(status) or "not_json"
    if status == HTTPStatus.FORBIDDEN and _OVER.search(over):
        kind = "over_rate"
    elif kind in {"no_data", "unexpected"}:
        kind = "not_json"
    return Problem(service, kind, code, said, retry_after=retry_after(kind, headers))


def retry_after(kind: ProblemKind, headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from Retry-After: a number or a date."""
    stated = headers.get("retry-after", "").strip()
    if stated.replace(".", "", 1).isdigit():
        return float(stated)
    if stated:
        try:
            until = parsedate_to_datetime(stated)
        except ValueError:
            return None
        return max(0.0, (until - datetime.now(UTC)).total_seconds())
    return OVER_RATE_WAIT if kind == "over_rate" else None
