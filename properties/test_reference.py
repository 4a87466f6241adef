"""The property suite on the reference: `pytest properties`."""

import backproof

test_reference = backproof.suite("reference")
