"""From a workbook to rows."""
