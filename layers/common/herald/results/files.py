"""What holds for files of every kind: those that are uploaded, and those that are kept."""

LARGEST_FILE_THROUGH_API = 4 * 1024 * 1024
"""Lambda takes six megabytes, and the file travels in base64. Larger ones go to an upload URL."""
UPLOAD_URL_SECONDS = 900
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGEST_WORKBOOK_BYTES = 20 * 1024 * 1024
PDF_TYPE = "application/pdf"
