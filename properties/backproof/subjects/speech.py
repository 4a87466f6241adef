"""What two processes say to one another: how values become bytes, and where in what arrived a reply ends."""

from typing import Protocol


class Speech(Protocol):
    """One way of speaking; it may remember what was asked last."""

    def packed(self, value: object, /) -> bytes:
        """What stands for the value."""
        ...

    def cut(self, got: bytearray, /) -> bytes | None:
        """The reply at the front, taken off; None while it is not complete. Garbled if it is none."""
        ...

    def ended(self, got: bytearray, /) -> None:
        """Nothing more comes; Garbled if what is left was never going to be a reply."""
        ...

    def understood(self, reply: bytes, /) -> object:
        """What a reply stands for. Garbled if for nothing."""
        ...

    @property
    def farewell(self) -> bytes:
        """Said before the pipe is closed; nothing, where there is no need."""
        ...
