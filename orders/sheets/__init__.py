"""Spreadsheets in and out: what columns there are (columns), the file itself (files), and each kind's own lines."""
