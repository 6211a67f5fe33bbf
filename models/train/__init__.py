"""Commands that train what ships under assets/. Nothing in the app imports this package."""
