"""What can go wrong with a subject: before the first judged call it is usage, from there on it is a verdict."""

from typing import Literal, TypeAlias

FailureKind: TypeAlias = Literal["raised", "exited", "crashed", "hung", "answer"]


class Unusable(Exception):
    """Nothing can be judged; one clear sentence says why, with the value and what to do. Exit status 2."""


class Failure(Exception):
    """A judged call on legal input did not answer; the sentence is a verdict on the subject. Exit status 1.

    kind: raised an exception; exited (SystemExit); crashed (the process died); hung (time limit); answer (None, a list,
    a wrong type, parameters written but read back differently).
    """

    def __init__(self, kind: FailureKind, message: str) -> None:
        super().__init__(message)
        self.kind: FailureKind = kind
        self.message = message


class NotOffered(Exception):
    """The operation is not there; a property that needs it is not applicable."""
