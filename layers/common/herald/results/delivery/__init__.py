"""From a PDF to a text on somebody's phone."""
