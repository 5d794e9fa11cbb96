"""What runs a submission: the sandbox, the way from source to report, and the Celery tasks."""
