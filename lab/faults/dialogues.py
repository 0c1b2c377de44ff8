"""Faults between the login and the first prompt: questions that are no prompt, and misleading text.

Whatever is typed into such a dialogue stands in the command log with the dialogue's name as its
state: an agent that keeps its hands off leaves no such line.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

import asyncssh

from lab.faults.fault import Fault, fault

if TYPE_CHECKING:
    from lab.hostile import HostileLogin, HostileSession
    from lab.outcomes import Outcome


@fault
class PasswordChange(Fault):
    """The password has expired, and a new one is asked for: after the login, or `in_login`."""

    says: ClassVar[tuple[Outcome, ...]] = ("password_change",)

    text: str = "Your password has expired.\nEnter new password: "
    in_login: bool = False

    def methods(self, offered: frozenset[str]) -> frozenset[str]:
        """SSH has its own way to ask, which goes with the plain password."""
        return frozenset({"password"}) if self.in_login else offered

    async def check(self, login: HostileLogin, method: str) -> bool:  # noqa: ARG002
        """Ask by SSH's own way.

        :raises asyncssh.PasswordChangeRequired: what makes asyncssh ask.
        """
        if self.in_login:
            raise asyncssh.PasswordChangeRequired(self.text)
        return True

    async def arrive(self, session: HostileSession) -> None:
        """Ask for a new password, twice, and go on."""
        if self.in_login:
            return
        await session.say(f"\n{self.text}")
        await session.secret("password_change")
        await session.say("Re-enter new password: ")
        await session.secret("password_change")
        await session.say("Password changed.\n")


@fault
class Terms(Fault):
    """Terms of use are shown, and a yes is asked for."""

    says: ClassVar[tuple[Outcome, ...]] = ("not_a_device", "timeout")

    text: str = "You must accept the terms of use of this system.\nAccept? [y/n] "

    async def arrive(self, session: HostileSession) -> None:
        """Take a yes; end the session at anything else."""
        await session.say(f"\n{self.text}")
        answer = await session.line("terms")
        if answer.strip().lower() not in {"y", "yes"}:
            session.leave()


@fault
class LinuxShell(Fault):
    """What answers is no network device: a shell, whose prompt ends in ``$`` or ``#``."""

    says: ClassVar[tuple[Outcome, ...]] = ("not_a_device",)

    shell_prompt: str = "admin@host:~$ "

    async def arrive(self, session: HostileSession) -> None:
        """Be a shell until the user leaves."""
        await session.say("Last login: Mon Nov 23 18:02:11 2026 from 192.0.2.10\n")
        while True:
            await session.say(self.shell_prompt)
            words = (await session.line("shell")).split()
            if words[:1] in (["exit"], ["logout"]):
                session.leave()
            if words:
                await session.say(f"-bash: {words[0]}: command not found\n")


@fault
class NeedsReturn(Fault):
    """Nothing but an invitation is shown until Return is pressed."""

    text: str = "Press RETURN to get started.\n"

    async def arrive(self, session: HostileSession) -> None:
        """Wait for a Return."""
        await session.say(f"\n{self.text}")
        await session.line("return", echo=False)


@fault
class BannerLikePrompt(Fault):
    """The banner ends in what looks like a prompt; the real one comes `seconds` later."""

    text: str = "switch#"
    seconds: float = 0.3

    async def arrive(self, session: HostileSession) -> None:
        """Show it, wait, and go on in a new line."""
        await session.say(f"\n{self.text}")
        await asyncio.sleep(self.seconds)
        await session.say("\n")


@fault
class Motd(Fault):
    """The message of the day has lines that end in ``#`` and ``>``, and one that is the prompt."""

    async def arrive(self, session: HostileSession) -> None:
        """Show the message."""
        prompt = session.prompt_text
        await session.say(
            f"\n############\n# Authorised users only #\n>>> see intranet >\n{prompt}\n"
            f"{prompt} show inventory\n############\n\n"
        )


@fault
class AsksAgain(Fault):
    """SSH lets the user in, and then the line itself asks who is there, as a terminal server's."""

    says: ClassVar[tuple[Outcome, ...]] = ("auth_refused", "not_a_device")

    text: str = "\nUser Access Verification\n\nUsername: "

    async def arrive(self, session: HostileSession) -> None:
        """Ask, and know nobody."""
        await session.say(self.text)
        await session.line("login")
        await session.say("Password: ")
        await session.secret("login")
        await session.say("% Login invalid\n")
        session.leave()
