"""How the lessons reach a browser: pages, languages, and what a server needs from the machine."""
