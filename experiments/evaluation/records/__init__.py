"""The record of a study: results.json, part by part, and the reasons why a part is missing."""
