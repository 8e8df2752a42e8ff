"""A session in a file."""

from kanwidget.session.store.file import Kept as Kept
from kanwidget.session.store.file import Own as Own
from kanwidget.session.store.file import load as load
from kanwidget.session.store.file import save as save

__all__ = ["Kept", "Own", "load", "save"]
