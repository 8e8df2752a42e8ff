"""One model, one data set, options and history, without any screen."""

from kanwidget.session.history import History as History
from kanwidget.session.history import Loss as Loss
from kanwidget.session.history import Moment as Moment
from kanwidget.session.run import Progress as Progress
from kanwidget.session.session import Session as Session

__all__ = ["History", "Loss", "Moment", "Progress", "Session"]
