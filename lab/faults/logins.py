"""Faults of the login: who is let in, in which way, and how often."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from lab.faults.fault import Fault, fault
from lab.rates import Rate

if TYPE_CHECKING:
    from lab.hostile import HostileLogin
    from lab.outcomes import Outcome

Method = Literal["password", "keyboard-interactive"]


@fault
class RefuseLogin(Fault):
    """Every login is refused, the right one too."""

    says: ClassVar[tuple[Outcome, ...]] = ("auth_refused",)

    async def check(self, login: HostileLogin, method: str) -> bool:  # noqa: ARG002
        """Look at nothing."""
        return False


@fault
class SlowLogin(Fault):
    """The AAA server takes its time: so many `seconds`."""

    seconds: float = Field(default=6.0, ge=0)

    async def check(self, login: HostileLogin, method: str) -> bool:  # noqa: ARG002
        """Wait first."""
        await asyncio.sleep(self.seconds)
        return True


@fault
class LoginMethods(Fault):
    """Only some ways to log in are offered, or taken: the others are refused when tried."""

    offers: tuple[Method, ...] = ("password", "keyboard-interactive")
    takes: tuple[Method, ...] = ("keyboard-interactive",)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Whoever will not risk a second refusal may stop at the first."""
        refused = set(self.offers) - set(self.takes)
        if not refused:
            return ("readable",)
        return ("readable", "auth_refused") if refused < set(self.offers) else ("auth_refused",)

    def methods(self, offered: frozenset[str]) -> frozenset[str]:
        """What is offered."""
        return offered & frozenset(self.offers)

    async def check(self, login: HostileLogin, method: str) -> bool:  # noqa: ARG002
        """Look at the password only where it came the right way."""
        return method in self.takes


@fault
class Throttle(Fault, Rate):
    """More than so many `logins` in so many `seconds` are refused by closing the connection."""

    async def enter(self, login: HostileLogin) -> None:
        """Close the connection that is one too many."""
        if not self.admits(login.device.logins, asyncio.get_running_loop().time()):
            login.cut()
            await login.gone()


@fault
class NoFreeLine(Fault):
    """All terminal lines are in use: the login succeeds, the session is refused, so many `times`.

    0: always.
    """

    times: int = Field(default=1, ge=0)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """A line is free again before a patient sweep gives up."""
        return ("readable",) if self.times else ("connection_lost",)

    def opens(self, login: HostileLogin) -> bool:
        """Only once others have left."""
        return 0 < self.times < login.device.connections
