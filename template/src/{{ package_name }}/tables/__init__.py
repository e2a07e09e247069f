"""Tables: how their files are written, and what their columns hold."""
