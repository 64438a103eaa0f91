"""What this app does when it hears news from the apps below."""
