"""One study from start to end: admitted, begun, searched, finished, resumed, computed again."""
