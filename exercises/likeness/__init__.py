"""What is kept of a submission to compare it with others, and what a comparison may say."""
