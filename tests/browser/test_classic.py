"""Classic Notebook 6.5 with the versions that Google Colab ships.

It has no dark theme: the widget follows what the person's system asks for.
"""

from .contract import HostContract
from .hosts.classic import Classic


class TestClassic(HostContract):
    Host = Classic
    trains_beside_a_cell = False  # one thread serves cells and messages
