"""The park as a whole: lists, access, allocation."""
