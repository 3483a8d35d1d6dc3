"""The pages: thin functions over workshop.sessions."""
