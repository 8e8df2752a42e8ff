"""Where everything stands in the picture of a network: a graph and a box go in, positions come out.

Pure geometry, no drawing. Lengths are in pixels of 1/96 inch, y grows downwards. Every edge owns one slot in the
column between its layers, so curves never overlap and links never run behind them.
"""
