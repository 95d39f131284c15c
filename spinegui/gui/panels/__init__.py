"""Docks around the canvas: images, detections, label, jobs."""
