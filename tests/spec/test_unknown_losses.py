"""What the chapter on gradients says of losses that are not known is what the program does."""

import re
from math import log2

from backproof.oracle import own_loss
from backproof_spec.clauses import text


def test_what_a_constant_in_the_logarithm_may_leave_is_as_the_text_says() -> None:
    said = " ".join(text("grad-direction").split())
    share, size = (re.search(of, said) for of in (r"a share of 2\^-(\d+) of a slope", r"2\^-(\d+) / p of the size"))
    assert share is not None and size is not None
    assert (-int(share.group(1)), -int(size.group(1))) == (log2(own_loss.LOGARITHM), log2(own_loss.CONSTANT))
