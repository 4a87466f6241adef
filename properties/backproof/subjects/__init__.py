"""Finding, loading, bridging, isolating and speaking to an implementation."""
