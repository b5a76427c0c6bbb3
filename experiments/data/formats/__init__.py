"""The formats of cells: numbers, dates and missing values as they are written, and what does not fit."""
