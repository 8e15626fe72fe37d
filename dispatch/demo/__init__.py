"""The service tried out whole: a sample city, or any real register, from files to verified assignments."""
