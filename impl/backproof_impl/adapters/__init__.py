"""Adapters to packages that people use: each converts and calls, and computes nothing."""
