"""The tab "Wider": GoogLeNet's parallel branches."""
