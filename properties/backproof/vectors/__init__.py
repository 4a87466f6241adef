"""Golden vectors: networks at a point with every value that a right program has there, for those who run no Python."""
