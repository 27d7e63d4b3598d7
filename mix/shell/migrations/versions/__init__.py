"""The revisions, oldest first by name. Each says why."""
