"""The console: its pages by TestClient here, in a real browser in `browser`."""
