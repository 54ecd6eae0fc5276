"""The register on paper: its rows as the law wants them, and pages and PDF that are written while they are read."""
