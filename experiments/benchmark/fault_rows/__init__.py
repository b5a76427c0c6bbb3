"""The rows of the fault table: what happens to a study, what must follow, and the check of it."""
