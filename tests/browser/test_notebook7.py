"""Notebook 7: JupyterLab's parts in another shell."""

from .contract import HostContract
from .hosts.jupyter import Notebook7


class TestNotebook7(HostContract):
    Host = Notebook7
    trains_beside_a_cell = True
