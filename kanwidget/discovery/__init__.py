"""From data to formulas: shapes of formulas, names for their curves, and a judgement that can be trusted."""
