"""A workbook through a template: its life from the first to the last."""
