"""Storage: one suite on all three repositories, and what only databases have."""
