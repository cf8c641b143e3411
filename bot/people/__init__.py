"""The windows about oneself, one's colleagues and one's doors."""
