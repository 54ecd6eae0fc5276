"""What may be attached, and where it lies: judged in a confined process, kept in a vault, served as evidence."""
