"""Numbers that know their own error."""
