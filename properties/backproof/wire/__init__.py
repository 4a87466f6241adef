"""The wire: how a program in any language is asked, one JSON object a line, and how a subject of Python answers so."""
