"""The desk of course reports: how a class has done, without a name."""
