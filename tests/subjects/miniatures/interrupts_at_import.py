"""Importing this raises what Ctrl-C raises."""

raise KeyboardInterrupt
