"""Celery doorways: ids in, one service call each, safe to run twice."""
