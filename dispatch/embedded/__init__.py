"""PostgreSQL and Valkey out of wheels, and the supervisor of `bin/up`. Knows nothing of Django."""
