"""Asking a source of truth over HTTPS: only to read, only that host, and one clear error.

The library of the source asks through a session of ours; its adapter sees every request, those
that follow a redirection or a link to the next page as well.
"""

from __future__ import annotations

import io
import os
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
import stamina
import urllib3
from requests.adapters import HTTPAdapter

from agent import __version__
from agent.errors import InventoryError, SettingsError, UsageError
from agent.inventory.credentials import keyring
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.settings import InventorySettings

PAGE = 500
"""Devices asked for at once; NetBox and Nautobot give at most 1,000 by default."""
_REFUSED = (401, 403)
_ABSENT = 404
_ERROR = 400
_REDIRECTED = range(300, 400)
_REPEATED = frozenset({408, 429, 500, 502, 503, 504})
_LONGEST_TEXT = 200
_CHUNK = 1 << 16
_LARGEST_PAGE = 1 << 28
_PATIENCE = 4
"""A whole answer may take so many times the time-out, which is for silence."""


def token_of(source: str) -> str:
    """The API token of a source: from its variable, else from the keyring.

    :raises UsageError: there is none, or it is no token.
    """
    variable, service = f"NETCOVER_{source.upper()}_TOKEN", f"netcover-{source}"
    token = os.environ.get(variable) or ""
    if not token and (stored := keyring.entry(service, None)):
        token = stored[1]
    token = token.strip()
    if not token:
        raise UsageError(
            f"no API token of {source}: set {variable}, or store it with"
            f" 'keyring set {service} token'"
        )
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise UsageError(f"{variable}: is no API token; it holds blanks or other characters")
    return token


class _Retry(Exception):  # noqa: N818 - a step, never seen outside
    """A failure that may pass by itself. `wait`: seconds that were asked for."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Guard(HTTPAdapter):
    """Sends nothing but GET to one scheme, host and port; every answer is a page of a list.

    :ivar count: how many entries the last page says there are.
    """

    def __init__(self, source: str, url: str, settings: InventorySettings) -> None:
        super().__init__()
        self.count = 0
        self._source, self._url, self._settings = source, url, settings
        self._seen: set[str] = set()

    def send(  # noqa: PLR0917 - the library's parameters, of which none but two are used
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002, FBT001, FBT002 - as inherited
        timeout: object = None,  # noqa: ARG002 - as inherited
        verify: object = True,  # noqa: ARG002, FBT002 - as inherited
        cert: object = None,  # noqa: ARG002 - as inherited
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The answer, read to its end.

        :raises InventoryError: it is none that can be used, or the request is not to be sent.
        """
        self._check(request)
        settings = self._settings
        longest = timedelta(seconds=settings.longest_wait)

        def again(error: Exception) -> bool | timedelta:
            if not isinstance(error, _Retry):
                return False
            if error.wait is None:
                return True
            wait = timedelta(seconds=error.wait)
            return wait if wait <= longest else False

        tried = 0
        try:
            for attempt in stamina.retry_context(
                on=again,
                attempts=settings.attempts,
                timeout=None,
                wait_initial=settings.pause,
                wait_max=longest,
                wait_jitter=settings.pause,
            ):
                with attempt:
                    tried = attempt.num
                    return self._once(request, proxies)
        except _Retry as error:
            asked = f"; it asks to wait {error.wait:g} seconds" if error.wait else ""
            raise self._error(f"{error} (tried {count(tried, 'time')}{asked})") from None
        raise AssertionError("a retry context ends with a result or an error")

    def _check(self, request: requests.PreparedRequest) -> None:
        url = request.url or ""
        if request.method != "GET":
            raise self._error(f"{request.method} is not sent: netcover only reads")
        if _origin(url) != _origin(self._url):
            raise self._error(
                f"it leads on to {_origin(url)}, where its token is not sent; set inventory.url to"
                " the address that it has for itself, or mend its proxy's X-Forwarded-Proto"
            )
        if url in self._seen:
            raise self._error("it gives the same page twice; its pages lead nowhere")
        self._seen.add(url)

    def _once(
        self, request: requests.PreparedRequest, proxies: Mapping[str, str] | None
    ) -> requests.Response:
        ca_file = self._settings.ca_file
        try:
            answer = super().send(
                request,
                timeout=self._settings.timeout,
                verify=str(ca_file) if ca_file else True,
                proxies=proxies,
            )
            # Read here, so that what is cut off is asked for again; what is read has its limits.
            answer.raw = io.BytesIO(self._body(answer))
        except requests.exceptions.SSLError:
            raise self._error(
                "its certificate is not trusted; name the authority that signed it with"
                " inventory.ca_file in netcover.toml"
            ) from None
        except (requests.exceptions.Timeout, TimeoutError, urllib3.exceptions.TimeoutError):
            raise _Retry(f"no answer within {self._settings.timeout:g} seconds") from None
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
            raise _Retry(f"cannot be reached: {_cause(error)}") from None
        self._examine(answer)
        return answer

    def _body(self, answer: requests.Response) -> bytes:
        """The body, as long as it comes at a bearable pace and is no flood.

        :raises TimeoutError: it takes too long.
        """
        end = monotonic() + _PATIENCE * self._settings.timeout
        pieces, size = [], 0
        for piece in answer.raw.stream(_CHUNK, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > _LARGEST_PAGE:
                answer.close()
                raise self._error(f"an answer is larger than {_LARGEST_PAGE >> 20} MB")
            if monotonic() > end:
                answer.close()
                raise TimeoutError
        return b"".join(pieces)

    def _examine(self, answer: requests.Response) -> None:
        """Let pass redirections, which come by here again, and pages of a list."""
        status = answer.status_code
        if status in _REDIRECTED:
            return
        if status in _REPEATED:
            raise _Retry(f"HTTP {status} {answer.reason}", _wait(answer))
        if status in _REFUSED:
            raise self._error(
                f"refuses the token (HTTP {status}); give it one that may read devices, as"
                f" NETCOVER_{self._source.upper()}_TOKEN"
            )
        if status == _ABSENT:
            raise self._error(
                "has no API there (HTTP 404); inventory.url is the address of its web pages,"
                " without /api"
            )
        if status >= _ERROR:
            raise self._error(f"HTTP {status}: {_told(answer)}")
        try:
            page = answer.json()
        except (ValueError, RecursionError):
            raise _Retry("the answer is no JSON, or was cut off; is this its address?") from None
        if not (
            isinstance(page, dict)
            and isinstance(page.get("results"), list)
            and isinstance(page.get("count"), int)
            and isinstance(page.get("next", 0), (str, type(None)))
        ):
            raise self._error("the answer is no list of its API; is this its address?")
        self.count = page["count"]

    def whole(self, rows: list[Any]) -> list[Any]:
        """The entries of a list, each once.

        :raises InventoryError: there are fewer than it says, or one is no entry.
        """
        found = {row["id"]: row for row in rows if isinstance(row, dict) and "id" in row}
        if len(found) < self.count:
            raise self._error(
                f"it says that it has {self.count} entries, and gave {len(found)}; ask again"
            )
        return list(found.values())

    def unusable(self, error: Exception) -> InventoryError:
        """What to say of an address that nothing can be sent to."""
        return self._error(f"it leads to an address that is none ({type(error).__name__})")

    def _error(self, reason: str) -> InventoryError:
        return InventoryError(f"{self._source}: {self._url}: {reason}")


class _Session(requests.Session):
    """Sends the token it was given: what ~/.netrc says of the host does not take its place."""

    def __init__(self, guard: Guard) -> None:
        super().__init__()
        self._guard = guard
        self.auth = lambda request: request

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as inherited
        """Ask; an address that is none, as of a next page, is an answer that cannot be used."""
        try:
            return super().request(*args, **kwargs)
        except (requests.RequestException, ValueError) as error:
            raise self._guard.unusable(error) from None

    def rebuild_auth(self, *_request: object) -> None:
        """After a redirection, which does not leave the host, nothing changes."""


def guarded(source: str, settings: InventorySettings) -> tuple[requests.Session, Guard, str]:
    """A session for the library, its guard, and the address without a slash at its end.

    :raises SettingsError: the address is none, or the file of the authority is not there.
    """
    url = (settings.url or "").rstrip("/")
    try:
        has_user = urlsplit(url).username is not None
        if not has_user:
            requests.Request("GET", url).prepare()
            urlsplit(url).port  # noqa: B018 - read, because it may be none
    except (requests.RequestException, ValueError):
        raise SettingsError(f"inventory.url: {url!r} is no address") from None
    if has_user:
        raise SettingsError(
            "inventory.url: holds a user or a password; leave them out, the token is enough"
        )
    if settings.ca_file is not None and not settings.ca_file.is_file():
        raise SettingsError(f"inventory.ca_file: {settings.ca_file}: no such file")
    guard = Guard(source, url, settings)
    session = _Session(guard)
    session.headers["User-Agent"] = f"netcover/{__version__}"
    session.mount("https://", guard)
    session.mount("http://", guard)
    return session, guard, url


def _origin(url: str) -> str:
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        port = 0
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _wait(answer: requests.Response) -> float | None:
    """What the answer asks to wait, in seconds; a date there is taken as no word."""
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isdigit() else None


def _told(answer: requests.Response) -> str:
    """What an error says, on one line and not too long."""
    words = " ".join("".join(c if c.isprintable() else " " for c in answer.text).split())
    return words[:_LONGEST_TEXT] or "without a word"


def _cause(error: BaseException) -> str:
    """The innermost reason; the outer ones repeat the request."""
    reason: BaseException = error
    seen = {id(reason)}
    while True:
        inner = getattr(reason, "reason", None) or reason.__cause__ or reason.__context__
        if not isinstance(inner, BaseException) or id(inner) in seen:
            break
        reason = inner
        seen.add(id(reason))
    return getattr(reason, "strerror", None) or type(reason).__name__
