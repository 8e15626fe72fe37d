"""Pages about what the work on a case is paid."""
