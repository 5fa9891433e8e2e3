"""Shopee's words as data: statuses, errors, API types, refusals."""
