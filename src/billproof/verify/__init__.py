"""One run: from what was asked to verdicts, a report and an exit code."""
