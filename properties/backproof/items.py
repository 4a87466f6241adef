"""`pytest --backproof TARGET`: a collector for the target, an item for each property."""

from collections.abc import Callable, Iterator

import pytest

from backproof.must import Violation
from backproof.registry import Property, properties
from backproof.subjects.errors import Failure, Unusable
from backproof.subjects.loading import load
from backproof.subjects.session import open_session
from backproof.subjects.subject import Hints, Subject
from backproof.testing import CLOSING, Suite


class Target(pytest.Collector):
    """One target: its subject is opened once, in a child process unless told otherwise, and closed at the end."""

    in_process = False

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each property, and the closing one."""
        subject = self._open()
        whole = Suite(lambda: subject)
        for found in properties():
            yield Put.for_property(self, found, whole)
        yield Put.closing(self, whole)

    def _open(self) -> Subject:
        try:
            subject = load(self.name, Hints()) if self.in_process else open_session(self.name, Hints())
        except Unusable as trouble:
            raise pytest.UsageError(f"--backproof {self.name}: {trouble}") from None
        self.config.add_cleanup(subject.close)
        return subject


class Put(pytest.Item):
    """One property, put to one target."""

    work: Callable[[], None]
    slug = ""

    @classmethod
    def for_property(cls, parent: Target, found: Property, whole: Suite) -> "Put":
        """The item of a property."""
        item: Put = cls.from_parent(parent, name=found.name)
        item.work, item.slug = (lambda: whole.run(found)), found.slug
        item.add_marker(pytest.mark.backproof(found.slug))
        return item

    @classmethod
    def closing(cls, parent: Target, whole: Suite) -> "Put":
        """The last item."""
        item: Put = cls.from_parent(parent, name=CLOSING)
        item.work = whole.close
        return item

    def runtest(self) -> None:
        """Put the property."""
        self.work()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """The finding and its case, without a traceback; a fault of the judge itself is shown whole."""
        said = excinfo.value
        if isinstance(said, Violation | Failure | Unusable):
            return "\n".join([str(said), *getattr(said, "__notes__", [])])
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[str, None, str]:
        """Where it is from, for the report: the target."""
        return (self.parent.name if self.parent else "", None, self.name)


def collected(session: pytest.Session, target: str, in_process: bool) -> list[pytest.Item]:
    """All items of one target."""
    node: Target = Target.from_parent(session, name=target, nodeid=target)
    node.in_process = in_process
    return list(node.collect())
