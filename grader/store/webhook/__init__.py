"""Webhooks: who is told of what happened, through an outbox that loses nothing."""
