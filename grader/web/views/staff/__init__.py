"""The pages of staff: what a course's assistants and instructors see and do."""
