"""What stands before every route: who comes, how often, and how much they bring, looked at before a body is read."""
