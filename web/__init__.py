"""casework's screens and command line. Flask stops here: nothing below this package knows the web."""
