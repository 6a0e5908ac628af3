"""HTTP/1.1 on both hops: small, strict, whole messages within limits. Parsing is httptools' (llhttp)."""
