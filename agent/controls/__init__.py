"""What a finding is evidence toward: one data file per framework, control to rules and wording.

A tool can show evidence toward a control, never that a control is met; the wording of each entry
says what part of it the finding speaks about.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Control(_Model):
    """One control or requirement, and the rules whose findings are evidence toward it.

    `objectives` are assessment objective ids, `related` ids of other catalogues (CCI, SRG).
    `platforms` limits it; `fallback` stands for platforms that no other entry of its rules names.
    """

    id: str
    title: str
    wording: str
    rules: tuple[str, ...] = Field(min_length=1)
    objectives: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    fallback: bool = False


class Framework(_Model):
    """One framework as its data file states it; `name` stands before each of its ids."""

    name: str
    title: str
    source: str
    binding: str | None = None
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """One control of one framework."""

    framework: Framework
    control: Control

    def __str__(self) -> str:
        return f"{self.framework.name} {self.control.id}"


@cache
def frameworks() -> dict[str, Framework]:
    """Every framework by the name of its file."""
    files = sorted(Path(__file__).parent.glob("*.yaml"))
    return {
        file.stem: Framework.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
        for file in files
    }


@cache
def cited(rule: str, platform: str | None) -> tuple[Cited, ...]:
    """The controls that a rule's finding about a unit of `platform` is evidence toward."""
    found = []
    for framework in frameworks().values():
        asked = [control for control in framework.controls if rule in control.rules]
        named = [control for control in asked if platform in control.platforms]
        for control in asked:
            general = not control.platforms and not control.fallback
            if control in named or general or (control.fallback and not named):
                found.append(Cited(framework, control))
    return tuple(found)


@cache
def controls_of(rule: str, platform: str | None) -> tuple[str, ...]:
    """The same as text: ``NIST SP 800-53 SA-22``."""
    return tuple(str(each) for each in cited(rule, platform))


@cache
def has_benchmark(framework: str, rule: str, platform: str | None) -> bool:
    """Whether `framework` has an entry of its own for this rule on this platform."""
    known = frameworks()[framework].controls
    return any(rule in control.rules and platform in control.platforms for control in known)
