"""The reference implementation, its faults, and the programs of the gallery."""
