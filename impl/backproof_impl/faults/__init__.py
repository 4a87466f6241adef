"""The catalogue of faults: each is the reference with one method overridden."""
