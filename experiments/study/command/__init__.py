"""The common parts of all commands: arguments, the terminal, interruptions, and a process of their own."""
