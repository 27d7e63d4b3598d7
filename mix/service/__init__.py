"""What an operator touches: settings, command line, logs, and the wiring that knows every part."""
