"""The hints that are printed about data: nothing is changed, and each line names what would change it."""
