"""How the centre steers its assignments: versions of its policy, read, drafted, tried and put in force."""
