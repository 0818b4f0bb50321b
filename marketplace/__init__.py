"""The shell: HTTP, commands, people, jobs, mail and the words on screen."""
