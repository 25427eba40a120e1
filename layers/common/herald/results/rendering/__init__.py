"""From rows to PDFs."""
