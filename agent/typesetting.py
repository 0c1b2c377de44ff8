"""Typst: a template and its data to a tagged PDF (PDF/UA-1): its own fonts, no clock, no network.

Typst gives memory back only when its process ends: half a megabyte for each device of the
auditor's report (500 devices: 280 MB, measured with typst 0.15). A large document is therefore set
in a process of its own, which runs this file.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SMALL = 300_000
"""Bytes of data up to which starting a process would cost more than it saves."""


def typeset(template: Path, data: str) -> bytes:
    """The PDF; the same template and data give the same bytes.

    :raises RuntimeError: typst refuses the document.
    """
    if len(data) <= SMALL:
        return _compile(template, data)
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-P", __file__, str(template)],
        input=data.encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{template.name}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _compile(template: Path, data: str) -> bytes:
    import typst  # noqa: PLC0415 - an extra: only who asks for a PDF needs it

    return typst.compile(
        str(template),
        root=str(template.parent),
        sys_inputs={"data": data},
        ignore_system_fonts=True,
        pdf_standards="ua-1",
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(_compile(Path(sys.argv[1]), sys.stdin.buffer.read().decode()))
