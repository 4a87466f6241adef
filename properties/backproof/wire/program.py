"""A target that is a command: a program of any language, started and spoken to over the wire."""

import os
import shlex
import shutil
from collections.abc import Callable

from backproof.subjects.errors import Unusable
from backproof.subjects.worker import Worker
from backproof.wire.speech import Spoken

COMMAND = "cmd:"


def program(target: str) -> Callable[[], Worker]:
    """Starts the program that `cmd:PROGRAM ARGUMENTS` names, each time anew. Raises Unusable if there is none."""
    try:
        words = shlex.split(target.removeprefix(COMMAND))
    except ValueError as trouble:
        raise Unusable(f"{target}: {trouble}") from None
    if not words:
        raise Unusable(f"{target} names no program; write cmd:PROGRAM ARGUMENTS, such as 'cmd:node net.js'")
    found = shutil.which(words[0])
    if found is None:
        why = "is not executable" if os.path.exists(words[0]) else "is not there"
        raise Unusable(f"{target}: the program {words[0]} {why}")
    return lambda: Worker((found, *words[1:]), Spoken(target))
