"""Access: who is there, and who may see what."""
