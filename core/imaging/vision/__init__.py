"""What needs to see: cutting the foreground out, and finding faces.

The extra `vision` (OpenCV) is imported by the first job that needs it, not before: it takes
40 MB. Without it those jobs are refused, and everything else goes on.
"""
