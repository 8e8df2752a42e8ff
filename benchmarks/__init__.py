"""Every figure that the README claims, each printed by one command: ``make bench B=<name>``."""
