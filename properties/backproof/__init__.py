"""Executable properties of backpropagation, put to any implementation of it."""
