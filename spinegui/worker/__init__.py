"""What runs in the other process: python -m spinegui.worker JOB_DIR | --serve | --probe."""
