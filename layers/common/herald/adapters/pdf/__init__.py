"""PDFs: converted, compared, divided, protected."""
