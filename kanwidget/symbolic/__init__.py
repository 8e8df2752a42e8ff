"""From curves to formulas: function library, fits of single edges and of whole formulas, sympy export."""
