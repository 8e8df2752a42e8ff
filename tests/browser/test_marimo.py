"""marimo: a shadow root around the widget, cells that run by their dependencies."""

from .contract import HostContract
from .hosts.marimo import Marimo


class TestMarimo(HostContract):
    Host = Marimo
    no_restart = "marimo loads the page anew when its kernel is restarted"
    own_listeners = "marimo's own, those of the root of every output"
    trains_beside_a_cell = False  # one thread serves cells and messages
