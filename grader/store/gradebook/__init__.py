"""The gradebook: how a class does, counted up before a page asks for it."""
