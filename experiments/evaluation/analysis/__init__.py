"""The analysis of development rows after the search: the choice, its luck, its errors, and what they rest on."""
