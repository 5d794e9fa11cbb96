"""The wall around student code: a warm zygote that forks one confined child a submission."""
