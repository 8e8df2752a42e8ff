"""The notebook face: it translates between a session and the page, and decides nothing else."""
