// The zoom-bench command. Not built yet.
// Not here: what it does.

print("zoom-bench")
