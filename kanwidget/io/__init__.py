"""Files that leave the notebook."""
