"""Which known fault, or which several, compute what a failed subject computes; and what is known where none does."""
