"""What is seen: style, components, and one folder for each tab. No torch here."""
