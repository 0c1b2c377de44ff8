"""Side by side with how people do it today; nothing here is part of the program."""
