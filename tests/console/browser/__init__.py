"""The console in Debian's Chromium: one server with a county in it for all tests, and a watch on every page."""
