"""What both platforms of the Graph API share of Meta's words: errors, versions, refusals."""
