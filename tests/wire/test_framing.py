"""Where the stream of lines is cut: answers with what is behind them, chatter, and what can never become an answer."""

import pytest

from backproof.subjects.codec import Garbled
from backproof.wire import framing


def test_chatter_is_passed_over_and_what_is_behind_an_answer_comes_with_it() -> None:
    got = bytearray(b'epoch 1\n{"loss": 2}\n{"id": 7, "bytes": 3}\nabc{"id"')
    assert framing.Lines().next(got) == ({"id": 7, "bytes": 3}, bytearray(b"abc"))
    assert got == b'{"id"'


def test_an_answer_that_comes_in_pieces_is_given_once_it_is_whole() -> None:
    lines, got, whole = framing.Lines(), bytearray(), b'{"id": 7, "bytes": 3}\nabc'
    for byte in whole[:-1]:
        got.append(byte)
        assert lines.next(got) is None
    got.append(whole[-1])
    assert lines.next(got) == ({"id": 7, "bytes": 3}, bytearray(b"abc")) and not got


def test_a_line_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "MOST", 100)
    lines = framing.Lines()
    assert lines.next(bytearray(b"x" * 100)) is None
    with pytest.raises(Garbled, match="is a line of more than 1 GiB"):
        lines.next(bytearray(b"x" * 101))


def test_more_behind_an_answer_than_is_ever_sent_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "MOST", 100)
    assert framing.Lines().next(bytearray(b'{"id": 7, "bytes": 100}\n')) is None
    with pytest.raises(Garbled, match="says that 101 bytes follow"):
        framing.Lines().next(bytearray(b'{"id": 7, "bytes": 101}\n'))


def test_chatter_is_counted_from_one_answer_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "FLOOD", 10)
    lines = framing.Lines()
    for _ in range(3):
        assert lines.next(bytearray(b'123456789\n{"id": 1}\n')) is not None
    assert lines.next(bytearray(b"12345\n")) is None
    with pytest.raises(Garbled, match="lines that are no answers"):
        lines.next(bytearray(b"12345\n"))
