"""The final model of a finished study, scored on rows that came later."""
