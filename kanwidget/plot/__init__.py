"""Figures of a network for papers and scripts: matplotlib without pyplot, so that nothing global is touched."""
