"""One property put to many cases side by side, where the subject lives in a process of its own.

Each case goes on until it asks the subject something. When all of a group have asked, their questions go out in one message;
while the child works on it, another group goes on. So messages are few, and judge and child both work. What is asked when is
decided by the cases alone: the same run says the same to the byte.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from backproof.asked import Asked
from backproof.case import Case
from backproof.must import Violation
from backproof.registry import Property
from backproof.subjects.errors import Failure, NotOffered
from backproof.subjects.session import Question, Remote, Session
from backproof.trial import Trial

GROUP = 48  # cases, most, that ask in one message
LARGE = 2**21  # bytes of the cases, most, in one message: large networks are asked about one by one
Settled = dict[int, Callable[[], None]]


class Together:
    """Puts properties to many cases of one subject, one property after the other."""

    def __init__(self, session: Session) -> None:
        self._session, self._running = session, Trial(lambda: None)
        self._lost = False  # a call took the process along: from then on each is made in its turn
        self._over = False  # a case has ended it
        self._alone = False  # the property at hand is put to one case after the other

    @staticmethod
    def of(asked: Asked) -> "Together | None":
        """None where the subject is in this process: there nothing is won."""
        remote = asked.subject.fresh
        return Together(remote.session) if isinstance(remote, Remote) else None

    def settled(self, found: Property, asked: Asked, cases: Sequence[Case]) -> Settled:
        """By the number of the case, what returns or raises as the property did; one that is missing has to be put alone."""
        trials = [Trial(partial(found.put, asked, case)) for case in cases]
        self._alone, self._over, self._session.instead = self._lost, False, self._ask
        try:
            self._rounds(_groups(cases, trials))
        except BaseException:  # Ctrl-C: a reply may be under way, which belongs to no later call
            self._session.drop()
            raise
        finally:
            self._session.instead = None
        return {i: partial(_come, trial.outcome) for i, trial in enumerate(trials) if trial.is_settled}

    def _rounds(self, left: Iterator[list[Trial]]) -> None:
        """One group goes on while the child works for another; a group that is settled makes room for the next."""
        ready, waiting = deque([group for group in (next(left, []), next(left, [])) if group]), list[list[Trial]]()
        while ready or waiting:
            asking = self._asking(ready.popleft() if ready else [], left)
            for group in waiting:
                self._collect(group)
                ready.append(group)
            waiting = [asking] if asking and self._post(asking) else []

    def _asking(self, group: list[Trial], left: Iterator[list[Trial]]) -> list[Trial]:
        """Those of the group that ask something; if there are none, of the next."""
        while group and not self._alone:
            for trial in group:
                self._running = trial
                trial.attempt()
            if asking := [trial for trial in group if trial.is_asking]:
                return asking
            group = [] if self._ended(group) else next(left, [])
        return []

    def _ended(self, group: list[Trial]) -> bool:
        """Whether a case has ended the property, so that no further group is wanted."""
        self._over = self._over or any(map(_ends, group))
        return self._over

    def _ask(self, question: Question) -> object:
        """In place of a call. The kept object is asked in one order only: that of the cases."""
        self._alone = self._alone or question.side == "kept"
        return self._running.ask(question)

    def _post(self, asking: list[Trial]) -> bool:
        """Send what is asked; whether replies will come."""
        try:
            if not self._alone:
                self._session.post(tuple(trial.question for trial in asking if trial.question is not None))
        except NotOffered:
            self._alone = True
        return not self._alone

    def _collect(self, asking: list[Trial]) -> None:
        """Hand the replies out; there are none where a call took the process along."""
        replies = self._session.collect(max(trial.question.limit for trial in asking if trial.question is not None))
        if replies is None or len(replies) != len(asking):
            self._alone = self._lost = True
            return
        for trial, reply in zip(asking, replies, strict=True):
            trial.tell(reply)


def _ends(trial: Trial) -> bool:
    return isinstance(trial.outcome, Failure) or (isinstance(trial.outcome, Violation) and not trial.outcome.is_advice)


def _come(outcome: Exception | None) -> None:
    if outcome is not None:
        raise outcome


def _groups(cases: Sequence[Case], trials: Sequence[Trial]) -> Iterator[list[Trial]]:
    """Neighbours, in two groups at least; nobody goes with a case that is large."""
    most, group, size = min(GROUP, -(-len(cases) // 2)), list[Trial](), 0
    for case, trial in zip(cases, trials, strict=True):
        bytes_ = case.x.nbytes + sum(p.nbytes for layer in case.params for p in layer)
        if group and (len(group) == most or size + bytes_ > LARGE):
            yield group
            group, size = [], 0
        group, size = [*group, trial], size + bytes_
    yield group
