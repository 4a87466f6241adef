"""Where the first wrong equation of a program stands that no known fault explains."""
