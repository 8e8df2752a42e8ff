"""What kanwidget is measured against. Published formulas are written anew; packages are called as their users would."""
