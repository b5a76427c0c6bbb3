"""The study that a person asks for: by its name, by a table with options, or with another's winner as its default."""
