"""What a page may ask for. Every command is a function of what it may touch and of the arguments that
:mod:`kanwidget.widget.schema` lets through: acts of the session, looks of the screen, runs of the controller."""
