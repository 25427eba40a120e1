"""Single reports are changed, rendered anew, deleted."""
