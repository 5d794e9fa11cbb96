"""The dispatch: hands submissions out to workers and records what comes back."""
