"""Studies beside each other: the differences of what they chose, and finalists trained again."""
