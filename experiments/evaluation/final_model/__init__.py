"""The final model: a chosen configuration refitted, as the mean of several networks, and its folder."""
