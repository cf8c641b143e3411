"""Who watches the watcher: signs of life, the operator's alarm, and the ping to a monitor outside."""
