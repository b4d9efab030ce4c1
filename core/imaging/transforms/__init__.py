"""What can be done to a picture on its way out: one small pure function a file.

A function's annotated signature is its registration. `table.py` names them in their order;
query parser, cache keys, documentation and bots are made from it.
"""
