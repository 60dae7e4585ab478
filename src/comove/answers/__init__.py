"""What can be asked: one folder per question, with its request, its plan and its answer."""
