"""The subject: what can be asked, how an answer is judged, what is drawn, and the course itself."""
