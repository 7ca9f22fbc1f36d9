"""What a real app keeps in its database and in Redis."""

# The passwords, by name.
users = {}
# The ids of the tokens that were issued, by type.
issued = {"access": set(), "refresh": set()}
# The ids of those that are good no more.
blocklist = set()
