"""A subject that lives in a child process: whatever it does there, the judge gets an answer or a Failure, in time."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from backproof.subjects.answers import array_answer, described, number_answer, params_answer
from backproof.subjects.errors import Failure, FailureKind, NotOffered, Unusable
from backproof.subjects.manner import Manner
from backproof.subjects.spawned import MEMORY
from backproof.subjects.stack import stacked
from backproof.subjects.subject import Hints, Subject
from backproof.subjects.worker import Trouble, Worker
from backproof.wire.program import COMMAND, program
from backproof_spec import Array, Claims, Fitted, Labels, Network, Operation, Params, Rule, Targets

RESTARTS = 20
PATIENCE = 5  # times the limit: for many steps, for training
LOOK = 32  # calls from one look at how much memory the process holds to the next
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
_LONGEST = 1000  # characters of a message that are kept


def open_session(target: str, hints: Hints, limit: float = 20.0, start: float = 60.0) -> Subject:
    """The subject that the target names, in a child process: `limit` seconds for a call, `start` for loading it.

    Raises Unusable if it cannot be loaded. Its prints are kept apart; it is ended by `close`, and with the judge.
    On Windows the programs that it starts may outlive it.
    """
    begun = program(target) if target.startswith(COMMAND) else Worker
    session = Session(target, hints, limit, start, begun)
    claims, assumed, unscaled, manner = session.begin()
    fresh, kept = Remote(session, "fresh", claims), Remote(session, "kept", claims)
    return Subject(target, claims, fresh, kept, assumed, unscaled, manner, session.close)


class Introduction(NamedTuple):
    """What a subject says of itself, what was assumed, whether it is unscaled, and how it writes its layers down."""

    claims: Claims
    assumed: tuple[str, ...]
    unscaled: bool
    manner: Manner


class Question(NamedTuple):
    """A call: of the fresh or of the kept object, with its arguments, and how many seconds it may take."""

    side: str
    operation: str
    given: tuple[object, ...]
    limit: float


class Session:
    """Calls into a child process, which is begun anew when it died; then the kept object has no past."""

    def __init__(self, target: str, hints: Hints, limit: float, start: float, begun: Callable[[], Worker] = Worker) -> None:
        self._worker_begun = begun
        self._target, self._hints, self._start, self.limit = target, hints, start, limit
        self._worker: Worker | None = None
        self._begun, self._unlooked, self._over = 0, 0, ""
        self._at_first = 0  # bytes of data once the first call was answered: what is needed to answer at all
        self.instead: Callable[[Question], object] | None = None  # who is asked meanwhile, and gives the reply

    def begin(self) -> Introduction:
        """How the subject introduces itself, from a new process."""
        self._begun += 1
        worker = self._worker_begun()
        try:
            introduction = _introduction(worker.exchange((self._target, self._hints), self._start))
        except BaseException as trouble:
            worker.end()
            if isinstance(trouble, Trouble):
                never = "; its import, constructor, forward, loss, gradient or step may never end"
                hint = never if trouble.kind == "hung" else ""
                raise Unusable(f"{self._target} cannot be loaded: loading it {trouble}{hint}{_last(worker)}") from None
            raise
        self._worker = worker
        return introduction

    def ask(self, side: str, operation: str, given: tuple[object, ...], what: str, limit: float) -> object:
        """The answer; `what` names the call in messages."""
        if self.instead is not None:
            return _opened(self.instead(Question(side, operation, given, limit)))
        message = (side, operation, given)
        try:
            return self._exchange(message, what, limit)
        except Failure:
            if not self._grown():
                raise
        self._renew()
        return self._exchange(message, what, limit)

    def _exchange(self, message: tuple[object, ...], what: str, limit: float) -> object:
        worker = self._ready(what)
        try:
            reply = worker.exchange(message, limit)
            self._at_first = self._at_first or worker.data()
            return _opened(reply)
        except (Failure, NotOffered):
            raise
        except Trouble as trouble:
            self.drop()
            raise Failure(trouble.kind, f"{what} {trouble}") from None
        except BaseException:  # Ctrl-C: the answer that is under way belongs to no later call
            self.drop()
            raise

    def post(self, questions: tuple[Question, ...]) -> None:
        """Have all these calls of fresh objects made, in one message; `collect` waits for what comes of them."""
        calls = tuple((question.operation, question.given) for question in questions)
        self._ready("many calls", len(calls)).post(("fresh", "many", calls))

    def collect(self, limit: float) -> tuple[object, ...] | None:
        """The replies to what was posted, each as a call alone would have it; None where a call took the process along."""
        try:
            replies = _opened(self._worker.collect(limit)) if self._worker is not None else None
        except (Failure, NotOffered, Trouble) as trouble:
            if isinstance(trouble, Trouble):
                self.drop()
                self.pardon()
            return None
        except BaseException:
            self.drop()
            raise
        if not isinstance(replies, tuple) or not all(map(_is_reply, replies)):
            return None
        if any(reply[0] == "failure" for reply in replies) and self._grown():
            self._renew()
            return None
        return replies

    def _ready(self, what: str, calls: int = 1) -> Worker:
        """The process, begun anew if need be, and if it was not too often."""
        self._unlooked += calls
        if self._unlooked >= LOOK:
            self._unlooked = 0
            if self._grown():
                self._renew()
        if self._worker is None and not self._over:
            self._revive()
        if self._worker is None:
            raise NotOffered(f"{what} was not asked: {self._over}")
        return self._worker

    def _revive(self) -> None:
        try:
            if self._begun > RESTARTS:
                raise Unusable(f"the process of the subject was already begun anew {RESTARTS} times")
            self.begin()
        except Unusable as trouble:
            self._over = str(trouble)

    def _grown(self) -> bool:
        """Whether the process holds so much that the next failure may be for lack of memory."""
        return self._worker is not None and self._worker.data() > max(MEMORY // 4 * 3, 2 * self._at_first)

    def _renew(self) -> None:
        """Have the process begun anew, which is held against nobody: thousands of calls are ours, and what is kept of each
        (code compiled for its shape, a thread) adds up to a lack of memory that no single call has."""
        self.drop()
        self.pardon()

    def pardon(self) -> None:
        """The last end of the process does not count: what caused it will be asked again."""
        self._begun -= 1

    def close(self) -> None:
        """End the process, for good."""
        self.drop()
        self._over = "the session is closed"

    def drop(self) -> None:
        """End the process; the next call begins another."""
        if self._worker is not None:
            self._worker.end()
        self._worker = None


def _introduction(reply: object) -> Introduction:
    match reply:
        case ("subject", Claims() as claims, tuple() as assumed, bool() as unscaled, Manner() as manner):
            return Introduction(claims, tuple(_plain(str(sentence)) for sentence in assumed), unscaled, manner)
        case ("unusable", str() as sentence):
            raise Unusable(_plain(sentence))
    raise Trouble("answer", "wrote into the pipe to the judge: what arrived is no reply")


def _last(worker: Worker) -> str:
    said = worker.last_words()
    return f"; the last that it printed: {_plain(said)}" if said else ""


def _opened(reply: object) -> object:
    """The answer in a reply, or what it says went wrong."""
    match reply:
        case ("answer", value):
            return value
        case ("not offered", str() as operation):
            raise NotOffered(operation)
        case ("failure", str() as kind, str() as sentence):
            raise Failure(_kind(kind), _plain(sentence))
    raise Trouble("answer", "wrote into the pipe to the judge: what arrived is no reply")


def _is_reply(value: object) -> bool:
    """Whether it can be opened."""
    match value:
        case ("answer", _) | ("not offered", str()) | ("failure", str(), str()):
            return True
    return False


def _kind(name: str) -> FailureKind:
    known: tuple[FailureKind, ...] = get_args(FailureKind)
    return next((kind for kind in known if kind == name), "raised")


def _plain(sentence: str) -> str:
    """The same sentence the next time: without addresses, and not endless."""
    return _ADDRESS.sub("0x...", sentence)[:_LONGEST]


class Remote:
    """Everything, asked of the subject in the session's process; answers are looked at again on this side."""

    def __init__(self, session: Session, side: str, claims: Claims) -> None:
        self.session, self._side, self._claims = session, side, claims

    def _ask(self, operation: str, *given: object, what: str = "", patience: int = 1) -> Any:
        return self.session.ask(self._side, operation, given, what or operation, patience * self.session.limit)

    @property
    def claims(self) -> Claims:
        """What the subject says of itself, operations filled in."""
        return self._claims

    def forward(self, net: Network, params: Params, x: Array, /) -> Array:
        """Outputs y (n, d_L) for inputs x (n, d_0)."""
        return array_answer(self._ask("forward", net, params, x), "forward", (len(x), net.sizes[-1]))

    def loss(self, net: Network, params: Params, x: Array, t: Targets, /) -> float:
        """The objective on the batch."""
        return number_answer(self._ask("loss", net, params, x, t), "loss")

    def losses(
        self, net: Network, stack: tuple[Params, ...], x: Array, t: Targets, /
    ) -> NDArray[np.float64]:
        """The loss (len(stack),) at each of the parameters; the limit holds for each loss."""
        answer = array_answer(self._ask("losses", net, stacked(stack), x, t, what="loss"), "losses", (len(stack),))
        if answer.shape != (len(stack),):
            raise Failure("answer", f"losses returned {described(answer)}, should be an array {(len(stack),)}")
        return answer.astype(np.float64)

    def gradient(self, net: Network, params: Params, x: Array, t: Targets, /) -> Params:
        """One Layer(dW, db) for each layer."""
        return params_answer(self._ask("gradient", net, params, x, t), "gradient", net)

    def step(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /) -> Params:
        """The parameters after one update."""
        return params_answer(self._ask("step", net, params, x, t, rule), "step", net)

    def initial(self, net: Network, seed: int, /) -> Params:
        """Initial parameters."""
        return params_answer(self._ask("initial", net, seed), "initial", net)

    def targets(self, net: Network, labels: Labels, /) -> Array:
        """Target rows (n, d_L) for class numbers (n,)."""
        return array_answer(self._ask("targets", net, labels), "targets", (len(labels), net.sizes[-1]))

    def fit(
        self, net: Network, x: Array, t: Targets, query: Array, /, *, seed: int, epochs: int, rule: Rule
    ) -> Fitted:
        """Outputs at the query rows after training from the subject's own start."""
        answer = self._ask("fit", net, x, t, query, seed, epochs, rule, patience=PATIENCE)
        if not isinstance(answer, Fitted):
            raise Failure("answer", f"fit returned {described(answer)}, should be Fitted")
        after = None if answer.params is None else params_answer(answer.params, "fit", net)
        output = array_answer(answer.output, "fit, output,", (len(query), net.sizes[-1]))
        return Fitted(output, after, tuple(number_answer(value, "fit, losses,") for value in answer.losses))

    def descend(self, net: Network, params: Params, x: Array, t: Targets, rule: Rule, steps: int, /) -> Params:
        """The parameters after that many steps."""
        what = f"{steps} steps"
        answer = self._ask("descend", net, params, x, t, rule, steps, what=what, patience=PATIENCE)
        return params_answer(answer, what, net)

    def touched(
        self, operation: Operation, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /
    ) -> tuple[str, ...]:
        """Names of what the operation changed though it was only lent."""
        return self._names("touched", operation, net, params, x, t, rule)

    def left(
        self, operation: Operation, net: Network, params: Params, x: Array, t: Targets, rule: Rule, /
    ) -> tuple[str, ...]:
        """Names of what the operation used up of the caller's, shares with it, or overwrites later."""
        return self._names("left", operation, net, params, x, t, rule)

    def _names(self, question: str, operation: Operation, *given: object) -> tuple[str, ...]:
        names = self._ask(question, operation, *given, what=operation)
        if not isinstance(names, tuple):
            raise Failure("answer", f"what {operation} {question} is {described(names)}, should be names")
        return tuple(map(str, names))
