"""JupyterLab 4: comm messages arrive on a thread of their own, beside the user's cell."""

from .contract import HostContract
from .hosts.jupyter import Lab


class TestLab(HostContract):
    Host = Lab
    trains_beside_a_cell = True
