"""The columns of a raw table: their roles, their kinds, and the target."""
