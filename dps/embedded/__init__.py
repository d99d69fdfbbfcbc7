"""The two commands: installing what is needed, and running everything on one machine.

Only the standard library and the wheels of PostgreSQL, Redis and their clients are used here;
Django is called as a command.
"""
