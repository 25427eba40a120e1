"""From a workbook and a template to one PDF per person, delivered behind a link and a password."""
