"""Sending: by SMTP or as drafts, and to webhooks, with a signature and with patience.

What was taken is recorded at once, before the next message is sent. Where the record is lost in
between, the message that is sent again has the id of the first, so that a receiver can tell.
Signatures are those of Standard Webhooks (HMAC-SHA256 over id, time and body).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import smtplib
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2

from agent import __version__
from agent.apis.problems import Problem, ProblemError, on_the_wire
from agent.apis.repeat import repeated, trust
from agent.errors import UsageError
from agent.files import replacing_bytes
from agent.notify.channels import DeliveryError, forms
from agent.notify.messages import identifier, mail

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from agent.apis.problems import ProblemKind
    from agent.notify.channels import Occasion
    from agent.notify.choice import Notice
    from agent.settings import Channel, Mail, Notify

_LOOPBACK = re.compile(r"127(\.\d{1,3}){3}|localhost|\[::1\]")


class Post:
    """Everything a run sends by; checked before the first message leaves."""

    def __init__(
        self,
        notify: Notify,
        occasion: Occasion,
        drafts: Path | None,
        environment: Mapping[str, str],
    ) -> None:
        self._notify = notify
        self._occasion = occasion
        self._drafts = drafts
        self._environment = environment

    def check(self, notices: list[Notice]) -> None:
        """Refuse a run that could tell some and not others for want of a setting.

        :raises UsageError: naming what is missing.
        """
        for notice in notices:
            if "@" in notice.recipient:
                if self._drafts is None and self._notify.mail.host is None:
                    raise UsageError(
                        "mail: [notify.mail] names no host; set one, or write drafts with --drafts"
                    )
            else:
                self._url(notice.recipient)

    def send(self, notice: Notice, moment: datetime) -> str:
        """Send one notice; how it went out, in words.

        :raises DeliveryError: it was not taken.
        """
        if "@" not in notice.recipient:
            self._post(notice, moment)
            return f"channel {notice.recipient}"
        if self._drafts is not None:
            name = f"{re.sub(r'[^A-Za-z0-9.-]', '_', notice.recipient)}-{identifier(notice)[:8]}"
            path = self._drafts / f"{name}.eml"
            with replacing_bytes(path) as file:
                file.write(mail(notice, self._occasion, self._notify.mail.sender).as_bytes())
            return f"draft {path}"
        self._mail(notice)
        return f"mail by {self._notify.mail.host}"

    def _mail(self, notice: Notice) -> None:
        chosen = self._notify.mail
        message = mail(notice, self._occasion, chosen.sender)
        user = self._environment.get("NETCOVER_SMTP_USERNAME")
        password = self._environment.get("NETCOVER_SMTP_PASSWORD")
        try:
            with _connected(chosen) as server:
                if user and password:
                    if chosen.tls == "none":
                        raise UsageError("mail: a login is not sent in clear text; set tls")
                    server.login(user, password)
                refused = server.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(
                f"mail to {notice.recipient}: {chosen.host}: {_reason(error, password)}"
            ) from None
        if refused:
            raise DeliveryError(f"mail to {notice.recipient}: {chosen.host} refused the address")

    def _url(self, name: str) -> str:
        """A channel's address, from the environment.

        :raises UsageError: there is none, or it would be sent in clear text.
        """
        variable = f"NETCOVER_WEBHOOK_{name.upper()}"
        url = self._environment.get(variable, "")
        parts = urlsplit(url)
        if not parts.netloc:
            raise UsageError(f"channel {name}: {variable} holds no URL; set it")
        clear = parts.scheme == "http" and _LOOPBACK.fullmatch(parts.netloc.partition(":")[0])
        if parts.scheme != "https" and not clear:
            raise UsageError(f"channel {name}: {variable} is not https; nothing is sent in clear")
        return url

    def _post(self, notice: Notice, moment: datetime) -> None:
        name = notice.recipient
        channel = self._notify.channels[name]
        content = forms()[channel.form].body(notice, self._occasion)
        body = json.dumps(content, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "User-Agent": f"netcover/{__version__}"}
        secret = self._environment.get(f"NETCOVER_WEBHOOK_{name.upper()}_SECRET")
        headers |= signed(identifier(notice), moment, body, secret)
        _repeated(name, channel, self._url(name), body, headers)


def signed(message: str, moment: datetime, body: bytes, secret: str | None) -> dict[str, str]:
    """The headers of Standard Webhooks; without a secret there is no signature."""
    stamp = str(int(moment.timestamp()))
    headers = {"webhook-id": message, "webhook-timestamp": stamp}
    if secret:
        content = f"{message}.{stamp}.".encode() + body
        digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
        headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return headers


def _connected(chosen: Mail) -> smtplib.SMTP:
    """A connection to the mail server, as safe as the settings want it."""
    host = chosen.host or ""
    context = trust(chosen.ca_file, "notify.mail.ca_file")
    safe = context if isinstance(context, ssl.SSLContext) else ssl.create_default_context()
    if chosen.tls == "tls":
        return smtplib.SMTP_SSL(host, chosen.port, timeout=chosen.timeout, context=safe)
    server = smtplib.SMTP(host, chosen.port, timeout=chosen.timeout)
    if chosen.tls == "starttls":
        try:
            server.starttls(context=safe)
        except BaseException:
            server.close()
            raise
    return server


def _repeated(
    name: str, channel: Channel, url: str, body: bytes, headers: Mapping[str, str]
) -> None:
    """Post until it is taken, or no longer may be.

    :raises DeliveryError: it was not; the address, which is a secret, is not named.
    """
    with httpx2.Client(
        verify=trust(channel.ca_file, f"notify.channels.{name}.ca_file"), timeout=channel.timeout
    ) as client:

        def once() -> None:
            try:
                answer = client.post(url, content=body, headers=dict(headers))
            except httpx2.HTTPError as error:
                raise ProblemError(on_the_wire(name, error)) from None
            if not answer.is_success:
                raise ProblemError(_refused(name, answer))

        problem = repeated(
            once,
            attempts=channel.attempts,
            pause=channel.pause,
            longest_wait=channel.longest_wait,
        )
    if problem is not None:
        raise DeliveryError(f"channel {problem}".replace(url, "its address"))


def _refused(name: str, answer: httpx2.Response) -> Problem:
    status = answer.status_code
    after = answer.headers.get("retry-after", "")
    wait = float(after) if after.isdigit() else None
    kind: ProblemKind = "unexpected"
    if status == httpx2.codes.TOO_MANY_REQUESTS:
        kind = "over_rate"
    elif status >= httpx2.codes.INTERNAL_SERVER_ERROR:
        kind = "server"
    elif status in {401, 403, 404, 410}:
        kind = "not_authorised"
    return Problem(name, kind, str(status), answer.reason_phrase, retry_after=wait)


def _reason(error: BaseException, password: str | None) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text.replace(password, "***") if password else text
